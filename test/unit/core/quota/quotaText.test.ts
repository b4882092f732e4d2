import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { windowNames, type QuotaWindow } from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../../src/core/quota/store/record.ts';
import { setLanguage } from '../../../../src/shared/format.ts';
import {
  quotaBar,
  toQuotaView,
  tooltipModel,
  type QuotaAccount,
} from '../../../../src/core/quota/text/quotaView.ts';
import {
  isStale,
  quotaLabel,
  percentOf,
  quotaLevel,
  statusText,
  type PercentSettings,
} from '../../../../src/core/quota/text/quotaText.ts';
import { fromWebview } from '../../../../src/shared/protocol/fromWebview.ts';
import { toWebview } from '../../../../src/shared/protocol/messages.ts';

/** A Friday, 11:55 in the zone of the tests. */
const nowMs = Date.UTC(2026, 10, 20, 10, 55);

beforeAll(() => setLanguage('en', 'Europe/Berlin'));
afterAll(() => setLanguage('en'));

const minuteMs = 60_000;
const asUsed = { statusBarPercent: 'used' } as const;
const asLeft = { statusBarPercent: 'left' } as const;
const at1405 = nowMs + 130 * minuteMs;
const mondayAt9 = Date.UTC(2026, 10, 23, 8, 0);

const window = (minutes: number, usedPercent: number, resetsAtMs?: number): QuotaWindow => ({
  ...windowNames(minutes),
  usedPercent,
  minutes,
  ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
});

const state = (windows: QuotaWindow[], more: Partial<QuotaState> = {}): QuotaState => ({
  credentialId: 'cred',
  observedAtMs: nowMs,
  windows,
  others: [],
  refused: false,
  ...more,
});

const usual = state([window(300, 42, at1405), window(10_080, 18, mondayAt9)]);
const spent = state([window(300, 100, at1405), window(10_080, 31, mondayAt9)], {
  refused: true,
  availableAtMs: at1405,
});

describe('the text of the status bar', () => {
  const text = (
    of: QuotaState | undefined,
    statusBarText: 'both' | 'tighter' | 'icon',
    statusBarPercent: 'used' | 'left' = 'used',
  ) => statusText(of, { statusBarText, statusBarPercent }, nowMs);

  test.each([
    ['both windows', usual, 'both', '5h 42% · wk 18%'],
    ['the tighter of the two', usual, 'tighter', '5h 42%'],
    [
      'the weekly one if that is tighter',
      state([window(300, 4), window(10_080, 18)]),
      'tighter',
      'wk 18%',
    ],
    [
      'the shorter of two equal ones',
      state([window(300, 18), window(10_080, 18)]),
      'tighter',
      '5h 18%',
    ],
    ['no text by the icon alone', usual, 'icon', ''],
    ['the only window there is', state([window(10_080, 18)]), 'both', 'wk 18%'],
    ['a known nought', state([window(300, 0)]), 'both', '5h \u20070%'],
    ['nothing while no window is known', state([]), 'both', ''],
    ['nothing while nothing is known', undefined, 'both', ''],
    ['99 % until a window is spent', state([window(300, 99.9)]), 'both', '5h 99%'],
    ['when it goes on once requests are refused', spent, 'both', '5h resets 14:05'],
    ['the same by the tighter window', spent, 'tighter', '5h resets 14:05'],
    [
      'the figures while a spent window still answers',
      { ...spent, refused: false },
      'both',
      '5h 100% · wk 31%',
    ],
    [
      'the window that opens last of two spent ones',
      state([window(300, 100, at1405), window(10_080, 100, mondayAt9)], {
        refused: true,
        availableAtMs: mondayAt9,
      }),
      'both',
      'wk resets Mon 09:00',
    ],
    [
      'the time alone of a refusal without windows',
      state([], { refused: true, availableAtMs: at1405 }),
      'both',
      'resets 14:05',
    ],
  ] as const)('is %s', (_, of, setting, expected) => {
    expect(text(of, setting)).toBe(expected);
  });
});

test.each([
  [74.4, 'ok'],
  [74.5, 'warn'],
  [89.4, 'warn'],
  [89.5, 'critical'],
  [99.9, 'critical'],
  [100, 'spent'],
])('a window of %f %% is marked as what its figure shows: %s', (share, level) => {
  expect(quotaLevel(state([window(300, share), window(10_080, 3)]))).toBe(level);
});

test('the label says it in whole sentences', () => {
  expect(quotaLabel(usual, asUsed, nowMs)).toBe(
    'Codex usage. 5-hour limit 42% used, resets at 14:05. Weekly limit 18% used, resets on Monday at 09:00.',
  );
  expect(quotaLabel(spent, asUsed, nowMs)).toContain('blocked until 14:05 (in 2 hr 10 min).');
  expect(quotaLabel(undefined, asUsed, nowMs)).toBe('Codex usage. Not known yet.');
});

