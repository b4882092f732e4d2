import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import {
  windowNames,
  type QuotaSnapshot,
  type QuotaWindow,
} from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import {
  noStoredQuota,
  storedQuota,
  type StoredQuota,
} from '../../../../src/core/quota/store/storageSchema.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';

const startMs = 1_795_219_200_000;
const hourMs = 3_600_000;

function open(atMs = startMs, shared = createLocalValue(noStoredQuota)) {
  const clock = steppedClock(atMs);
  const book = createQuotaStore({ shared, clock, log: silentLog });
  let changes = 0;
  book.onDidChange(() => changes++);
  return { clock, book, shared, changes: () => changes };
}

const window = (minutes: number, usedPercent: number, resetsAtMs?: number): QuotaWindow => ({
  ...windowNames(minutes),
  usedPercent,
  minutes,
  ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
});

const reading = (
  observedAtMs: number,
  windows: QuotaWindow[],
  more: Partial<QuotaSnapshot> = {},
): QuotaSnapshot => ({
  credentialId: 'cred',
  source: 'headers',
  observedAtMs,
  windows,
  ...more,
});

test('knows nothing at first', () => {
  const { book } = open();
  expect([book.current('cred'), book.current('cred')]).toEqual([undefined, undefined]);
});

test('keeps the freshest figure of each window, though it arrives first', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [window(300, 42)]));
  book.record(reading(startMs - 20, [window(300, 40), window(10_080, 18)]));
  expect(book.current('cred')?.windows).toEqual([window(300, 42), window(10_080, 18)]);
  expect(book.current('cred')?.observedAtMs).toBe(startMs - 20);
});

test('a whole percent of the usage does not move a figure that was told with a fraction', () => {
  const at = startMs + 2 * hourMs;
  const shown = (whole: number, resetsAtMs = at) => {
    const { book } = open();
    book.record(reading(startMs - 20, [window(300, 41.8, at)]));
    book.record(reading(startMs - 10, [window(300, whole, resetsAtMs)], { source: 'usage' }));
    return book.current('cred')?.windows[0]?.usedPercent;
  };
  // Cut, rounded, less than before, more, and of another run.
  expect([shown(41), shown(42), shown(40), shown(43), shown(41, at + hourMs)]).toEqual([
    41.8, 41.8, 40, 43, 41,
  ]);
});

test('drops a window that a whole account of the usage no longer has', () => {
  const { book } = open();
  book.record(reading(startMs - 20, [window(300, 40), window(10_080, 18)]));
  book.record(reading(startMs - 10, [window(10_080, 19)], { source: 'usage' }));
  expect(book.current('cred')?.windows).toEqual([window(10_080, 19)]);
});

test('keeps the figures of each credential apart', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [window(300, 42)]));
  book.record(reading(startMs - 20, [window(300, 7)], { credentialId: 'other' }));
  expect(book.current('cred')?.windows).toEqual([window(300, 42)]);
  expect(book.current('other')?.windows).toEqual([window(300, 7)]);
  book.clear('cred');
  expect(book.current('cred')).toBeUndefined();
  expect(book.current('other')?.windows).toEqual([window(300, 7)]);
});

test('says of each window who told it and when', () => {
  const { book } = open();
  book.record(reading(startMs - 20, [window(300, 40), window(10_080, 18)], { source: 'usage' }));
  book.record(reading(startMs - 10, [window(300, 42)]));
  expect(book.current('cred')?.shownElsewhere).toEqual([
    { source: 'headers', atMs: startMs - 10 },
    { source: 'usage', atMs: startMs - 20 },
  ]);
});

test('starts a window anew on its own at its reset, with one timer and none after it', async () => {
  const { book, clock, changes } = open();
  book.record(reading(startMs, [window(300, 42, startMs + hourMs), window(10_080, 18)]));
  expect(clock.timers).toEqual([startMs + hourMs]);
  expect(changes()).toBe(1);
  await clock.advance(hourMs);
  expect(changes()).toBe(2);
  expect(book.current('cred')?.windows).toEqual([window(300, 0), window(10_080, 18)]);
  expect(clock.timers).toEqual([]);
});

test('never has more than one timer, to the soonest reset of all credentials', () => {
  const { book, clock } = open();
  book.record(reading(startMs, [window(300, 42, startMs + 2 * hourMs)]));
  book.record(reading(startMs, [window(300, 7, startMs + hourMs)], { credentialId: 'other' }));
  book.record(reading(startMs + 1, [window(300, 43, startMs + 3 * hourMs)]));
  expect(clock.timers).toEqual([startMs + hourMs]);
  book.clear('other');
  expect(clock.timers).toEqual([startMs + 3 * hourMs]);
});

