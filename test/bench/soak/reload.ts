import { setTimeout as wait } from 'node:timers/promises';
import { startPractice, signIn } from '../../e2e/practice.ts';
import { openIssuerGate, type IssuerGate, type Spending } from './issuerGate.ts';
import { seededRandom } from './random.ts';

export interface ReloadOptions {
  rounds: number;
  /** The same seed gives the same pauses. */
  seed: number;
  onRound?: (report: ReloadReport) => void;
}

export interface ReloadReport {
  /** Page reloads during or shortly after a refresh. */
  rounds: number;
  /** Of these: the issuer had not been asked yet, had not answered, or had answered. */
  beforeGrant: number;
  beforeAnswer: number;
  afterAnswer: number;
  /** Requests with a refresh token that the issuer had taken already. */
  spentTwice: number;
  signOuts: number;
  /** Loads after which no refresh came in time; the page was loaded anew. */
  silentLoads: number;
}

/** Tokens so short-lived that each start of a window refreshes at once. */
const accessLifetimeS = 100;
const mostBeforeMs = 400;
const mostAfterMs = 700;
/** Beyond the longest answer, so that reloads also fall into the storing of the new tokens. */
const mostUntilReloadMs = 1_200;
const refreshComesWithinMs = 20_000;
const quota = 'codexChat.quota';

/** Loads the page anew at random moments of a refresh, in a real extension host, over and over. */
export async function runReloads({ rounds, seed, onRound }: ReloadOptions): Promise<ReloadReport> {
  const random = seededRandom(seed);
  let issuer = '';
  const gate = await openIssuerGate(
    () => issuer,
    () => ({ beforeMs: random() * mostBeforeMs, afterMs: random() * mostAfterMs }),
  );
  const practice = await startPractice({
    accessLifetimeS,
    issuer(backend) {
      issuer = backend.issuer;
      return gate.url;
    },
  }).catch(async (error: unknown) => {
    await gate.close();
    throw error;
  });
  const { workbench } = practice;
  const report = emptyReport();
  try {
    await (await signIn(practice)).close();
    await workbench.statusBarItem(quota).filter({ hasNotText: 'Sign' }).waitFor();
    let spending = gate.nextSpending();
    await workbench.page.reload({ waitUntil: 'commit' });
    while (report.rounds < rounds) {
      const began = await Promise.race([spending, wait(refreshComesWithinMs)]);
      spending = gate.nextSpending();
      if (began) {
        await wait(random() * mostUntilReloadMs);
        count(report, began);
      } else {
        report.silentLoads++;
        if (report.silentLoads > 5 + rounds / 10) throw new Error('No refresh comes any more.');
      }
      await workbench.page.reload({ waitUntil: 'commit' });
      tally(report, gate);
      onRound?.(report);
      if (report.signOuts > 0) break;
    }
    await Promise.race([spending, wait(refreshComesWithinMs)]);
    await wait(mostBeforeMs + mostAfterMs + 1_000);
    tally(report, gate);
    await workbench.statusBarItem(quota).filter({ hasNotText: 'Sign' }).waitFor();
    return report;
  } finally {
    await practice.stop();
    await gate.close();
  }
}

function count(report: ReloadReport, { status, isOver }: Spending): void {
  report.rounds++;
  if (isOver) report.afterAnswer++;
  else if (status === undefined) report.beforeGrant++;
  else report.beforeAnswer++;
}

function tally(report: ReloadReport, { spendings }: IssuerGate): void {
  const tokens = spendings.map(({ refreshToken }) => refreshToken);
  report.spentTwice = tokens.length - new Set(tokens).size;
  report.signOuts = spendings.filter(({ status }) => status !== undefined && status >= 400).length;
}

const emptyReport = (): ReloadReport => ({
  rounds: 0,
  beforeGrant: 0,
  beforeAnswer: 0,
  afterAnswer: 0,
  spentTwice: 0,
  signOuts: 0,
  silentLoads: 0,
});
