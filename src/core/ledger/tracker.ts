import { createEmitter, type Event } from '../../base/event.ts';
import {
  createAttributionCache,
  sharesOf,
  type Attributable,
  type WindowShares,
} from './attributionCache.ts';
import { latestEntries, type LedgerEntry, type Share, type Span } from './entry.ts';
import {
  mergeHistories,
  noHistory,
  recentHistory,
  withReading,
  type LedgerReading,
  type WindowHistory,
} from './history.ts';

/** What is known when a turn begins. Fields that are in the entry mean the same there. */
export type TurnStart = Pick<LedgerEntry, 'id' | 'atMs' | 'chatId' | 'model' | 'effort' | 'kind'> &
  Pick<Partial<LedgerEntry>, 'title' | 'contextTokens'>;

export type TurnEnd = Pick<LedgerEntry, 'id' | 'outcome'> &
  Pick<Partial<LedgerEntry>, 'tokens'> & { atMs: number };

/** Follows the turns of this window of the editor and the figures, and says who took what. */
export interface LedgerTracker {
  /** Keeps the figures; what follows from them is worked out when somebody asks. */
  reading(reading: LedgerReading): void;
  turnStarted(start: TurnStart): void;
  /** A request goes out, with the account that it goes to. */
  request(turnId: string, credentialId: string, atMs: number): void;
  /** The account has let the request in: from now on the turn takes of its quota. */
  accepted(turnId: string, credentialId: string, atMs: number): void;
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
  /** When the first turn that runs on this account began; undefined while none does. */
  runningSince(credentialId: string): number | undefined;
  /** To be stored and shared: with the entries it is all that is needed to go on. */
  history(): WindowHistory;
  /** Tells what has come to be known since the last time; to be called some time after readings. */
  settle(): void;
  /** An entry of a turn of ours is new or known better: append it to the file. */
  readonly onDidSettle: Event<LedgerEntry>;
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
/** The start of a run is told a little differently with each answer. */
const startSlackMs = 15 * 60_000;

export function createLedgerTracker(options: {
  now: () => number;
  onError?: (error: unknown) => void;
}): LedgerTracker {
  const { now } = options;
  const settled = createEmitter<LedgerEntry>(options.onError);
  const splitter = createAttributionCache();
  const running = new Map<string, Running>();
  /** Ended here: their news are told. Those of other windows are told by them. */
  const mine = new Set<string>();
  /** Of these, those with news. The ones in `fresh` were never told before. */
  const untold = new Set<string>();
  const fresh = new Set<string>();
  /** Entries whose shares may not follow from the history yet. */
  let unchecked = new Set<string>();
  /** When the headers of an answer told figures last, by account. */
  const headersAt = new Map<string, number>();
  let entries: LedgerEntry[] = [];
  let history = noHistory;
  let windows: readonly WindowShares[] = [];
  let isDirty = false;

  function openTurns(): Attributable[] {
    return [...running.values()].map(({ start, spans }) => ({
      id: start.id,
      model: start.model,
      spans: spans.map((span, at) =>
        at === spans.length - 1 && span.toMs > span.fromMs
          ? { ...span, toMs: Math.max(span.toMs, now()) }
          : span,
      ),
      running: true,
    }));
  }

  /** Old entries keep the shares that they were stored with: their readings are gone. */
  function refresh(): void {
    if (!isDirty) return;
    isDirty = false;
    const found = splitter.split(history, [...entries, ...openTurns()]);
    windows = found.windows;
    const asked = new Set([...found.changed, ...unchecked]);
    unchecked = new Set();
    if (asked.size === 0) return;
    entries = entries.map((entry) => {
      if (!asked.has(entry.id)) return entry;
      const shares = sharesNow(entry, sharesOf(entry.id, windows), history);
      if (JSON.stringify(shares) === JSON.stringify(entry.shares)) return entry;
      if (mine.has(entry.id)) untold.add(entry.id);
      return { ...entry, shares };
    });
  }

  function settle(): void {
    refresh();
    if (untold.size === 0) return;
    const told: LedgerEntry[] = [];
    entries = entries.map((entry) => {
      if (!untold.has(entry.id)) return entry;
      const next = fresh.has(entry.id) ? entry : { ...entry, revision: entry.revision + 1 };
      told.push(next);
      return next;
    });
    untold.clear();
    fresh.clear();
    for (const entry of told) settled.fire(entry);
  }

  function keep(more: readonly LedgerEntry[]): void {
    const fromMs = now() - keptMs;
    entries = latestEntries([...entries, ...more])
      .filter(({ endedAtMs }) => endedAtMs >= fromMs)
      .slice(-mostEntries);
    for (const { id } of more) unchecked.add(id);
    isDirty = true;
    if (mine.size === 0) return;
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of mine) if (!ids.has(id)) mine.delete(id);
  }