test('waits for a reset that is weeks away without a timer that long', async () => {
  const { book, clock, changes } = open();
  const resetsAtMs = startMs + 30 * 24 * hourMs;
  book.record(reading(startMs, [window(43_200, 42, resetsAtMs)]));
  expect(clock.timers.every((atMs) => atMs - startMs < 2 ** 31)).toBe(true);
  await clock.advance(30 * 24 * hourMs);
  expect(changes()).toBe(2);
  expect(book.current('cred')?.windows).toEqual([window(43_200, 0)]);
});

test('knows nothing any more of a window that ended long ago', async () => {
  const { book, clock } = open();
  book.record(reading(startMs, [window(300, 42, startMs + hourMs), window(60, 3)]));
  await clock.advance(7 * hourMs);
  expect(book.current('cred')?.windows).toEqual([]);
});

test('runs no timer once it is disposed of', () => {
  const { book, clock } = open();
  book.record(reading(startMs, [window(300, 42, startMs + hourMs)]));
  book.dispose();
  book.record(reading(startMs + 1, [window(300, 43, startMs + hourMs)]));
  expect(clock.timers).toEqual([]);
});

test('tells of a change only when something has changed', () => {
  const { book, changes } = open();
  book.record(reading(startMs, [window(300, 42)]));
  book.record(reading(startMs, [window(300, 42)]));
  book.record(reading(startMs - 5, [window(300, 41)]));
  book.clear('unknown');
  expect(changes()).toBe(1);
});

test('holds requests for refused until the time that the refusal names', async () => {
  const { book, clock, changes } = open();
  const availableAtMs = startMs + hourMs;
  const spent = window(300, 100, startMs + 2 * hourMs);
  book.record(reading(startMs, [spent], { limitReached: true }));
  book.record(reading(startMs, [], { source: 'limitError', limitReached: true, availableAtMs }));
  expect(book.current('cred')).toMatchObject({ refused: true, availableAtMs });
  await clock.advance(hourMs);
  expect(book.current('cred')?.refused).toBe(false);
  expect(changes()).toBe(3);
});

test('holds requests for refused until the spent window resets when no time was named', async () => {
  const { book, clock } = open();
  const resetsAtMs = startMs + hourMs;
  book.record(reading(startMs, [window(300, 100, resetsAtMs)], { limitReached: true }));
  expect(book.current('cred')).toMatchObject({ refused: true, availableAtMs: resetsAtMs });
  await clock.advance(hourMs);
  expect(book.current('cred')).toMatchObject({ refused: false, windows: [window(300, 0)] });
});

test('takes a later good answer as the end of a refusal', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [], { limitReached: true }));
  book.record(reading(startMs, [], { limitReached: false }));
  expect(book.current('cred')?.refused).toBe(false);
});

test('remembers over a restart, and lets fresher figures win', async () => {
  const first = open();
  first.book.record(
    reading(startMs, [window(300, 42, startMs + hourMs)], {
      plan: 'plus',
      credits: { hasCredits: true, unlimited: false, balance: '1' },
      limitReached: false,
      others: [{ id: 'codex_other', name: 'Other', windows: [window(60, 5)] }],
      spend: { reached: false, limit: '20', resetsAtMs: startMs + 9 * hourMs },
      resets: { available: 2 },
      promo: 'Hello',
    }),
  );
  first.book.noteSilence('cred');
  first.book.noteAsked('cred', { failures: 1, notBeforeMs: startMs + 5, problem: 'It failed.' });
  first.book.dispose();
  await settled();
  const stored = storedQuota.parse(JSON.parse(JSON.stringify(first.shared.current())));
  expect(stored).toEqual(first.shared.current());

  const second = open(startMs + 60_000, createLocalValue(stored));
  second.book.record(reading(startMs + 60_000, [window(10_080, 18)]));
  expect(second.book.current('cred')).toMatchObject({
    plan: 'plus',
    windows: [window(300, 42, startMs + hourMs), window(10_080, 18)],
    others: [{ id: 'codex_other' }],
    resets: { available: 2 },
    promo: 'Hello',
    problem: 'It failed.',
  });
});

