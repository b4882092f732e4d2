import { createEmitter, type Listen } from '../../base/event.ts';
import type { QuotaReading } from '../quota/reading.ts';
import { sharesOf, splitAll, type Attributable, type WindowShares } from './book.ts';
import { latestEntries, type LedgerEntry, type Span } from './entry.ts';
import {
  historyOf,
  mergeHistories,
  noHistory,
  recentHistory,
  type WindowHistory,
} from './history.ts';

/** What is known when a turn begins. Fields that are in the entry mean the same there. */
export type TurnStart = Pick<LedgerEntry, 'id' | 'atMs' | 'chatId' | 'model' | 'effort' | 'kind'> &
  Pick<Partial<LedgerEntry>, 'title' | 'contextTokens'>;

export type TurnEnd = Pick<LedgerEntry, 'id' | 'outcome'> &
  Pick<Partial<LedgerEntry>, 'tokens'> & { atMs: number };

/** Any source of figures; those of an answer's headers tell that what came before is not ours. */
export type LedgerReading = Omit<QuotaReading, 'source'> & Pick<Partial<QuotaReading>, 'source'>;

/** Follows the turns of this window of the editor and the figures, and says who took what. */
export interface LedgerTracker {
  reading(reading: LedgerReading): void;
  turnStarted(start: TurnStart): void;
  /** A request goes out, with the account that it goes to. */
  request(turnId: string, credentialId: string, atMs: number): void;
  requestFailed(turnId: string, kind: string): void;
  /** A turn that sent nothing leaves no entry. */
  turnEnded(end: TurnEnd): void;
  /** Takes in entries from the file, also such as other windows of the editor wrote. */
  absorb(entries: readonly LedgerEntry[]): void;
  /** Takes in what other windows of the editor have seen. */
  absorbHistory(history: WindowHistory): void;
  /** The ended turns that are remembered, the oldest first, with their shares as of now. */
  entries(): readonly LedgerEntry[];
  /** The receipt of one turn; undefined while it runs. */
  entry(turnId: string): LedgerEntry | undefined;
  /** Every window of every account, with its runs and what turns took of them. */
  windows(): readonly WindowShares[];
  /** To be stored and shared: with the entries it is all that is needed to go on. */
  history(): WindowHistory;
  /** An entry of a turn of ours is new or known better: append it to the file. */
  readonly onDidSettle: Listen<LedgerEntry>;
}

interface Running {
  start: TurnStart;
  spans: Span[];
  requests: number;
  failed: string[];
}

/** The longest window whose runs are split anew is a week. */
const keptMs = 15 * 86_400_000;
const mostEntries = 2000;

export function createLedgerTracker(options: {
  now: () => number;
  onError?: (error: unknown) => void;
}): LedgerTracker {
  const { now } = options;
  const settled = createEmitter<LedgerEntry>(options.onError);
  const running = new Map<string, Running>();
  /** Ended here: their news are told. Those of other windows are told by them. */
  const mine = new Set<string>();
  let entries: LedgerEntry[] = [];
  let history = noHistory;
  let split: WindowShares[] | undefined;

  const windows = () => (split ??= splitAll(history, [...entries, ...openTurns()]));

  function openTurns(): Attributable[] {
    return [...running.values()].map(({ start, spans }) => ({
      id: start.id,
      model: start.model,
      spans: spans.map((span, at) =>
        at === spans.length - 1 ? { ...span, toMs: Math.max(span.toMs, now()) } : span,
      ),
      running: true,
    }));
  }

  /** Old entries keep the shares that they were stored with: their readings are gone. */
  function refresh(): void {
    split = undefined;
    const changed: LedgerEntry[] = [];
    entries = entries.map((entry) => {
      const shares = withOld(entry, sharesOf(entry.id, windows()), history);
      if (JSON.stringify(shares) === JSON.stringify(entry.shares)) return entry;
      const next = { ...entry, shares, revision: entry.revision + 1 };
      if (mine.has(entry.id)) changed.push(next);
      return next;
    });
    for (const entry of changed) settled.fire(entry);
  }

  function keep(more: readonly LedgerEntry[]): void {
    const fromMs = now() - keptMs;
    entries = latestEntries([...entries, ...more])
      .filter(({ endedAtMs }) => endedAtMs >= fromMs)
      .slice(-mostEntries);
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of mine) if (!ids.has(id)) mine.delete(id);
  }

  function addHistory(more: WindowHistory): void {
    const before = JSON.stringify(history);
    history = recentHistory(mergeHistories(history, more), now());
    if (JSON.stringify(history) !== before) refresh();
  }

  return {
    onDidSettle: settled.listen,
    reading(reading) {
      const { credentialId, observedAtMs } = reading;
      if (reading.source === 'headers') {
        for (const turn of running.values()) markFirst(turn, credentialId, observedAtMs);
      }
      addHistory(historyOf(reading));
    },
    turnStarted(start) {
      running.set(start.id, { start, spans: [], requests: 0, failed: [] });
    },
    request(turnId, credentialId, atMs) {
      const turn = running.get(turnId);
      if (!turn) return;
      turn.requests += 1;
      const last = turn.spans.at(-1);
      if (last) last.toMs = Math.max(last.toMs, atMs);
      if (last?.credentialId !== credentialId) {
        turn.spans.push({ credentialId, fromMs: atMs, toMs: atMs });
      }
    },
    requestFailed(turnId, kind) {
      running.get(turnId)?.failed.push(kind);
    },
    turnEnded(end) {
      const turn = running.get(end.id);
      running.delete(end.id);
      const entry = turn && toEntry(turn, end);
      if (!entry) return;
      mine.add(entry.id);
      keep([{ ...entry, shares: [] }]);
      split = undefined;
      const shares = sharesOf(entry.id, windows());
      entries = entries.map((one) => (one.id === entry.id ? { ...one, shares } : one));
      settled.fire({ ...entry, shares });
      refresh();
    },
    absorb(more) {
      keep(more);
      refresh();
    },
    absorbHistory: addHistory,
    entries: () => entries,
    entry: (turnId) => entries.find(({ id }) => id === turnId),
    windows,
    history: () => history,
  };
}

/** The headers of the first answer tell how things stood before the turn took anything. */
function markFirst(turn: Running, credentialId: string, atMs: number): void {
  const last = turn.spans.at(-1);
  if (last?.credentialId !== credentialId || last.fromMs !== last.toMs) return;
  if (atMs > last.fromMs) Object.assign(last, { fromMs: atMs, toMs: atMs + 1 });
}

function toEntry({ start, spans, requests, failed }: Running, end: TurnEnd) {
  const last = spans.at(-1);
  if (!last) return undefined;
  last.toMs = Math.max(last.toMs, end.atMs);
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

/** Shares in runs of which no reading is left stay as they were stored. */
function withOld(
  entry: LedgerEntry,
  found: LedgerEntry['shares'],
  history: WindowHistory,
): LedgerEntry['shares'] {
  const old = entry.shares.filter((share) => {
    const series = history.series.find(
      ({ credentialId, label }) => credentialId === share.credentialId && label === share.label,
    );
    const first = series?.points[0]?.atMs ?? Infinity;
    return entry.endedAtMs < first && !found.some((one) => isSameRun(one, share));
  });
  return [...old, ...found];
}

const isSameRun = (a: LedgerEntry['shares'][number], b: LedgerEntry['shares'][number]) =>
  a.credentialId === b.credentialId && a.label === b.label && a.startsAtMs === b.startsAtMs;