test.each([
  [0, 0],
  [0.1, 1],
  [42, 6],
  [50, 7],
  [99.9, 13],
  [100, 14],
])('the bar of %f %% has %i full blocks of 14', (share, full) => {
  expect(quotaBar(share)).toBe('█'.repeat(full) + '░'.repeat(14 - full));
});

const model = (account: QuotaAccount, settings: PercentSettings = asUsed, isInUse = true) =>
  tooltipModel(account, isInUse, settings, nowMs);

test('the tooltip tells each window, what is beside them, and the age', () => {
  const told = state([...usual.windows], {
    observedAtMs: nowMs - 7 * minuteMs,
    shownElsewhere: [
      { source: 'headers', atMs: nowMs },
      { source: 'usage', atMs: nowMs - 7 * minuteMs },
    ],
    plan: 'team_annual',
    credits: { hasCredits: true, unlimited: false, balance: '12.50' },
    others: [{ id: 'codex_other', name: 'GPT-Other', windows: [window(60, 5)] }],
  });
  expect(model({ label: 'mira', quota: told, role: 'next', runway: 'It lasts.' })).toEqual({
    names: ['mira', 'Team Annual', 'next'],
    banked: 0,
    lines: [
      { title: '5-hour', bar: quotaBar(42), percent: '42%', when: 'resets 14:05 (in 2 hr 10 min)' },
      {
        title: 'Weekly',
        bar: quotaBar(18),
        percent: '18%',
        when: 'resets Mon 09:00 (in 2 days 21 hr)',
      },
    ],
    others: [
      {
        name: 'GPT-Other',
        lines: [{ title: '1-hour', bar: quotaBar(5), percent: '5%', when: '' }],
      },
    ],
    remarks: ['It lasts.', 'Credits left: 12.50.'],
    age: '7 min ago, read from the service',
  });
});

test('the tooltip says so when the figures are old, unknown or the limit is reached', () => {
  const old = { ...usual, observedAtMs: nowMs - 3 * 60 * minuteMs };
  expect(model({ quota: old }).remarks).toEqual(['These are the last known values.']);
  expect(model({}).remarks).toEqual([expect.stringContaining('known yet')]);
  expect(model({ quota: spent }).remarks).toEqual([
    'Limit reached. Requests are blocked until 14:05 (in 2 hr 10 min).',
  ]);
});

test('figures are old after twenty minutes, and none are not', () => {
  const aged = (ms: number) => isStale({ ...usual, observedAtMs: nowMs - ms }, nowMs);
  expect([
    aged(20 * minuteMs),
    aged(20 * minuteMs + 1),
    isStale(undefined, nowMs),
    isStale(state([], { observedAtMs: 0 }), nowMs),
  ]).toEqual([false, true, false, false]);
});

const anyState = fc
  .record({
    windows: fc.array(
      fc.record({
        minutes: fc.option(fc.double({ min: 1, max: 1e6, noNaN: true }), { nil: undefined }),
        share: fc.double({ min: 0, max: 100, noNaN: true }),
        reset: fc.option(fc.integer({ min: nowMs - 1e9, max: nowMs + 3e10 }), { nil: undefined }),
      }),
    ),
    observedAtMs: fc.integer({ min: 0, max: nowMs }),
    refused: fc.boolean(),
    availableAtMs: fc.option(fc.integer({ min: nowMs, max: nowMs + 1e9 }), { nil: undefined }),
    plan: fc.option(fc.string(), { nil: undefined }),
  })
  .map(({ windows, observedAtMs, refused, availableAtMs, plan }) =>
    state(
      windows.map(({ minutes, share, reset }) => ({
        ...windowNames(minutes),
        usedPercent: share,
        ...(minutes === undefined ? {} : { minutes }),
        ...(reset === undefined ? {} : { resetsAtMs: reset }),
      })),
      {
        observedAtMs,
        refused,
        ...(availableAtMs === undefined ? {} : { availableAtMs }),
        ...(plan === undefined ? {} : { plan }),
      },
    ),
  );

test('no words ever hold NaN, undefined or null, and the view passes the protocol', () => {
  const anySettings = fc.record({
    statusBarText: fc.constantFrom<('both' | 'tighter' | 'icon')[]>('both', 'tighter', 'icon'),
    statusBarPercent: fc.constantFrom<('used' | 'left')[]>('used', 'left'),
  });
  fc.assert(
    fc.property(anyState, anySettings, (of, settings) => {
      const view = toQuotaView(of, settings, nowMs);
      const { names: _, ...tooltip } = tooltipModel({ quota: of }, true, settings, nowMs);
      const words = JSON.stringify([view, tooltip, quotaLabel(of, settings, nowMs)]);
      expect(words).not.toMatch(/NaN|undefined|null|Invalid|Infinity/);
      expect(toWebview.safeParse({ type: 'quota', seq: 1, quota: view }).success).toBe(true);
      if (of.windows.length === 0) expect(view.text).not.toMatch(/%/);
    }),
  );
  expect(fromWebview.safeParse({ type: 'quota/show' }).success).toBe(true);
});