test.each(['observedAtMs', 'completeAtMs', 'answeredAtMs', 'window', 'plan', 'asked'])(
  'believes no store whose %s lies in the future, and writes over it',
  async (which) => {
    const date = (name: string) => (which === name ? startMs + 1 : startMs);
    const record = {
      credentialId: 'cred',
      observedAtMs: date('observedAtMs'),
      completeAtMs: date('completeAtMs'),
      answeredAtMs: date('answeredAtMs'),
      windows: [{ value: window(300, 42), atMs: date('window'), source: 'usage' as const }],
      others: [],
      plan: { value: 'plus', atMs: date('plan'), source: 'usage' as const },
      asked: { value: { failures: 0, notBeforeMs: 0 }, atMs: date('asked') },
    };
    const shared = createLocalValue<StoredQuota>({ version: 2, records: [record] });
    expect(open(startMs, shared).book.current('cred')).toBeUndefined();
    expect(open(startMs + 1, shared).book.current('cred')?.plan).toBe('plus');

    const { book } = open(startMs, shared);
    book.record(reading(startMs - 5, [window(300, 7)]));
    await settled();
    expect(shared.current().records).toHaveLength(1);
    expect(open(startMs + 1, shared).book.current('cred')?.windows).toEqual([window(300, 7)]);
  },
);

