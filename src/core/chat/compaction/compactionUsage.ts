import type { Tokens } from '../../ledger/entry.ts';
import type { LedgerTracker } from '../../ledger/tracker.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';

/** Reports each compaction to the ledger as an entry of its own kind. */
export interface CompactionUsage {
  started(id: string, contextTokens: number): void;
  event(id: string, event: TurnEvent): void;
  ended(id: string, outcome: 'done' | 'stopped' | 'failed', tokens: Tokens | undefined): void;
}

export interface CompactionUsageDeps {
  readonly chatId: string;
  readonly tracker: Pick<
    LedgerTracker,
    'turnStarted' | 'request' | 'accepted' | 'requestFailed' | 'turnEnded'
  >;
  /** What a request that is sent now is answered with. */
  readonly plan: () => { model: string; effort: string };
  readonly clock: { now(): number };
}

export function createCompactionUsage(deps: CompactionUsageDeps): CompactionUsage {
  const { chatId, tracker, plan, clock } = deps;
  return {
    started(id, contextTokens) {
      const atMs = clock.now();
      tracker.turnStarted({ id, chatId, atMs, kind: 'compaction', contextTokens, ...plan() });
    },
    event(id, event) {
      if (event.type === 'attempt') tracker.request(id, event.credentialId, clock.now());
      else if (event.type === 'headers' && event.status === 200) {
        tracker.accepted(id, event.credentialId, clock.now());
      } else if (event.type === 'failed') tracker.requestFailed(id, event.failure.kind);
    },
    ended(id, outcome, tokens) {
      tracker.turnEnded({ id, atMs: clock.now(), outcome, ...(tokens ? { tokens } : {}) });
    },
  };
}
