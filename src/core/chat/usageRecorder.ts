import type { Clock } from '../../base/async/clock.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { LedgerEntry, Tokens } from '../ledger/entry.ts';
import type { LedgerTracker } from '../ledger/tracker.ts';
import type { TurnEvent } from '../responses/stream/turnEvent.ts';
import type { Session } from './session.ts';
import { toReceipt } from './turn/receipt.ts';
import type { Turn } from './turn/turn.ts';

/**
 * Reports every turn of the session to the ledger (when, on which account, how often, how much) and
 * adds to the turn what the ledger then knows of it.
 */
export interface UsageRecorder extends Disposable {
  /** First words of a chat, for people; kept in memory alone. */
  titleOf(chatId: string): string | undefined;
}

export interface UsageRecorderDeps {
  session: Pick<Session, 'id' | 'turns' | 'context' | 'noteReceipt' | 'onDidChange'>;
  /** Every event of every response of the session. */
  onTurnEvent: Event<TurnEvent>;
  tracker: Pick<
    LedgerTracker,
    'turnStarted' | 'request' | 'accepted' | 'requestFailed' | 'turnEnded' | 'onDidSettle'
  >;
  /** What a question that is sent now is answered with. */
  plan: () => { model: string; effort: string };
  clock: Pick<Clock, 'now'>;
}

const longestTitle = 60;

export function createUsageRecorder(deps: UsageRecorderDeps): UsageRecorder {
  const { session, tracker, plan, clock } = deps;
  const lifetime = new Disposables();
  const titles = new Map<string, string>();
  let running: Turn | undefined;
  /** What failed attempts of the turn took, as far as they told it: the turn does not count it. */
  let lost: Tokens | undefined;

  function begin(turn: Turn): void {
    const chatId = session.id;
    running = turn;
    lost = undefined;
    if (!titles.has(chatId)) titles.set(chatId, titleFrom(turn.prompt.text));
    const contextTokens = session.context()?.usedTokens ?? 0;
    const { model, effort } = plan();
    const atMs = turn.startedAtMs;
    tracker.turnStarted({ id: turn.id, chatId, atMs, model, effort, kind: 'turn', contextTokens });
  }

  function end(turn: Turn): void {
    if (running !== turn || turn.status === 'running') return;
    running = undefined;
    const { id, status, usage, endedAtMs: atMs = clock.now() } = turn;
    const tokens = sumOf(usage, lost);
    tracker.turnEnded({ id, atMs, outcome: status, ...(tokens ? { tokens } : {}) });
  }

  function observe(event: TurnEvent): void {
    if (!running) return;
    if (event.type === 'attempt') {
      tracker.request(running.id, event.credentialId, clock.now());
    } else if (event.type === 'headers' && event.status === 200) {
      tracker.accepted(running.id, event.credentialId, clock.now());
    } else if (event.type === 'failed') {
      lost = sumOf(event.usage, lost);
      tracker.requestFailed(running.id, event.failure.kind);
    }
  }

  function showReceipt(entry: LedgerEntry): void {
    const before = session.turns().find(({ id }) => id === entry.id)?.receipt;
    session.noteReceipt(entry.id, toReceipt(entry, before));
  }

  lifetime.add(
    session.onDidChange((change) => {
      // A turn that is done again replaces the old one.
      const turn = 'turn' in change ? change.turn : session.turns().at(-1);
      if (turn === undefined) return;
      if (running !== turn && turn.status === 'running') begin(turn);
      else if (change.type === 'turn/state') end(turn);
    }),
  );
  lifetime.add(deps.onTurnEvent(observe));
  lifetime.add(tracker.onDidSettle(showReceipt));

  return {
    titleOf: (chatId) => titles.get(chatId),
    dispose: () => lifetime.dispose(),
  };
}

function sumOf(a: Tokens | undefined, b: Tokens | undefined): Tokens | undefined {
  if (!a && !b) return undefined;
  const sum = (take: (tokens: Tokens) => number) => (a ? take(a) : 0) + (b ? take(b) : 0);
  return {
    input: sum(({ input }) => input),
    cached: sum(({ cached }) => cached),
    output: sum(({ output }) => output),
    reasoning: sum(({ reasoning }) => reasoning),
  };
}

function titleFrom(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1)}…` : line;
}
