import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Credential } from '../../src/core/auth/credential.ts';
import { describeAuthFailure } from '../../src/core/auth/authFailureText.ts';
import { AuthError } from '../../src/core/auth/errors.ts';
import { signIn, type SignInAttempt } from '../../src/core/auth/signIn/signIn.ts';
import { planSignIn } from '../../src/core/auth/signIn/signInMethods.ts';
import { createHttp } from '../../src/node/http/http.ts';
import { createLoopback } from '../../src/node/signIn/loopback.ts';
import { startBackend, type Backend } from '../backend/backend.ts';
import { recordingLog } from '../support/credentials.ts';
import { settled, steppedClock, type SteppedClock } from '../support/steppedClock.ts';

/*
 * Sign-in against the real stand-in issuer and real sockets: every place, every trouble with the
 * port, everything the person may do. Each ends signed in or with a named reason within two seconds,
 * by the clock of the flow, of what the person did.
 */

const places = { local: 'local', remote: 'ssh', web: 'web' } as const;
const troubles = ['free', 'held by us', 'held by a stranger', 'firewalled'] as const;
const deeds = ['allow', 'deny', 'close', 'time-out'] as const;
type Trouble = (typeof troubles)[number];
type Deed = (typeof deeds)[number];

interface Cell {
  place: keyof typeof places;
  trouble: Trouble;
  deed: Deed;
  lead: 'browser' | 'code';
  end: string;
}

/** What is to come of it, by rules that know nothing of the code under test. */
function cellOf(place: Cell['place'], trouble: Trouble, deed: Deed): Cell {
  const lead = place === 'local' && trouble !== 'held by a stranger' ? 'browser' : 'code';
  const ends: Record<Deed, string> = {
    allow: 'signed in',
    // The issuer answers a refused code like one that nobody has typed (WIRE.md a, device flow).
    deny: lead === 'browser' ? 'refused' : 'timedOut after 15 min',
    close: 'cancelled',
    'time-out': lead === 'browser' ? 'timedOut after 5 min' : 'timedOut after 15 min',
  };
  return { place, trouble, deed, lead, end: ends[deed] };
}

const cells = Object.keys(places).flatMap((place) =>
  troubles.flatMap((trouble) =>
    deeds.map((deed) =>
      cellOf(place === 'local' || place === 'web' ? place : 'remote', trouble, deed),
    ),
  ),
);

const mediaFolder = join(import.meta.dirname, '../../media');
const client = createHttp();
const toEnd: (() => unknown)[] = [];
let clock: SteppedClock = steppedClock();
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ anyLoopbackPort: true, now: () => clock.now() });
});
afterEach(async () => {
  for (const end of toEnd.splice(0)) await end();
  backend.control.reset();
});
afterAll(async () => {
  await client.close();
  await backend.stop();
});

/** A server of somebody else on a free port; `asked` are the paths that it was asked for. */
async function stranger(): Promise<{ server: Server; port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { server, port: address.port, asked };
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

/** Two ports in the state that the cell asks for, and a check that nobody there was disturbed. */
async function preparePorts(trouble: Trouble) {
  const [one, two] = [await stranger(), await stranger()];
  const ports = [one.port, two.port];
  const never = new AbortController().signal;
  if (trouble === 'held by a stranger') {
    toEnd.push(() => Promise.all([closed(one.server), closed(two.server)]));
    return {
      ports,
      check: async () => expect([...one.asked, ...two.asked]).not.toContain('/cancel'),
    };
  }
  await Promise.all([closed(one.server), closed(two.server)]);
  if (trouble !== 'held by us') return { ports, check: async () => {} };
  const log = recordingLog();
  const other = await createLoopback({ mediaFolder, log, ports: () => [one.port] })('other', never);
  toEnd.push(() => other.close({ kind: 'signedIn' }));
  const check = async () => {
    const open = Symbol('open');
    expect(await Promise.race([other.redirect, settled().then(() => open)])).toBe(open);
  };
  return { ports, check };
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const post = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });

/** The person decides on whichever page the flow leads to. */
async function decide(cell: Cell, attempt: SignInAttempt, opened: () => string | undefined) {
  const account = 'ada@example.com';
  const decision = cell.deed;
  if (cell.lead === 'code') {
    const code = await until(() => attempt.state().code);
    await post(code.page, { user_code: code.text, account, decision });
    return;
  }
  const answer = await post(await until(opened), { decision, account });
  const back = answer.headers.get('location') ?? '';
  // What the browser cannot reach, the person copies out of it.
  if (cell.trouble === 'firewalled') attempt.paste(back);
  else void fetch(back).catch(() => {});
}

async function act(
  cell: Cell,
  attempt: SignInAttempt,
  opened: () => string | undefined,
  stop: AbortController,
): Promise<void> {
  const isReady = () =>
    cell.lead === 'code' ? attempt.state().codeState === 'shown' || undefined : opened();
  await until(isReady);
  if (cell.deed === 'close') stop.abort(new Error('cancelled'));
  else if (cell.deed !== 'time-out') await decide(cell, attempt, opened);
  const isOver = cell.end.startsWith('timedOut');
  await clock.advance(isOver ? attempt.state().endsAtMs - clock.now() : 2_000);
}

const endOf = (work: Promise<Credential>) =>
  work.then(
    () => 'signed in',
    (error: unknown) => {
      if (!(error instanceof AuthError)) return error instanceof Error ? error.message : 'unknown';
      const { failure } = error;
      expect(describeAuthFailure(failure)).toMatch(/[Ss]ign in/);
      return failure.kind === 'timedOut'
        ? `timedOut after ${failure.afterMs / 60_000} min`
        : failure.kind;
    },
  );

test.each(cells)('$place · port $trouble · $deed: leads by $lead, ends $end', async (cell) => {
  clock = steppedClock();
  const { ports, check } = await preparePorts(cell.trouble);
  const log = recordingLog();
  const stop = new AbortController();
  const saved: Credential[] = [];
  let page: string | undefined;
  const attempt = signIn(
    {
      issuer: backend.issuer,
      http: client.request,
      clock,
      random: randomBytes,
      plan: planSignIn(places[cell.place]),
      openListener: createLoopback({ mediaFolder, log, ports: () => ports }),
      openBrowser: (address) => void (page = address),
      save: async (credential) => void saved.push(credential),
    },
    stop.signal,
  );
  const end = endOf(attempt.result);
  await act(cell, attempt, () => page, stop);
  expect(await end).toBe(cell.end);

  const { lead, remarks } = attempt.state();
  expect(lead).toBe(cell.lead);
  expect(saved).toHaveLength(cell.end === 'signed in' ? 1 : 0);
  const taken = remarks.filter(({ kind }) => kind === 'portsTaken');
  const isTold = cell.trouble === 'held by a stranger' && remarks.length > 0;
  expect(taken.length).toBe(isTold ? 1 : 0);
  await check();
  await allIsQuiet();
  await portsAreFree(cell.trouble === 'free' || cell.trouble === 'firewalled' ? ports : []);
});

/** No timer and no poll lives on. */
async function allIsQuiet(): Promise<void> {
  expect(clock.timers).toEqual([]);
  const polls = backend.control.requests('/deviceauth/token').length;
  await clock.advance(60_000);
  expect(backend.control.requests('/deviceauth/token')).toHaveLength(polls);
}

async function portsAreFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await closed(server);
  }
}

test('the table has 48 cells', () => expect(cells).toHaveLength(48));
