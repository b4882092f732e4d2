import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitName } from '../../../../src/shared/limitNames.ts';
import { readQuotaHeaders } from '../../../../src/core/quota/decode/headers.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { statusText } from '../../../../src/core/quota/text/quotaText.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { steppedClock } from '../../../support/steppedClock.ts';

const captured: Record<string, string> = JSON.parse(
  readFileSync(
    new URL('../../../fixtures/responses/rate_limit_headers.json', import.meta.url),
    'utf8',
  ),
);
const nowMs = 1_795_219_650_000;
const read = (headers: Record<string, string>) => readQuotaHeaders(headers, 'cred', nowMs);

test('reads the captured headers', () => {
  expect(read(captured)).toEqual({
    credentialId: 'cred',
    source: 'headers',
    observedAtMs: nowMs,
    plan: 'plus',
    credits: { hasCredits: true, unlimited: false, balance: '12.50' },
    promo: 'PROMO TEXT',
    windows: [
      {
        kind: 'fiveHour',
        label: '5h',
        usedPercent: 42.5,
        minutes: 300,
        resetsAtMs: 1_795_223_250_000,
      },
      {
        kind: 'weekly',
        label: 'wk',
        usedPercent: 77,
        minutes: 10_080,
        resetsAtMs: 1_795_306_050_000,
      },
    ],
    others: [
      {
        id: 'codex_other',
        name: 'GPT-Other',
        windows: [
          {
            kind: 'other',
            label: '1h',
            usedPercent: 100,
            minutes: 60,
            resetsAtMs: 1_795_220_473_000,
          },
        ],
      },
    ],
  });
});

test('tells from a refusal that the limit is reached and from a good answer that it is not', () => {
  const outcome = (is?: 'accepted' | 'refused') =>
    readQuotaHeaders(captured, 'cred', nowMs, is)?.limitReached;
  expect([outcome('refused'), outcome('accepted'), outcome()]).toEqual([true, false, undefined]);
});

test('tells the windows apart by their length, whichever slot they come in', () => {
  const swapped = {
    'x-codex-primary-used-percent': '18',
    'x-codex-primary-window-minutes': '10080',
    'x-codex-secondary-used-percent': '42',
    'x-codex-secondary-window-minutes': '300',
  };
  expect(read(swapped)?.windows.map(({ label, usedPercent }) => [label, usedPercent])).toEqual([
    ['5h', 42],
    ['wk', 18],
  ]);
});

test.each([
  ['285', '5h', 'fiveHour', '5-hour limit'],
  ['315', '5h', 'fiveHour', '5-hour limit'],
  ['316', '5h', 'other', '5-hour limit'],
  ['10080', 'wk', 'weekly', 'Weekly limit'],
  ['9600', 'wk', 'weekly', 'Weekly limit'],
  ['1440', '24h', 'other', 'Daily limit'],
  ['43200', 'mo', 'other', 'Monthly limit'],
  ['525600', 'yr', 'other', 'Annual limit'],
  ['30', '30m', 'other', '30-minute limit'],
  ['180', '3h', 'other', '3-hour limit'],
  ['4320', '3d', 'other', '3-day limit'],
])('names a window of %s minutes %s', (minutes, label, kind, name) => {
  const headers = {
    'x-codex-primary-used-percent': '7',
    'x-codex-primary-window-minutes': minutes,
  };
  expect(read(headers)?.windows).toEqual([
    { label, kind, usedPercent: 7, minutes: Number(minutes) },
  ]);
  expect(limitName(label)).toBe(name);
});

describe('a window', () => {
  const main = (fields: Record<string, string>) =>
    read(
      Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [`x-codex-primary-${name}`, value]),
      ),
    )?.windows[0];

  test.each(['', 'NaN', '-1', 'abc', 'Infinity', '0x10', '1e3', '42, 42', 'null'])(
    'is unknown when the share is written as “%s”',
    (used) => {
      expect(main({ 'used-percent': used, 'window-minutes': '300' })).toBeUndefined();
    },
  );

  test('is unknown without a share, though its length is known', () => {
    expect(main({ 'window-minutes': '300', 'reset-at': '1795223250' })).toBeUndefined();
  });

  test('is absent when all its figures are nought', () => {
    expect(main({ 'used-percent': '0', 'window-minutes': '0', 'reset-at': '' })).toBeUndefined();
  });

  test.each([{ 'window-minutes': '300' }, { 'reset-at': '1795223250' }])(
    'counts at nought when it has a length or a reset: %o',
    (fields) => {
      expect(main({ 'used-percent': '0', ...fields })?.usedPercent).toBe(0);
    },
  );

  test('is never used by more than all', () => {
    expect(main({ 'used-percent': '104', 'window-minutes': '300' })?.usedPercent).toBe(100);
  });

  test('counts the reset from now when the clocks differ so much that it seems past', () => {
    const fields = { 'used-percent': '5', 'reset-at': '1795000000', 'reset-after-seconds': '600' };
    expect(main(fields)?.resetsAtMs).toBe(nowMs + 600_000);
  });

  test('has no reset time when that cannot be', () => {
    const past = main({ 'used-percent': '5', 'window-minutes': '300', 'reset-at': '1795000000' });
    const far = main({ 'used-percent': '5', 'window-minutes': '300', 'reset-at': '99999999999' });
    expect([past, far]).toEqual([
      expect.not.objectContaining({ resetsAtMs: expect.anything() }),
      expect.not.objectContaining({ resetsAtMs: expect.anything() }),
    ]);
  });
});

test('says nothing when there is nothing to read', () => {
  expect(read({ 'content-type': 'text/event-stream' })).toBeUndefined();
});

const figure = fc.oneof(
  fc.constantFrom('', '0', '-0', 'NaN', '-5', 'null', ' 7 ', '300', '10080', '1795223250', '1e9'),
  fc.double().map(String),
  fc.string(),
);
const name = fc
  .tuple(
    fc.constantFrom('codex', 'codex-other', 'codex-bengalfox', 'x'),
    fc.constantFrom('primary', 'secondary', 'credits'),
    fc.constantFrom(
      'used-percent',
      'window-minutes',
      'reset-at',
      'reset-after-seconds',
      'has-credits',
      'unlimited',
    ),
  )
  .map((parts) => `x-${parts.join('-')}`);

test('whatever the headers hold, each window has a share that the headers tell', () => {
  fc.assert(
    fc.property(fc.dictionary(name, figure), (headers) => {
      const reading = read(headers);
      const told = (slots: string[]) =>
        slots
          .map((slot) => headers[`${slot}-used-percent`] ?? '')
          .filter((text) => /^\s*\d+(\.\d+)?\s*$/.test(text))
          .map((text) => Math.min(100, Number(text)));
      const main = told(['x-codex-primary', 'x-codex-secondary']);
      for (const { usedPercent } of reading?.windows ?? []) {
        expect(usedPercent).toBeGreaterThanOrEqual(0);
        expect(main).toContain(usedPercent);
      }
      const clock = steppedClock(nowMs);
      const book = createQuotaStore({
        shared: createLocalValue(noStoredQuota),
        clock,
        log: silentLog,
      });
      if (reading) book.record(reading);
      const text = statusText(
        book.current('cred'),
        { statusBarText: 'both', statusBarPercent: 'used' },
        nowMs,
      );
      book.dispose();
      expect(text).toMatch(/^(\w+ \u2007?\d+%( · \w+ \u2007?\d+%)*)?$/);
      if (main.length === 0) expect(text).toBe('');
    }),
  );
});
