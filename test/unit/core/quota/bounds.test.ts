import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { readLimitError, readQuotaEvent } from '../../../../src/core/quota/decode/events.ts';
import { readQuotaHeaders } from '../../../../src/core/quota/decode/headers.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import type { QuotaSnapshot } from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import { storedQuota, type StoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { formatTime, formatTimePhrase, formatTimeUntil } from '../../../../src/shared/format.ts';
import { fetchUsage } from '../../../../src/core/quota/poll/fetchUsage.ts';
import { toQuotaView, tooltipModel } from '../../../../src/core/quota/text/quotaView.ts';
import { quotaLabel, statusText } from '../../../../src/core/quota/text/quotaText.ts';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import { failureFromHttp } from '../../../../src/core/responses/retry/classify.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import {
  readResetsAtMs,
  readRetryAfterMs,
} from '../../../../src/core/responses/retry/retryHint.ts';
import { toWebview } from '../../../../src/shared/protocol/messages.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { statusOf } from '../../../support/streams.ts';

const nowMs = steppedClock().now();
const nowS = nowMs / 1000;
const dayMs = 86_400_000;

/** Whatever may stand where a number is expected, those near a limit among them. */
const oddFigures = [
  [0, -0, -1, 1e-320, 1e21, 1e300, Infinity, -Infinity, Number.NaN, 8.64e15, 8.64e15 + 1],
  [nowS, nowS + 3600, nowMs + 3_600_000, (nowMs + 3_600_000) * 1000, nowS * 1e9],
  [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.MIN_VALUE],
].flat();
const figure = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(...oddFigures));
const words = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('constructor', '__proto__', 'toString', '1e999', 'NaN', 'Infinity', '-1', '0x10'),
  fc.constantFrom('9'.repeat(400), '9'.repeat(100_000), ' '.repeat(5_000), '\u202E\u0000', '٣'),
);
const anything = fc.oneof(
  figure,
  words,
  figure.map(String),
  fc.constantFrom(null, undefined, true, [], {}),
);
const headerValue = fc.oneof(words, figure.map(String));

const families = ['codex', 'codex-bengalfox', 'constructor', '__proto__'];
const headerNames = families.flatMap((family) =>
  ['primary', 'secondary'].flatMap((slot) =>
    ['used-percent', 'window-minutes', 'reset-at', 'reset-after-seconds'].map(
      (name) => `x-${family}-${slot}-${name}`,
    ),
  ),
);
const otherHeaders = [
  'retry-after',
  'retry-after-ms',
  'x-codex-plan-type',
  'x-codex-credits-has-credits',
  'x-codex-credits-unlimited',
  'x-codex-credits-balance',
  'x-codex-active-limit',
  'x-codex-promo-message',
  'x-codex-rate-limit-reached-type',
  'x-codex-bengalfox-limit-name',
];
const headers = fc
  .tuple(
    // Windows only count with a percentage.
    fc.dictionary(fc.constantFrom(...headerNames), headerValue, { maxKeys: 20 }),
    fc.dictionary(fc.constantFrom(...otherHeaders), headerValue),
    fc.record({ 'x-codex-primary-used-percent': fc.constantFrom('42', '100', '0.1') }),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, string>);

const usageWindow = fc.record({
  used_percent: fc.oneof(anything, fc.constant(42)),
  limit_window_seconds: anything,
  reset_after_seconds: anything,
  reset_at: anything,
});
const limits = fc.record({
  allowed: fc.oneof(fc.boolean(), anything),
  limit_reached: fc.oneof(fc.boolean(), anything),
  primary_window: usageWindow,
  secondary_window: fc.oneof(usageWindow, fc.constant(null)),
});
const usageBody = fc.record({
  plan_type: anything,
  rate_limit: limits,
  code_review_rate_limit: limits,
  additional_rate_limits: fc.array(
    fc.record({ limit_name: anything, metered_feature: anything, rate_limit: limits }),
  ),
  credits: fc.record({ has_credits: fc.boolean(), unlimited: fc.boolean(), balance: anything }),
  spend_control: fc.record({
    reached: fc.boolean(),
    individual_limit: fc.record({
      limit: anything,
      used: anything,
      remaining: anything,
      used_percent: anything,
      remaining_percent: anything,
      reset_at: anything,
    }),
  }),
  rate_limit_reached_type: fc.oneof(anything, fc.record({ type: words })),
  rate_limit_reset_credits: fc.oneof(anything, fc.record({ available_count: anything })),
  promo: anything,
});

const event = fc.record({
  type: fc.constant('codex.rate_limits'),
  plan_type: anything,
  metered_limit_name: anything,
  rate_limits: fc.record({
    allowed: fc.oneof(fc.boolean(), anything),
    limit_reached: fc.oneof(fc.boolean(), anything),
    primary: fc.record({
      used_percent: anything,
      window_minutes: anything,
      reset_at: anything,
      reset_after_seconds: anything,
    }),
    secondary: anything,
  }),
  credits: anything,
});

