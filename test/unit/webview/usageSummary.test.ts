import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TurnReceipt } from '../../../src/shared/protocol/turn.ts';
import { summaryFigures } from '../../../webview/composer/usageSummary.ts';
import { detailRows, failureNames } from '../../../webview/transcript/usageDetails.ts';

type Share = TurnReceipt['shares'][number];

const usage = { input: 12_400, cached: 9_800, output: 1_100, reasoning: 640 };
const share = (label: string, points: number, certainty: Share['certainty'] = 'measured') => ({
  label,
  points,
  certainty,
});
const receipt = (change: Partial<TurnReceipt> = {}): TurnReceipt => ({
  requests: 1,
  failed: [],
  shares: [share('wk', 0.1), share('5h', 0.6)],
  ...change,
});
const slip = (of: Parameters<typeof summaryFigures>[0]) =>
  summaryFigures(of).map(({ text, aside = '' }) => text + aside);
const bill = (of: Parameters<typeof detailRows>[0]) =>
  detailRows(of).map(({ name, value, end }) => `${name}|${value}|${end}`);

describe('the slip', () => {
  test('tells the shares of the windows first, then the tokens', () => {
    expect(slip({ usage, receipt: receipt() })).toEqual([
      '0.6% of 5h',
      '0.1% of week',
      '12.4K in',
      '1.1K out',
      '9.8K cached',
    ]);
  });

  test('tells of failed requests before the tokens, and of all when there is nothing else', () => {
    const failed = receipt({ requests: 3, failed: ['cut', 'overloaded'] });
    expect(slip({ usage, receipt: failed }).slice(2, 4)).toEqual([
      '2 failed of 3 requests',
      '12.4K in',
    ]);
    expect(slip({ receipt: { ...failed, shares: [] } })).toEqual(['3 requests, 2 failed']);
    expect(slip({ receipt: receipt() })).toEqual(['0.6% of 5h', '0.1% of week', '1 request']);
  });

  test('is empty when nothing is known', () => {
    expect(slip({})).toEqual([]);
    expect(slip({ receipt: receipt({ requests: 0, shares: [] }) })).toEqual([]);
  });

  test.each([
    [share('5h', 0.62, 'shared'), '0.6% of 5h'],
    [share('5h', 1, 'rough'), '≈1.0% of 5h'],
    [share('5h', 0.4, 'pending'), '… of 5h not known yet'],
    [share('5h', 0), '0% of 5h'],
    [share('5h', 0.001), '<0.1% of 5h'],
    [share('wk', 12.34), '12.3% of week'],
    [share('24h', 2), '2.0% of 24h'],
  ])('says %o as %s', (one, words) => {
    expect(slip({ receipt: receipt({ requests: 0, shares: [one] }) })).toEqual([words]);
  });

  test('leaves limits beside the main ones to the bill', () => {
    const shares = [share('Spark 5h', 3), share('5h', 0.6)];
    expect(slip({ receipt: receipt({ requests: 0, shares }) })).toEqual(['0.6% of 5h']);
  });
});

