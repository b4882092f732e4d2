import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { silentLog } from '../../../src/base/log.ts';
import { createTokenStore } from '../../../src/vscode/secrets/tokenStore.ts';
import { startBackend } from '../../backend/backend.ts';
import { credential } from '../../support/credentials.ts';
import { mountSmallDisk } from '../../support/smallDisk.ts';
import { openGate, type Gate } from './gate.ts';
import { createSecretFiles } from './secretFiles.ts';
import { createWindows, type Window } from './windows.ts';

export interface RoundsOptions {
  rounds: number;
  /** How many of the rounds kill the window that holds the lease, 0 to 1. */
  killShare: number;
  /** How many stop it for a while instead, as in a debugger. */
  stallShare?: number;
  /** How long a window takes to see what another one has stored, ms. */
  lagMs: number;
  windows?: number;
  /** What is wrong with the disk of the folder that the windows share. Needs a right to mount. */
  disk?: 'full' | 'readOnly';
  /** Which windows are out of handles for up to some seconds, at random moments. */
  outOfHandles?: 'one' | 'all';
  /** After each round. */
  onRound?: (report: Report) => void;
}

export interface Report {
  rounds: number;
  kills: number;
  stalls: number;
  /** Of the kills: after the issuer's answer, before the stored token. */
  killsInTheGap: number;
  /** Rounds by the number of refreshes that the issuer granted. */
  grantedInRound: Record<number, number>;
  /** Requests with a refresh token that the issuer had taken already. */
  spentTwice: number;
  /** Of these: the first one was of a window that was killed in the gap. */
  spentTwiceInTheGap: number;
  signOuts: number;
  signOutsInTheGap: number;
  /** Rounds in which other than one window told of the sign-out. */
  toldWrongly: number;
  /** What windows were told instead of a token, other than the end of the session. */
  failures: Record<string, number>;
  /** Rounds after which windows went on with different tokens. */
  disagreements: number;
  /** From a kill to the first other window with a good token, ms. */
  takeoverMs: number[];
}

const email = 'ada@example.com';
const requestsOfAWindow = 3;
/** A hold takes about so long at most. */
const longestHoldMs = 120;
/** Longer than a lease outlives a holder that does not move. */
const stallMs = 6_000;
const handlesOfAWindow = 96;
/** With few spare handles a window gets through some of the steps and fails at a later one. */
const shortage = () => ({
  ms: Math.random() < 0.1 ? 5_000 : Math.random() * 600,
  spare: Math.floor(Math.random() * 8),
});
const ended = z.object({ kind: z.string() });
const use = z.object({ ends: z.array(z.union([z.string(), ended])), signOuts: z.number() });

/**
 * Lets several processes find at the same moment that their token is rejected, and kills who holds
 * the lease at a random instant, over and over.
 */
export async function runRounds(options: RoundsOptions): Promise<Report> {
  const { rounds, killShare, stallShare = 0, lagMs, windows: count = 8, onRound } = options;
  const { disk, outOfHandles } = options;
  const backend = await startBackend();
  const gate = await openGate(backend.issuer, Math.random);
  const smallDisk = disk && mountSmallDisk();
  if (disk === 'readOnly') smallDisk?.makeReadOnly();
  const windows = await createWindows('signedInWindow', smallDisk?.folder);
  const secretFolder = join(windows.root, 'secrets');
  const store = createTokenStore(createSecretFiles(secretFolder), silentLog);
  const open = () =>
    outOfHandles
      ? windows.openWithHandles(handlesOfAWindow, secretFolder, gate.url, String(lagMs))
      : windows.open(secretFolder, gate.url, String(lagMs));
  const report = emptyReport();
  const signIn = async () => {
    const { accessToken, refreshToken, accountId } = backend.control.mint(email);
    const nowMs = Date.now();
    const tokens = { accessToken, refreshToken, accountId, refreshedAtMs: nowMs };
    await store.put(credential({ ...tokens, issuer: gate.url, expiresAtMs: nowMs + 3_600_000 }));
  };
  const stored = async () => {
    const [entry] = await store.list();
    if (!entry) throw new Error('The store is empty.');
    return entry;
  };
  try {
    let team = Array.from({ length: count }, open);
    await signIn();
    if (disk === 'full') smallDisk?.fill();
    for (let round = 0; round < rounds; round++) {
      // What was stored last shows everywhere.
      await wait(lagMs);
      const old = await stored();
      if (round % 2) await store.put({ ...old, expiresAtMs: 0 }).then(() => wait(lagMs));
      const first = gate.spendings.length;
      const short = outOfHandles === 'one' ? team.slice(0, 1) : outOfHandles ? team : [];
      await Promise.all(short.map((window) => window.ask('exhaust', shortage())));
      const asked = askAll(team, old.accessToken);
      const chance = Math.random();
      const holder =
        chance < killShare + stallShare ? await holderAtRandom(windows.folder, team) : undefined;
      const killed = holder && chance < killShare ? await kill(holder) : undefined;
      if (killed) {
        report.kills++;
        team = team.filter((window) => window !== holder);
      } else if (holder) {
        report.stalls++;
        await stall(holder);
      }
      const outcomes = await asked;
      const outcome = { first, killed, outcomes, old: old.refreshToken };
      const isSignedOut = tally(report, gate, outcome);
      if (isSignedOut) await signIn();
      else if ((await stored()).accessToken !== outcomes.tokens[0]) report.disagreements++;
      report.rounds++;
      onRound?.(report);
      while (team.length < count) team.push(open());
    }
    return report;
  } finally {
    await windows.close();
    smallDisk?.close();
    await gate.close();
    await backend.stop();
    await rm(secretFolder, { recursive: true, force: true });
  }
}