/** Tells the readings to a book, stores what it holds, reads that anew, and renders it. */
async function shown(readings: readonly (QuotaSnapshot | undefined)[]) {
  const clock = steppedClock();
  const shared = createLocalValue<StoredQuota>({ version: 2, records: [] });
  const first = createQuotaStore({ shared, clock, log: silentLog });
  for (const reading of readings) if (reading) first.record(reading);
  const before = first.current('cred');
  await settled();
  const stored = storedQuota.parse(JSON.parse(JSON.stringify(shared.current())));
  expect(stored).toEqual(shared.current());
  const second = createQuotaStore({ shared: createLocalValue(stored), clock, log: silentLog });
  expect(second.current('cred')).toEqual(before);
  render(before);
  first.dispose();
  second.dispose();
}

function render(state: ReturnType<ReturnType<typeof createQuotaStore>['current']>) {
  for (const statusBarPercent of ['used', 'left'] as const) {
    const settings = { statusBarPercent, statusBarText: 'both' as const };
    const { lines, age, banked } = tooltipModel({ quota: state }, true, settings, nowMs);
    const ours = [
      statusText(state, settings, nowMs),
      quotaLabel(state, settings, nowMs),
      // Names and remarks hold words of the backend as they are.
      JSON.stringify([lines, age, banked]),
    ];
    for (const text of ours) expect(text).not.toMatch(/NaN|Infinity|undefined|\[object|e\+\d/);
    const quota = toQuotaView(state, settings, nowMs);
    const message = { type: 'quota', seq: 1, quota };
    expect(toWebview.safeParse(message).error?.issues ?? []).toEqual([]);
  }
}

describe(
  'whatever the backend tells of the quota, it is shown in words and survives a restart',
  {
    timeout: 60_000,
  },
  () => {
    test('in the headers of an answer', async () => {
      await fc.assert(
        fc.asyncProperty(
          headers,
          fc.constantFrom('accepted' as const, 'refused' as const),
          async (all, outcome) => {
            await shown([readQuotaHeaders(all, 'cred', nowMs, outcome)]);
          },
        ),
        { numRuns: 120 },
      );
    });

    test('in the answer about the usage', async () => {
      await fc.assert(
        fc.asyncProperty(usageBody, async (body) => {
          const bearer = { credentialId: 'cred', accountId: 'a', accessToken: 't' };
          const source = {
            http: async () => statusOf(200, body),
            baseUrl: 'https://backend.test',
            tokenProvider: { getToken: async () => bearer, replaceRejected: async () => bearer },
            clock: steppedClock(),
            headers: {},
          };
          const { signal } = new AbortController();
          await shown([await fetchUsage(source, signal).catch(() => undefined)]);
        }),
        { numRuns: 120 },
      );
    });

    test('in an event of the stream', async () => {
      await fc.assert(
        fc.asyncProperty(event, async (told) => shown([readQuotaEvent(told, 'cred', nowMs)])),
        { numRuns: 120 },
      );
    });

    test('in the body of a refusal', async () => {
      const error = fc.record(
        {
          type: fc.constantFrom('usage_limit_reached', 'rate_limit_exceeded'),
          message: fc.string(),
          plan_type: fc.oneof(words, fc.constant(null)),
          resets_at: anything,
          resets_in_seconds: anything,
        },
        { requiredKeys: ['type'] },
      );
      const some = fc.dictionary(fc.constantFrom(...otherHeaders), headerValue);
      await fc.assert(
        fc.asyncProperty(error, some, async (told, more) => {
          const failure = failureFromHttp(
            { status: 429, headers: more, body: JSON.stringify({ error: told }) },
            nowMs,
          );
          const said = errorMessage(new ResponsesError(failure), nowMs);
          const until = said.availableAtMs ?? nowMs;
          expect(Math.abs(until - nowMs)).toBeLessThanOrEqual(400 * dayMs);
          const { plan, resetsAtMs } = failure;
          await shown([readLimitError({ plan, resetsAtMs }, 'cred', nowMs)]);
        }),
        { numRuns: 150 },
      );
    });
  },
);

describe('hints when to try again', () => {
  test('are at least 0 and at most 400 days, whatever is said', () => {
    const hint = fc.record({
      headers: fc.dictionary(fc.constantFrom('retry-after', 'retry-after-ms'), headerValue),
      resetsAt: fc.option(figure, { nil: undefined }),
      resetsInSeconds: fc.option(figure, { nil: undefined }),
      message: fc.oneof(
        words,
        figure.map((seconds) => `Try again in ${seconds} seconds.`),
        fc.constant(`Please try again in ${'9'.repeat(50)} days.`),
      ),
    });
    fc.assert(
      fc.property(hint, (source) => {
        const waitMs = readRetryAfterMs(source, nowMs) ?? 0;
        expect(waitMs >= 0 && waitMs <= 400 * dayMs).toBe(true);
        const atMs = readResetsAtMs(source, nowMs) ?? nowMs;
        expect(Math.abs(atMs - nowMs) <= 400 * dayMs).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['seconds', 1],
    ['milliseconds', 1_000],
    ['microseconds', 1_000_000],
  ])('an epoch in %s is read as the time that it is', (_unit, times) => {
    expect(readResetsAtMs({ resetsAt: (nowS + 3_600) * times }, nowMs)).toBe(nowMs + 3_600_000);
    const all = {
      'x-codex-primary-used-percent': '42',
      'x-codex-primary-reset-at': String((nowS + 3_600) * times),
    };
    const reading = readQuotaHeaders(all, 'cred', nowMs);
    expect(reading?.windows[0]?.resetsAtMs).toBe(nowMs + 3_600_000);
  });

  test('a reset that has passed tells that the clocks differ, so the distance counts', () => {
    expect(readResetsAtMs({ resetsAt: nowS - 60, resetsInSeconds: 30 }, nowMs)).toBe(
      nowMs + 30_000,
    );
    expect(readResetsAtMs({ resetsAt: nowS - 60 }, nowMs)).toBe(nowMs - 60_000);
  });

  test('a figure that is no time does not hide the next hint', () => {
    const source = { headers: { 'retry-after': '99999999999999999' }, resetsInSeconds: 30 };
    expect(readRetryAfterMs(source, nowMs)).toBe(30_000);
  });

  test.each(['5 apples', '-5', '1', 'Monday'])('"%s" is no date', (value) => {
    const waitMs = readRetryAfterMs({ headers: { 'retry-after': value } }, nowMs);
    expect(waitMs).toBe(value === '1' ? 1_000 : undefined);
  });
});

test('times are told in words whatever they are', () => {
  fc.assert(
    fc.property(figure, figure, (atMs, now) => {
      for (const text of [
        formatTime(atMs, now),
        formatTimePhrase(atMs, now, 'long'),
        formatTimeUntil(atMs, now),
      ]) {
        expect(text).not.toMatch(/NaN|Infinity|Invalid|e\+/);
        if (!Number.isFinite(atMs)) expect(text).toContain('unknown time');
      }
    }),
  );
});

describe('what a broken version stored', () => {
  const window = (more: object) => ({
    value: { usedPercent: 42, minutes: 300, ...more },
    atMs: nowMs,
    source: 'usage',
  });
  const record = (more: object) => ({
    credentialId: 'cred',
    observedAtMs: nowMs,
    completeAtMs: 0,
    windows: [window({ resetsAtMs: nowMs + 3_600_000 })],
    others: [],
    plan: { value: 'plus', atMs: nowMs, source: 'usage' },
    ...more,
  });
  const read = (more: object) => {
    const stored = storedQuota.parse({ version: 2, records: [record(more)] });
    const shared = createLocalValue<StoredQuota>(stored);
    return createQuotaStore({ shared, clock: steppedClock(), log: silentLog }).current('cred');
  };
  const usual = read({});

  test.each([1.8e16, 8.64e15, nowMs + 401 * dayMs, -1, 'soon', null, {}])(
    'the time %j is dropped, and the figure that it came with is kept',
    (time) => {
      const told = (value: object) => ({ value, atMs: nowMs, source: 'usage' });
      const state = read({
        windows: [window({ resetsAtMs: time })],
        refusal: told({ refused: true, availableAtMs: time }),
        spend: told({ reached: false, limit: '20', resetsAtMs: time }),
        others: [told({ id: 'x', name: 'X', windows: [{ usedPercent: 1, resetsAtMs: time }] })],
        answeredAtMs: typeof time === 'number' ? -1 : time,
      });
      expect(state?.windows).toEqual([
        { kind: 'fiveHour', label: '5h', usedPercent: 42, minutes: 300 },
      ]);
      expect(state).toMatchObject({ refused: true, plan: 'plus', spend: { limit: '20' } });
      expect(state?.availableAtMs).toBeUndefined();
      expect(state?.others[0]?.windows).toHaveLength(1);
      render(state);
    },
  );

  test.each([
    ['credits', { value: { hasCredits: 'yes' }, atMs: nowMs, source: 'usage' }],
    ['resets', { value: { available: 1e300 }, atMs: nowMs, source: 'usage' }],
    ['spend', 7],
    ['promo', { value: 'x'.repeat(5_000), atMs: nowMs, source: 'usage' }],
    ['asked', { value: { failures: -1, notBeforeMs: 1e300 }, atMs: nowMs }],
    ['asked', { value: { failures: 1, notBeforeMs: nowMs + 90 * dayMs }, atMs: nowMs }],
    ['silentAtMs', 'never'],
    ['finer', [{ value: { usedPercent: -1 }, atMs: nowMs, source: 'usage' }]],
    ['others', null],
  ])('an odd %s is dropped, and the rest is kept', (key, value) => {
    expect(read({ [key]: value })).toEqual(usual);
  });

  test('a window with an odd share is dropped, and the other one is kept', () => {
    const state = read({ windows: [window({ usedPercent: 1e9 }), window({ minutes: 10_080 })] });
    expect(state?.windows.map(({ label }) => label)).toEqual(['wk']);
  });

  test('a window of an odd length keeps its share', () => {
    expect(read({ windows: [window({ minutes: 1e300 })] })?.windows).toMatchObject([
      { label: 'usage', usedPercent: 42 },
    ]);
  });
});
