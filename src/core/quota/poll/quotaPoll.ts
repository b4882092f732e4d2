import { createAlarm } from '../../../base/async/alarm.ts';
import { Disposables, type Disposable } from '../../../base/disposables.ts';
import type { Event } from '../../../base/event.ts';
import { createSingleFlight } from '../../../base/async/singleFlight.ts';
import { createExclusiveFetch, type ExclusiveFetchDeps } from './exclusiveFetch.ts';
import { dueAtMs, otherDueAtMs } from './pollSchedule.ts';
import type { QuotaStore } from '../store/quotaStore.ts';

export interface QuotaPollDeps extends ExclusiveFetchDeps {
  book: ExclusiveFetchDeps['book'] & Pick<QuotaStore, 'onDidChange'>;
  /** The credential in use; undefined while signed out, and then nothing is asked. */
  credentialId: () => string | undefined;
  /** All credentials that are signed in, in the order in which their figures matter. */
  credentialIds: () => readonly string[];
  /** Whether somebody looks: the window has the focus. */
  isActive: () => boolean;
  /** To be fired also when another account comes into use. */
  onDidChangeActive: Event<void>;
}

/**
 * Keeps the quota fresh while somebody looks at it: often while it is used up, rarely otherwise.
 * Of all windows of the editor one asks at a time, and the others use what it was told.
 */
export interface QuotaPoll extends Disposable {
  /** Asks for the account in use now, whatever the age of the figures. Rejects as `fetch` does. */
  refresh(credentialId?: string): Promise<void>;
  /** Asks for this account unless its figures are known already. Rejects as `fetch` does. */
  learn(credentialId: string): Promise<void>;
  /** Asks for all accounts, one after the other, but for those asked for just now. Never rejects. */
  refreshAll(): Promise<void>;
  /** The figures of this credential have become doubtful: asks soon if it is the one in use. */
  want(credentialId: string): void;
}

/** Spreads several windows of the editor, which wake together. */
const wakeSpreadMs = 3_000;
/** A timer so late was held up by a machine that slept; its network needs a while, too. */
const sleptAfterMs = 30_000;
const afterSleepMs = 5_000;
const afterSleepSpreadMs = 20_000;
const justAskedMs = 5_000;

export function createQuotaPoll(deps: QuotaPollDeps): QuotaPoll {
  const { book, clock, random, log } = deps;
  const lifetime = new Disposables();
  const once = createSingleFlight<void>();
  const asker = lifetime.add(createExclusiveFetch(deps));
  const wanted = new Map<string, number>();
  const state = { isVisiting: false, isOver: false };
  let lastInUse = deps.credentialId();

  const next = () => nextDue(deps, wanted, asker.stretch());
  const mayAsk = () => !state.isOver && deps.isActive() && deps.credentialId() !== undefined;

  const schedule = (leastMs = random() * wakeSpreadMs) => {
    const due = mayAsk() && !state.isVisiting ? next() : undefined;
    const atMs = due && Math.max(due.atMs, clock.now() + leastMs);
    // One that rings soon enough is left as it is, so that it is not put off again and again.
    const isNever = atMs === undefined || atMs === Infinity;
    if (isNever || !(alarm.atMs !== undefined && alarm.atMs <= atMs)) alarm.set(atMs);
  };

  const visit = async () => {
    state.isVisiting = true;
    try {
      // Another window may have asked while this one waited for the hold.
      await asker.visit(() => (mayAsk() ? dueNow(next(), clock.now()) : undefined));
    } catch (error) {
      log.debug(`quota poll failed: ${error instanceof Error ? error.name : typeof error}`);
    } finally {
      state.isVisiting = false;
      schedule();
    }
  };

  const alarm = lifetime.add(
    createAlarm(clock, (atMs) => {
      const hasSlept = clock.now() - atMs > sleptAfterMs;
      if (hasSlept) schedule(afterSleepMs + random() * afterSleepSpreadMs);
      else if (mayAsk() && dueNow(next(), clock.now()) !== undefined) void visit();
      else schedule();
    }),
  );

  const askUnlessSince = (id: string, sinceMs: number) =>
    once(id, () =>
      asker.visit(() => ((book.facts(id)?.asked?.atMs ?? -1) < sinceMs ? id : undefined)),
    );

  const follow = () => {
    const inUse = deps.credentialId();
    // The first one comes into use when the window opens: its figures may be fresh.
    const isAnother = lastInUse !== undefined && inUse !== lastInUse;
    if (isAnother && inUse !== undefined) wanted.set(inUse, clock.now());
    lastInUse = inUse;
    schedule();
  };
  lifetime.add(deps.onDidChangeActive(follow));
  lifetime.add(book.onDidChange(() => schedule()));
  schedule();

  return {
    async refresh(credentialId = deps.credentialId()) {
      if (credentialId !== undefined) await askUnlessSince(credentialId, clock.now());
    },
    learn: (id) =>
      once(id, () => asker.visit(() => (book.facts(id)?.windows.length ? undefined : id))),
    async refreshAll() {
      const sinceMs = clock.now() - justAskedMs;
      for (const id of deps.credentialIds()) await askUnlessSince(id, sinceMs).catch(() => {});
    },
    want(credentialId) {
      const isOpen = (wanted.get(credentialId) ?? 0) > (book.facts(credentialId)?.asked?.atMs ?? 0);
      if (!isOpen) wanted.set(credentialId, clock.now());
      schedule();
    },
    dispose() {
      state.isOver = true;
      lifetime.dispose();
    },
  };
}

interface Due {
  id: string;
  atMs: number;
}

const dueNow = (due: Due | undefined, nowMs: number) =>
  due && due.atMs <= nowMs ? due.id : undefined;

/** Whose turn it is next. What is late is equally due: the account in use, then their order. */
function nextDue(
  { book, clock, credentialId, credentialIds }: QuotaPollDeps,
  wanted: ReadonlyMap<string, number>,
  stretch: number,
): Due | undefined {
  const now = clock.now();
  const inUse = credentialId();
  const others = credentialIds().filter((id) => id !== inUse);
  const due = others.map((id) => ({ id, atMs: otherDueAtMs(book.facts(id), stretch) }));
  if (inUse !== undefined) {
    const atMs = dueAtMs(book.facts(inUse), wanted.get(inUse), stretch, now);
    due.unshift({ id: inUse, atMs });
  }
  return due
    .map(({ id, atMs }) => ({ id, atMs: Math.max(atMs, now) }))
    .toSorted((a, b) => a.atMs - b.atMs)[0];
}