interface Outcomes {
  tokens: string[];
  failures: string[];
  signOuts: number;
  /** When the first window had its token, by `performance.now()`. */
  firstAtMs: number;
}

/** Resolves when every window that lives has its answers. */
async function askAll(team: readonly Window[], rejected: string): Promise<Outcomes> {
  const outcomes: Outcomes = { tokens: [], failures: [], signOuts: 0, firstAtMs: 0 };
  await Promise.all(
    team.map(async (window) => {
      const answer = await window.ask('use', { rejected, times: requestsOfAWindow }).then(
        (value) => use.parse(value),
        () => undefined,
      );
      if (!answer) return;
      outcomes.firstAtMs ||= performance.now();
      outcomes.signOuts += answer.signOuts;
      for (const end of answer.ends) {
        if (typeof end === 'string') outcomes.tokens.push(end);
        else outcomes.failures.push(end.kind);
      }
    }),
  );
  return outcomes;
}

interface Killed {
  window: Window;
  atMs: number;
}

async function kill(window: Window): Promise<Killed> {
  await window.kill();
  return { window, atMs: performance.now() };
}

async function stall(window: Window): Promise<void> {
  window.signal('SIGSTOP');
  await wait(stallMs);
  window.signal('SIGCONT');
}

/** Who holds the lease at some instant; undefined when nobody does any more. */
async function holderAtRandom(
  folder: string,
  team: readonly Window[],
): Promise<Window | undefined> {
  const holder = async () => {
    const pid = await holderOf(folder);
    return team.find((window) => window.pid === pid);
  };
  const untilMs = performance.now() + 2_000;
  while (!(await holder()) && performance.now() < untilMs) await wait(1);
  await wait(Math.random() * longestHoldMs);
  return holder();
}

async function holderOf(folder: string): Promise<number | undefined> {
  const leases = join(folder, 'leases');
  const names = await readdir(leases).catch(() => []);
  const refresh = names.find((name) => name.startsWith('refresh'));
  if (!refresh) return undefined;
  const files = await readdir(join(leases, refresh)).catch(() => []);
  const held = files.find((name) => name.endsWith('.held'));
  if (!held) return undefined;
  return Number.parseInt(await readFile(join(leases, refresh, held), 'utf8').catch(() => ''), 10);
}

interface RoundOutcome {
  first: number;
  old: string;
  killed: Killed | undefined;
  outcomes: Outcomes;
}

/** True when the round ended with the session. */
function tally(
  report: Report,
  gate: Gate,
  { first, old, killed, outcomes }: RoundOutcome,
): boolean {
  const spendings = gate.spendings.slice(first);
  const granted = spendings.filter(({ status }) => status === 200);
  const ofOld = spendings.filter(({ refreshToken }) => refreshToken === old);
  const [spender] = granted.filter(({ refreshToken }) => refreshToken === old);
  const isInTheGap = killed !== undefined && spender?.by === killed.window.pid && ofOld.length > 1;
  const isSignedOut = outcomes.failures.includes('sessionEnded');
  const twice = spendings.filter(({ refreshToken }, i) =>
    spendings
      .slice(0, i)
      .some((other) => other.refreshToken === refreshToken && other.status === 200),
  ).length;
  report.grantedInRound[granted.length] = (report.grantedInRound[granted.length] ?? 0) + 1;
  report.spentTwice += twice;
  if (isInTheGap) {
    report.killsInTheGap++;
    report.spentTwiceInTheGap += twice;
  }
  if (isSignedOut) {
    report.signOuts++;
    if (isInTheGap) report.signOutsInTheGap++;
    if (outcomes.signOuts !== 1) report.toldWrongly++;
  } else if (outcomes.signOuts > 0) report.toldWrongly++;
  for (const kind of outcomes.failures.filter((each) => each !== 'sessionEnded')) {
    report.failures[kind] = (report.failures[kind] ?? 0) + 1;
  }
  if (new Set(outcomes.tokens).size > 1) report.disagreements++;
  if (killed && !isSignedOut && outcomes.firstAtMs > killed.atMs) {
    report.takeoverMs.push(outcomes.firstAtMs - killed.atMs);
  }
  return isSignedOut;
}

function emptyReport(): Report {
  return {
    rounds: 0,
    kills: 0,
    stalls: 0,
    killsInTheGap: 0,
    grantedInRound: {},
    spentTwice: 0,
    spentTwiceInTheGap: 0,
    signOuts: 0,
    signOutsInTheGap: 0,
    toldWrongly: 0,
    failures: {},
    disagreements: 0,
    takeoverMs: [],
  };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
