import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { createQuota } from '../../../src/core/quota/quota.ts';
import {
  windowNames,
  type QuotaReading,
  type QuotaWindow,
} from '../../../src/core/quota/reading.ts';
import { steppedClock } from '../../support/steppedClock.ts';

const startMs = 1_795_219_200_000;
const hourMs = 3_600_000;

function open(atMs = startMs) {
  const clock = steppedClock(atMs);
  const book = createQuota({ clock, log: silentLog });
  let changes = 0;
  book.onDidChange(() => changes++);
  return { clock, book, changes: () => changes };
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
  more: Partial<QuotaReading> = {},
): QuotaReading => ({
  credentialId: 'cred',
  source: 'headers',
  observedAtMs,
  windows,
  ...more,
});

test('knows nothing at first', () => {
  const { book } = open();
  expect([book.current(), book.current('cred')]).toEqual([undefined, undefined]);
});

test('keeps the freshest figure of each window, though it arrives first', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [window(300, 42)]));
  book.record(reading(startMs - 20, [window(300, 40), window(10_080, 18)]));
  expect(book.current('cred')?.windows).toEqual([window(300, 42), window(10_080, 18)]);
  expect(book.current('cred')?.observedAtMs).toBe(startMs - 20);
});

test('drops a window that a whole account of the usage no longer has', () => {
  const { book } = open();
  book.record(reading(startMs - 20, [window(300, 40), window(10_080, 18)]));
  book.record(reading(startMs - 10, [window(10_080, 19)], { source: 'usage' }));
  expect(book.current()?.windows).toEqual([window(10_080, 19)]);
});

test('shows the credential heard of last, or the one asked for', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [window(300, 42)]));
  book.record(reading(startMs - 20, [window(300, 7)], { credentialId: 'other' }));
  expect(book.current()?.credentialId).toBe('cred');
  expect(book.current('other')?.windows).toEqual([window(300, 7)]);
  book.clear('cred');
  expect(book.current()?.credentialId).toBe('other');
});

test('starts a window anew on its own at its reset, with one timer and none after it', async () => {
  const { book, clock, changes } = open();
  book.record(reading(startMs, [window(300, 42, startMs + hourMs), window(10_080, 18)]));
  expect(clock.timers).toEqual([startMs + hourMs]);
  expect(changes()).toBe(1);
  await clock.advance(hourMs);
  expect(changes()).toBe(2);
  expect(book.current()?.windows).toEqual([window(300, 0), window(10_080, 18)]);
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
  expect(book.current()?.windows).toEqual([window(43_200, 0)]);
});

test('knows nothing any more of a window that ended long ago', async () => {
  const { book, clock } = open();
  book.record(reading(startMs, [window(300, 42, startMs + hourMs), window(60, 3)]));
  await clock.advance(7 * hourMs);
  expect(book.current()?.windows).toEqual([]);
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
  expect(book.current()).toMatchObject({ refused: true, availableAtMs });
  await clock.advance(hourMs);
  expect(book.current()?.refused).toBe(false);
  expect(changes()).toBe(3);
});

test('holds requests for refused until the spent window resets when no time was named', async () => {
  const { book, clock } = open();
  const resetsAtMs = startMs + hourMs;
  book.record(reading(startMs, [window(300, 100, resetsAtMs)], { limitReached: true }));
  expect(book.current()).toMatchObject({ refused: true, availableAtMs: resetsAtMs });
  await clock.advance(hourMs);
  expect(book.current()).toMatchObject({ refused: false, windows: [window(300, 0)] });
});

test('takes a later good answer as the end of a refusal', () => {
  const { book } = open();
  book.record(reading(startMs - 10, [], { limitReached: true }));
  book.record(reading(startMs, [], { limitReached: false }));
  expect(book.current()?.refused).toBe(false);
});

test('remembers over a restart, and lets fresher figures win', () => {
  const first = open();
  first.book.record(
    reading(startMs, [window(300, 42, startMs + hourMs)], {
      plan: 'plus',
      credits: { hasCredits: true, unlimited: false, balance: '1' },
      limitReached: false,
      others: [{ id: 'codex_other', name: 'Other', windows: [window(60, 5)] }],
    }),
  );
  const stored: unknown = JSON.parse(JSON.stringify(first.book.serialize()));

  const second = open(startMs + 60_000);
  second.book.record(reading(startMs + 60_000, [window(10_080, 18)]));
  second.book.restore(stored);
  expect(second.book.current()).toMatchObject({
    plan: 'plus',
    windows: [window(300, 42, startMs + hourMs), window(10_080, 18)],
    others: [{ id: 'codex_other' }],
  });
});

test.each(['observedAtMs', 'completeAtMs', 'window', 'plan'])(
  'believes no store whose %s lies in the future',
  async (which) => {
    const date = (name: string) => (which === name ? startMs + 1 : startMs);
    const record = {
      credentialId: 'cred',
      observedAtMs: date('observedAtMs'),
      completeAtMs: date('completeAtMs'),
      windows: [{ value: window(300, 42), atMs: date('window') }],
      others: [],
      plan: { value: 'plus', atMs: date('plan') },
    };
    const { book, clock } = open();
    book.restore({ version: 1, records: [record] });
    expect(book.current()).toBeUndefined();
    await clock.advance(1);
    book.restore({ version: 1, records: [record] });
    expect(book.current()?.plan).toBe('plus');
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
    fc.record({ version: fc.constant(1), records: fc.array(record) }),
  );
  let shown = 0;
  fc.assert(
    fc.property(store, (stored) => {
      const { book } = open();
      book.restore(stored);
      for (const { usedPercent } of book.current()?.windows ?? []) {
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
    source: fc.constantFrom<QuotaReading['source']>('headers', 'usage', 'event', 'limitError'),
    windows: fc.uniqueArray(
      fc
        .record({
          minutes: fc.constantFrom(300, 299, 10_080, 60),
          used: fc.integer({ min: 0, max: 100 }),
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
        expect(told.some((w) => w.observedAtMs === freshest && w.usedPercent === usedPercent)).toBe(
          true,
        );
      }
    }),
    { numRuns: 500 },
  );
});