describe('the bill', () => {
  test('has every row of a turn that went well', () => {
    expect(bill({ usage, receipt: receipt() })).toEqual([
      'Input|12.4K|',
      'of it cached|9.8K|79%',
      'Output|1.1K|',
      'of it reasoning|640|58%',
      'Requests|1|',
      '5-hour limit|0.6%|',
      'Weekly limit|0.1%|',
    ]);
  });

  test('names failed requests in plain words, and says that tokens were not counted', () => {
    const failed = receipt({ requests: 4, failed: ['cut', 'overloaded', 'cut'] });
    const rows = detailRows({ receipt: failed });
    expect(rows[0]).toEqual({ name: 'Tokens', value: '–', end: 'not counted' });
    expect(rows[1]).toEqual({
      name: 'Requests',
      value: '4',
      end: '3 failed',
      note: 'Failed: connection lost (2), overloaded',
    });
  });

  test('says how sure a share is by a word, not by its look alone', () => {
    const shares = [
      share('5h', 0.6, 'shared'),
      share('wk', 1, 'rough'),
      share('mo', 0, 'pending'),
      share('Spark 5h', 3),
    ];
    expect(bill({ usage, receipt: receipt({ shares }) }).slice(5)).toEqual([
      '5-hour limit|0.6%|split',
      'Weekly limit|≈1.0%|estimate',
      'Monthly limit|…|not known yet',
      'Spark: 5-hour limit|3.0%|',
    ]);
  });

  test('explains a split once', () => {
    const shares = [share('5h', 0.6, 'shared'), share('wk', 0.1, 'shared')];
    const noted = detailRows({ receipt: receipt({ shares }) }).filter(({ note }) => note);
    expect(noted.map(({ name }) => name)).toEqual(['Weekly limit']);
  });

  test('shows what other devices used as theirs, below the shares of the turn', () => {
    const others = [
      { label: 'wk', points: 0.2 },
      { label: '5h', points: 1.4 },
      { label: 'mo', points: 0 },
    ];
    const rows = detailRows({ usage, receipt: receipt({ others }) });
    expect(rows.slice(5).map(({ name, value, end }) => `${name}|${value}|${end}`)).toEqual([
      '5-hour limit|0.6%|',
      'Weekly limit|0.1%|',
      'Other devices|1.4%|of 5h',
      'Other devices|0.2%|of week',
    ]);
  });

  test('adds up the shares of a turn over a reset, as sure as the least sure of them', () => {
    const shares = [share('5h', 0.6), share('5h', 0.5, 'rough'), share('5h', 0.1, 'shared')];
    expect(bill({ usage, receipt: receipt({ shares }) }).slice(5)).toEqual([
      '5-hour limit|≈1.2%|estimate',
    ]);
  });
});

const shares = fc.array(
  fc.record({
    label: fc.constantFrom('5h', 'wk', 'mo', 'Spark 5h'),
    points: fc.double({ min: 0, max: 100, noNaN: true }),
    certainty: fc.constantFrom('measured', 'shared', 'rough', 'pending'),
  }),
);
const points = fc.array(
  fc.record({
    label: fc.constantFrom('5h', 'wk'),
    points: fc.double({ min: 0, max: 100, noNaN: true }),
  }),
);

test('what other devices used never changes what is said of the turn', () => {
  fc.assert(
    fc.property(shares, points, (list, others) => {
      const alone = { usage, receipt: receipt({ shares: list }) };
      const beside = { usage, receipt: receipt({ shares: list, others }) };
      expect(summaryFigures(beside)).toEqual(summaryFigures(alone));
      const rows = detailRows(alone);
      expect(detailRows(beside).slice(0, rows.length)).toEqual(rows);
    }),
  );
});

test('a share that is not known yet never shows a figure', () => {
  fc.assert(
    fc.property(shares, (list) => {
      const pending = list.map((one) => ({ ...one, certainty: 'pending' as const }));
      const words = slip({ receipt: receipt({ requests: 0, shares: pending }) });
      expect(words.filter((each) => !each.startsWith('… of '))).toEqual([]);
    }),
  );
});

test('every failed request is accounted for, whatever its kind is called', () => {
  const kinds = fc.array(fc.oneof(fc.constantFrom('cut', 'overloaded', '__proto__'), fc.string()));
  fc.assert(
    fc.property(kinds, (list) => {
      const names = list.length === 0 ? [] : failureNames(list).split(', ');
      const sum = names.reduce((all, name) => all + Number(/\((\d+)\)$/.exec(name)?.[1] ?? 1), 0);
      expect(sum).toBe(list.length);
    }),
  );
});

test('a share that is another one now says what it was, on the slip and in the bill', () => {
  const changed = { ...share('5h', 1.5, 'rough'), was: 0.5 };
  const took = { receipt: { requests: 1, failed: [], shares: [changed] } };
  expect(summaryFigures(took)[0]).toEqual({ text: '≈1.5% of 5h (was 0.5%)' });
  expect(detailRows(took).find(({ name }) => name === '5-hour limit')?.note).toContain(
    'First estimated at 0.5%',
  );
});
