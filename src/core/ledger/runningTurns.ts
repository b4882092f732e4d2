import type { Attributable } from './attribution/attribution.ts';
import type { LedgerEntry, Span } from './entry.ts';
import type { LedgerReading } from './history.ts';

/** What is known when a turn begins. Fields that are in the entry mean the same there. */
export type TurnStart = Pick<LedgerEntry, 'id' | 'atMs' | 'chatId' | 'model' | 'effort' | 'kind'> &
  Pick<Partial<LedgerEntry>, 'title' | 'contextTokens'>;

export type TurnEnd = Pick<LedgerEntry, 'id' | 'outcome'> &
  Pick<Partial<LedgerEntry>, 'tokens'> & { atMs: number };

interface Running {
  start: TurnStart;
  spans: Span[];
  requests: number;
  failed: string[];
}

/** The turns of this window that run, until each becomes an entry of the ledger. */
export function createRunningTurns(now: () => number) {
  const running = new Map<string, Running>();
  /** When the headers of a response last reported the quota, by account. */
  const headersAt = new Map<string, number>();

  return {
    reading({ source, credentialId, observedAtMs }: LedgerReading): void {
      if (source === 'headers') headersAt.set(credentialId, observedAtMs);
    },
    start(start: TurnStart): void {
      running.set(start.id, { start, spans: [], requests: 0, failed: [] });
    },
    request(turnId: string, credentialId: string, atMs: number): void {
      const turn = running.get(turnId);
      if (!turn) return;
      turn.requests += 1;
      const last = turn.spans.at(-1);
      if (last?.credentialId === credentialId) return;
      if (last && last.toMs > last.fromMs) last.toMs = Math.max(last.toMs, atMs);
      turn.spans.push({ credentialId, fromMs: atMs, toMs: atMs });
    },
    /** False where the turn has no request to this account. */
    accepted(turnId: string, credentialId: string, atMs: number): boolean {
      const last = running.get(turnId)?.spans.at(-1);
      if (last?.credentialId !== credentialId) return false;
      letIn(last, atMs, headersAt.get(credentialId) ?? 0);
      return true;
    },
    requestFailed: (turnId: string, kind: string) => void running.get(turnId)?.failed.push(kind),
    /** Undefined for a turn that sent nothing. */
    end(end: TurnEnd): Omit<LedgerEntry, 'shares'> | undefined {
      const turn = running.get(end.id);
      running.delete(end.id);
      return turn && toEntry(turn, end);
    },
    /** As they are now, for the attribution. */
    attributable: (): Attributable[] =>
      [...running.values()].map(({ start, spans }) => ({
        id: start.id,
        model: start.model,
        spans: spans.map((span, at) =>
          at === spans.length - 1 && span.toMs > span.fromMs
            ? { ...span, toMs: Math.max(span.toMs, now()) }
            : span,
        ),
        running: true,
      })),
    /** When the first turn that runs on this account began. */
    since: (credentialId: string) => earliestOn(credentialId, [...running.values()]),
  };
}

function earliestOn(credentialId: string, turns: readonly Running[]): number | undefined {
  const begins = turns
    .filter(({ spans }) => spans.some((span) => span.credentialId === credentialId))
    .map(({ start }) => start.atMs);
  return begins.length > 0 ? Math.min(...begins) : undefined;
}

/** @param toldAtMs - of the last headers: the figures of these very ones may be told just before. */
function letIn(span: Span, atMs: number, toldAtMs: number): void {
  const isTold = toldAtMs >= span.toMs && toldAtMs < atMs;
  if (span.toMs === span.fromMs) span.fromMs = isTold ? toldAtMs : atMs;
  span.toMs = Math.max(span.toMs, atMs + 1);
}

function toEntry({ start, spans, requests, failed }: Running, end: TurnEnd) {
  const last = spans.at(-1);
  if (!last) return undefined;
  if (last.toMs > last.fromMs) last.toMs = Math.max(last.toMs, end.atMs);
  return {
    version: 1 as const,
    ...start,
    revision: 0,
    endedAtMs: end.atMs,
    credentialId: last.credentialId,
    spans: spans.map((span) => ({ ...span })),
    ...(end.tokens ? { tokens: end.tokens } : {}),
    requests,
    failed,
    outcome: end.outcome,
  };
}