  function setHistory(next: WindowHistory): void {
    const recent = recentHistory(next, now());
    isDirty ||= recent !== history;
    history = recent;
  }

  return {
    onDidSettle: settled.event,
    settle,
    reading(reading) {
      if (reading.source === 'headers') headersAt.set(reading.credentialId, reading.observedAtMs);
      setHistory(withReading(history, reading));
    },
    turnStarted(start) {
      running.set(start.id, { start, spans: [], requests: 0, failed: [] });
    },
    request(turnId, credentialId, atMs) {
      const turn = running.get(turnId);
      if (!turn) return;
      turn.requests += 1;
      const last = turn.spans.at(-1);
      if (last?.credentialId === credentialId) return;
      if (last && last.toMs > last.fromMs) last.toMs = Math.max(last.toMs, atMs);
      turn.spans.push({ credentialId, fromMs: atMs, toMs: atMs });
    },
    accepted(turnId, credentialId, atMs) {
      const last = running.get(turnId)?.spans.at(-1);
      if (last?.credentialId !== credentialId) return;
      letIn(last, atMs, headersAt.get(credentialId) ?? 0);
      isDirty = true;
    },
    requestFailed: (turnId, kind) => void running.get(turnId)?.failed.push(kind),
    turnEnded(end) {
      const turn = running.get(end.id);
      running.delete(end.id);
      const entry = turn && toEntry(turn, end);
      if (!entry) return;
      for (const set of [mine, untold, fresh]) set.add(entry.id);
      keep([{ ...entry, shares: [] }]);
      settle();
    },
    absorb: keep,
    absorbHistory: (more) => setHistory(mergeHistories(history, more)),
    entries() {
      refresh();
      return entries;
    },
    entry(turnId) {
      refresh();
      return entries.find(({ id }) => id === turnId);
    },
    windows() {
      refresh();
      return windows;
    },
    history: () => history,
    runningSince: (credentialId) => earliestOn(credentialId, [...running.values()]),
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

/** Shares in runs of which no reading is left stay as they were stored. */
function sharesNow(
  entry: LedgerEntry,
  found: readonly Share[],
  history: WindowHistory,
): LedgerEntry['shares'] {
  const old = entry.shares.filter((share) => {
    const series = history.series.find(
      ({ credentialId, label }) => credentialId === share.credentialId && label === share.label,
    );
    const first = series?.points[0]?.atMs ?? Infinity;
    return entry.endedAtMs < first && !found.some((one) => isSameRun(one, share));
  });
  // So that a run that is told a little differently is no news.
  const asTold = found.map((share) => {
    const before = entry.shares.find((one) => isSameRun(one, share));
    return before ? { ...share, startsAtMs: before.startsAtMs } : share;
  });
  return [...old, ...asTold];
}

const isSameRun = (a: Share, b: Share) =>
  a.credentialId === b.credentialId &&
  a.label === b.label &&
  Math.abs(a.startsAtMs - b.startsAtMs) <= startSlackMs;
