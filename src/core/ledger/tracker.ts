import { createEmitter, type Event } from '../../base/event.ts';
import {
  createAttribution,
  type AttributionResult,
  type WindowShares,
} from './attribution/attribution.ts';
import { latestEntries, type LedgerEntry, type Share } from './entry.ts';
import {
  mergeHistories,
  noHistory,
  recentHistory,
  withReading,
  type LedgerReading,
  type WindowHistory,
} from './history.ts';
import { createRunningTurns, type TurnEnd, type TurnStart } from './runningTurns.ts';

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

/** The longest window whose runs are split anew is a week. */
const keptMs = 15 * 86_400_000;
const mostEntries = 2000;
/** The start of a run is told a little differently with each answer. */
const startSlackMs = 15 * 60_000;

export interface LedgerTrackerDeps {
  now: () => number;
  /** Called with what a listener throws. */
  onError?: (error: unknown) => void;
}

export function createLedgerTracker({ now, onError }: LedgerTrackerDeps): LedgerTracker {
  const settled = createEmitter<LedgerEntry>(onError);
  const attribution = createAttribution();
  const running = createRunningTurns(now);
  const news = createNews();
  /** Entries whose shares may not follow from the history yet. */
  let unchecked = new Set<string>();
  let entries: LedgerEntry[] = [];
  let history = noHistory;
  let windows: readonly WindowShares[] = [];
  let isDirty = false;

  /** Old entries keep the shares that they were stored with: their readings are gone. */
  function refresh(): void {
    if (!isDirty) return;
    isDirty = false;
    const found = attribution.split(history, [...entries, ...running.attributable()]);
    windows = found.windows;
    const affected = new Set([...found.changed, ...unchecked]);
    unchecked = new Set();
    if (affected.size === 0) return;
    entries = entries.map((entry) => {
      const next = affected.has(entry.id) ? withShares(entry, found, history) : entry;
      if (next !== entry) news.changed(entry.id);
      return next;
    });
  }

  const refreshed = () => {
    refresh();
    return { entries, windows };
  };

  function settle(): void {
    refresh();
    const taken = news.take(entries);
    entries = taken.entries;
    for (const entry of taken.reported) settled.fire(entry);
  }

  function keep(more: readonly LedgerEntry[]): void {
    entries = recentEntries([...entries, ...more], now());
    for (const { id } of more) unchecked.add(id);
    isDirty = true;
    news.retain(entries);
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
      running.reading(reading);
      setHistory(withReading(history, reading));
    },
    turnStarted: running.start,
    request: running.request,
    accepted: (...request) => void (isDirty = running.accepted(...request) || isDirty),
    requestFailed: running.requestFailed,
    turnEnded(end) {
      const entry = running.end(end);
      if (!entry) return;
      news.ended(entry.id);
      keep([{ ...entry, shares: [] }]);
      settle();
    },
    absorb: keep,
    absorbHistory: (more) => setHistory(mergeHistories(history, more)),
    entries: () => refreshed().entries,
    entry: (turnId) => refreshed().entries.find(({ id }) => id === turnId),
    windows: () => refreshed().windows,
    history: () => history,
    runningSince: running.since,
  };
}

function recentEntries(all: readonly LedgerEntry[], nowMs: number): LedgerEntry[] {
  return latestEntries(all)
    .filter(({ endedAtMs }) => endedAtMs >= nowMs - keptMs)
    .slice(-mostEntries);
}

/** The same entry where its shares have not changed. */
function withShares(
  entry: LedgerEntry,
  { sharesOf }: Pick<AttributionResult, 'sharesOf'>,
  history: WindowHistory,
): LedgerEntry {
  const shares = sharesNow(entry, sharesOf(entry.id), history);
  return JSON.stringify(shares) === JSON.stringify(entry.shares) ? entry : { ...entry, shares };
}

/** Which entries of turns of this window are to be announced. Other windows announce their own. */
function createNews() {
  const own = new Set<string>();
  /** Of these, those with news. The ones in `fresh` were never announced. */
  const unreported = new Set<string>();
  const fresh = new Set<string>();
  return {
    ended(id: string): void {
      for (const set of [own, unreported, fresh]) set.add(id);
    },
    changed(id: string): void {
      if (own.has(id)) unreported.add(id);
    },
    /** The entries with news, each with its next revision, and all entries with these. */
    take(entries: LedgerEntry[]): { entries: LedgerEntry[]; reported: LedgerEntry[] } {
      if (unreported.size === 0) return { entries, reported: [] };
      const told: LedgerEntry[] = [];
      const all = entries.map((entry) => {
        if (!unreported.has(entry.id)) return entry;
        const next = fresh.has(entry.id) ? entry : { ...entry, revision: entry.revision + 1 };
        told.push(next);
        return next;
      });
      unreported.clear();
      fresh.clear();
      return { entries: all, reported: told };
    },
    /** Forgets the turns that are in none of these. */
    retain(entries: readonly LedgerEntry[]): void {
      if (own.size === 0) return;
      const ids = new Set(entries.map(({ id }) => id));
      for (const id of own) if (!ids.has(id)) own.delete(id);
    },
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