test('takes anything for a store without failing, and shows only sound shares', () => {
  const sound = {
    credentialId: fc.constant('cred'),
    observedAtMs: fc.constant(startMs),
    completeAtMs: fc.constant(0),
    windows: fc.array(
      fc.record({
        value: fc.record({
          usedPercent: fc.oneof(fc.double(), fc.integer(), fc.constant(null), fc.string()),
          minutes: fc.oneof(fc.constant(300), fc.double()),
        }),
        atMs: fc.constant(startMs),
        source: fc.constant('usage'),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    others: fc.constant([]),
  };
  const odd = fc.dictionary(fc.constantFrom(...Object.keys(sound)), fc.jsonValue());
  const record = fc.oneof(
    fc.record(sound),
    fc.tuple(fc.record(sound), odd).map(([base, changed]) => ({ ...base, ...changed })),
  );
  const store = fc.oneof(
    fc.jsonValue(),
    fc.record({ version: fc.constant(2), records: fc.array(record) }),
  );
  let shown = 0;
  fc.assert(
    fc.property(store, (stored) => {
      const parsed = storedQuota.safeParse(stored);
      const { book } = open(startMs, createLocalValue(parsed.data ?? noStoredQuota));
      for (const { usedPercent } of book.current('cred')?.windows ?? []) {
        shown++;
        expect(usedPercent >= 0 && usedPercent <= 100).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
  expect(shown).toBeGreaterThan(0);
});

const someReading = fc
  .record({
    observedAtMs: fc.integer({ min: startMs - 50, max: startMs }),
    source: fc.constantFrom<QuotaSnapshot['source']>('headers', 'usage', 'event', 'limitError'),
    windows: fc.uniqueArray(
      fc
        .record({
          minutes: fc.constantFrom(300, 299, 10_080, 60),
          used: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(41, 41.2, 41.8, 42)),
          reset: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        })
        .map(({ minutes, used, reset }) =>
          window(minutes, used, reset === undefined ? undefined : startMs + reset * hourMs),
        ),
      { selector: ({ label }) => label },
    ),
    limitReached: fc.option(fc.boolean(), { nil: undefined }),
    plan: fc.option(fc.constantFrom('plus', 'pro'), { nil: undefined }),
  })
  .map(({ limitReached, plan, observedAtMs, windows, source }) =>
    reading(observedAtMs, windows, {
      source,
      ...(limitReached === undefined ? {} : { limitReached }),
      ...(plan === undefined ? {} : { plan }),
    }),
  );

test('comes to the same state in whatever order the readings arrive', () => {
  const orders = fc
    .array(someReading, { maxLength: 8 })
    .chain((readings) =>
      fc.tuple(
        fc.constant(readings),
        fc.shuffledSubarray(readings, { minLength: readings.length, maxLength: readings.length }),
      ),
    );
  fc.assert(
    fc.property(orders, ([readings, shuffled]) => {
      const states = [readings, shuffled].map((order) => {
        const { book } = open();
        for (const one of order) book.record(one);
        return book.current('cred');
      });
      expect(states[1]).toEqual(states[0]);
      for (const { label, usedPercent } of states[0]?.windows ?? []) {
        const told = readings
          .flatMap(({ windows, observedAtMs }) => windows.map((w) => ({ ...w, observedAtMs })))
          .filter((w) => w.label === label);
        const freshest = Math.max(...told.map((w) => w.observedAtMs));
        // A fraction may come from an earlier one.
        const isTold = (w: (typeof told)[number]) =>
          w.observedAtMs === freshest && Math.abs(w.usedPercent - usedPercent) < 1;
        expect(told.some(isTold)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

describe('over several windows', () => {
  const windows = (count: number) => {
    const shared = createLocalValue(noStoredQuota);
    const clock = steppedClock(startMs);
    let writes = 0;
    const counted: typeof shared = {
      ...shared,
      change: (next, signal) => (writes++, shared.change(next, signal)),
    };
    const books = Array.from({ length: count }, () =>
      createQuotaStore({ shared: counted, clock, log: silentLog }),
    );
    return { books, clock, shared, writes: () => writes };
  };

  test('all show the same within two seconds, in whatever order and wherever readings come', async () => {
    const step = fc.record({
      at: fc.nat({ max: 2 }),
      one: someReading,
      credentialId: fc.constantFrom('cred', 'other'),
      kind: fc.constantFrom('record', 'record', 'record', 'silence', 'asked'),
      waitMs: fc.constantFrom(0, 0, 1, 400, 900),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { books, clock } = windows(3);
        const alone = createQuotaStore({
          shared: createLocalValue(noStoredQuota),
          clock,
          log: silentLog,
        });
        for (const { at, one, credentialId, kind, waitMs } of steps) {
          for (const book of [books[at]!, alone]) {
            if (kind === 'silence') book.noteSilence(credentialId);
            else if (kind === 'asked')
              book.noteAsked(credentialId, { failures: 1, notBeforeMs: 0 });
            else book.record({ ...one, credentialId });
          }
          if (waitMs > 0) await clock.advance(waitMs);
        }
        await settled();
        await clock.advance(2_000);
        for (const id of ['cred', 'other']) {
          const shown = books.map((book) => book.facts(id));
          expect(shown).toEqual(books.map(() => alone.facts(id)));
          for (const { value } of shown[0]?.windows ?? []) {
            const told = steps.filter(({ credentialId }) => credentialId === id);
            expect(
              told.some(({ one }) => one.windows.some((w) => w.usedPercent === value.usedPercent)),
            ).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a busy window writes twice a second at most', async () => {
    const { books, clock, writes } = windows(2);
    for (let index = 0; index < 100; index++) {
      books[0]!.record(reading(clock.now(), [window(300, index / 2)]));
      await clock.advance(20);
    }
    await clock.advance(1_000);
    expect(writes()).toBeLessThanOrEqual(6);
    expect(books[1]!.current('cred')?.windows).toEqual([window(300, 49.5)]);
  });

  test('an account that signs out is forgotten in all of them, and not brought back', async () => {
    const { books, clock, shared } = windows(2);
    books[0]!.record(reading(startMs, [window(300, 42)]));
    await clock.advance(1_000);
    books[1]!.clear('cred');
    await clock.advance(1_000);
    books[0]!.record(reading(startMs, [window(300, 7)], { credentialId: 'other' }));
    await clock.advance(1_000);
    expect(books.map((book) => book.current('cred'))).toEqual([undefined, undefined]);
    expect(shared.current().records.map(({ credentialId }) => credentialId)).toEqual(['other']);
  });

  test('what could not be written is written later', async () => {
    const shared = createLocalValue(noStoredQuota);
    let isFull = true;
    const clock = steppedClock(startMs);
    const change: typeof shared.change = (next, signal) =>
      isFull ? Promise.reject(new Error('disk full')) : shared.change(next, signal);
    const book = createQuotaStore({ shared: { ...shared, change }, clock, log: silentLog });
    book.record(reading(startMs, [window(300, 42)]));
    await clock.advance(1_000);
    expect(book.current('cred')?.windows).toEqual([window(300, 42)]);
    isFull = false;
    await clock.advance(5_000);
    expect(shared.current().records).toHaveLength(1);
  });
});

describe('answers that bring no figures', () => {
  const answer = (book: ReturnType<typeof open>['book'], atMs: number) =>
    book.record(reading(atMs, [window(300, 42)]));
  const isSilent = (book: ReturnType<typeof open>['book']) =>
    book.current('cred')?.hasStoppedReporting ?? false;

  test('are remarked on after the third, and no longer once figures come back', async () => {
    const { book, clock } = open();
    answer(book, clock.now());
    const seen: boolean[] = [];
    for (let index = 0; index < 4; index++) {
      await clock.advance(1_000);
      book.noteSilence('cred');
      seen.push(isSilent(book));
    }
    await clock.advance(1_000);
    answer(book, clock.now());
    expect([...seen, isSilent(book)]).toEqual([false, false, true, true, false]);
  });

  test('are no news where none ever did, and figures that were asked for do not hide them', async () => {
    const { book, clock } = open();
    const silence = async () => {
      for (let index = 0; index < 3; index++) {
        await clock.advance(1_000);
        book.noteSilence('cred');
      }
    };
    await silence();
    expect(isSilent(book)).toBe(false);
    answer(book, clock.now() + 1);
    await silence();
    book.record(reading(clock.now(), [window(300, 43)], { source: 'usage' }));
    expect(isSilent(book)).toBe(true);
  });
});