test('the view of an unknown quota has no window and no date', () => {
  expect(toQuotaView(undefined, { statusBarText: 'both', ...asUsed }, nowMs)).toEqual({
    text: '',
    windows: [],
    stale: false,
  });
});

describe('what is left, where that is wanted', () => {
  test('stands in the text, the label and the tooltip alike', () => {
    expect(statusText(usual, { statusBarText: 'both', ...asLeft }, nowMs)).toBe(
      '5h 58% · wk 82% left',
    );
    expect(statusText(usual, { statusBarText: 'tighter', ...asLeft }, nowMs)).toBe('5h 58% left');
    expect(quotaLabel(usual, asLeft, nowMs)).toContain('5-hour limit 58% left, resets');
    expect(model({ quota: usual }, asLeft).lines[0]).toMatchObject({
      percent: '58% left',
      bar: quotaBar(58),
    });
  });

  test('is nothing without figures, and the time while requests are refused', () => {
    const settings = { statusBarText: 'both', ...asLeft } as const;
    expect(statusText(state([]), settings, nowMs)).toBe('');
    expect(statusText(spent, settings, nowMs)).toBe('5h resets 14:05');
  });

  test('adds up to 100 with what is used, and is 0 only when a window is spent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (share) => {
        const one = window(300, share);
        expect(percentOf(one, asLeft) + percentOf(one, asUsed)).toBe(100);
        expect(percentOf(one, asLeft) === 0).toBe(share === 100);
      }),
    );
  });
});

test('the text is as wide with one digit as with two', () => {
  const width = (percent: number) =>
    statusText(state([window(300, percent)]), { statusBarText: 'both', ...asUsed }, nowMs).length;
  expect([width(0), width(9), width(10), width(99)]).toEqual([6, 6, 6, 6]);
});

describe('remarks', () => {
  const remarks = (more: Partial<QuotaState>, isInUse = true) =>
    model({ quota: { ...usual, ...more } }, asUsed, isInUse).remarks;

  test.each<[string, Partial<QuotaState>, string[]]>([
    [
      'answers that fell silent',
      { hasStoppedReporting: true },
      ['Responses no longer include usage, so it is checked every few minutes.'],
    ],
    ['why it could not be asked for', { problem: 'unknown' }, ['Usage could not be read.']],
    ['one usage reset', { resets: { available: 1 } }, ['1 usage reset is left.']],
    ['more of them', { resets: { available: 2 } }, ['2 usage resets are left.']],
    ['none', { resets: { available: 0 } }, []],
    [
      'credits without end',
      { credits: { hasCredits: true, unlimited: true } },
      ['Credits: unlimited.'],
    ],
    ['the text of the backend', { promo: 'Hello' }, ['Hello']],
    ['no spending limit', { spend: { reached: false } }, []],
    [
      'a spending limit',
      { spend: { reached: false, limit: '20.00', usedPercent: 40.7, resetsAtMs: mondayAt9 } },
      ['40% of your spending limit of 20.00 is used. It resets on Mon at 09:00.'],
    ],
    [
      'a spending limit that is reached',
      { spend: { reached: true } },
      ['Your spending limit was reached.'],
    ],
    [
      'who can help when a workspace has no credits',
      { reachedType: 'workspace_member_credits_depleted' },
      ['Your workspace has no credits left. Ask its owner for more.'],
    ],
    ['no type that is not known', { reachedType: 'something_new' }, []],
  ])('tell of %s', (_, more, expected) => {
    expect(remarks(more)).toEqual(expected);
  });

  test('do not mark the age of an account that is not in use', () => {
    expect(remarks({ observedAtMs: nowMs - 60 * minuteMs }, false)).toEqual([]);
  });
});

test('the bar of the tooltip says what the figure beside it says', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (usedPercent) => {
      for (const settings of [asUsed, asLeft]) {
        const quota = state([window(300, usedPercent)]);
        const [line] = tooltipModel({ quota }, true, settings, nowMs).lines;
        const shown = Number.parseInt(line?.percent ?? '', 10);
        expect(line?.bar.includes('█')).toBe(shown > 0);
        expect(line?.bar.includes('░')).toBe(shown < 100);
      }
    }),
  );
});
