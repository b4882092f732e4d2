import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  formatCountdown,
  formatDate,
  formatDuration,
  formatList,
  formatNumber,
  formatPercent,
  formatRoundTokens,
  formatTime,
  formatTimePhrase,
  formatTimePhraseWithDistance,
  formatTimeSince,
  formatTimeUntil,
  formatTimeWithDistance,
  formatTokens,
  plural,
  setLanguage,
} from '../../../src/shared/format.ts';

const now = Date.UTC(2026, 2, 3, 9, 0);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

beforeEach(() => setLanguage('en', 'UTC'));
afterEach(() => setLanguage('en'));

describe('in English', () => {
  test.each([
    [now + 5 * hour + 5 * minute, '14:05', 'at 14:05'],
    [now + day, 'Wed 09:00', 'on Wed at 09:00'],
    [now + 7 * day, 'Mar 10, 09:00', 'on Mar 10 at 09:00'],
    [now + 401 * day, 'an unknown time', 'at an unknown time'],
    [NaN, 'an unknown time', 'at an unknown time'],
  ])('a time is written with the day when it is not today: %s', (atMs, time, phrase) => {
    expect(formatTime(atMs, now)).toBe(time);
    expect(formatTimePhrase(atMs, now)).toBe(phrase);
  });

  test('a screen reader gets the whole name of the day', () => {
    expect(formatTimePhrase(now + day, now, 'long')).toBe('on Wednesday at 09:00');
    expect(formatTimePhrase(now + 7 * day, now, 'long')).toBe('on March 10 at 09:00');
  });

  test('a time is followed by how long it is until then, unless it is unknown', () => {
    expect(formatTimeWithDistance(now + 2 * hour, now)).toBe('11:00 (in 2 hr)');
    expect(formatTimePhraseWithDistance(now + day, now)).toBe('on Wed at 09:00 (in 1 day)');
    expect(formatTimeWithDistance(Infinity, now)).toBe('an unknown time');
  });

  test.each([
    [0, '0 sec'],
    [1_000, '1 sec'],
    [59_600, '1 min'],
    [125_000, '2 min 5 sec'],
    [64 * minute + 10_000, '1 hr 4 min'],
    [day, '1 day'],
    [day + 5 * minute, '1 day'],
    [69 * hour, '2 days 21 hr'],
    [-5, '0 sec'],
  ])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test.each([
    [30_000, 'in less than a minute'],
    [89_000, 'in 2 min'],
    [130 * minute, 'in 2 hr 10 min'],
  ])('%i ms ahead is %s', (ms, text) => expect(formatTimeUntil(now + ms, now)).toBe(text));

  test.each([
    [4_000, 'just now'],
    [20_000, '20 sec ago'],
    [4 * minute + 50_000, '4 min ago'],
    [49 * hour, '2 days 1 hr ago'],
  ])('%i ms before is %s', (ms, text) => expect(formatTimeSince(now - ms, now)).toBe(text));

  test('counts, shares and countdowns are short', () => {
    expect([0, 950, 12_400, 1_300_000].map(formatTokens)).toEqual(['0', '950', '12.4K', '1.3M']);
    expect([950, 62_400, 1_250_000].map(formatRoundTokens)).toEqual(['950', '62K', '1.3M']);
    expect([0, 7, 100].map((percent) => formatPercent(percent))).toEqual(['0%', '7%', '100%']);
    expect([formatNumber(12_345), formatNumber(0.44, 1)]).toEqual(['12,345', '0.4']);
    expect([272_000, 3_000].map(formatCountdown)).toEqual(['4:32', '0:03']);
    expect(formatList(['A', 'B', 'C'])).toBe('A, B, and C');
  });
});

describe('in other languages', () => {
  test('German', () => {
    setLanguage('de', 'UTC');
    expect(formatNumber(1234.5, 1)).toBe('1.234,5');
    expect(formatPercent(42)).toBe('42\u00A0%');
    expect(formatTime(now + 7 * day, now)).toBe('10. März, 09:00');
    expect(formatDuration(64 * minute)).toBe('1 Std., 4 Min.');
    expect(formatList(['A', 'B'])).toBe('A und B');
  });

  test('Polish has four plural categories', () => {
    setLanguage('pl');
    const rows = '{0, plural, one {# wiersz} few {# wiersze} many {# wierszy} other {# wiersza}}';
    expect([1, 2, 5, 22, 1.5].map((count) => plural(rows, count))).toEqual([
      '1 wiersz',
      '2 wiersze',
      '5 wierszy',
      '22 wiersze',
      '2 wiersza',
    ]);
  });

  test.each(['', 'en_US', 'x', 'not a language', 'qps-ploc'])('%j reads as English', (language) => {
    setLanguage(language, 'UTC');
    expect(formatTime(now + 7 * day, now)).toBe('Mar 10, 09:00');
    expect(formatNumber(1234.5, 1)).toBe('1,234.5');
  });
});

describe('a plural message', () => {
  const message = '{0, plural, one {# row of {1} is shown.} other {# rows of {1} are shown.}}';

  test('has a whole sentence for each category', () => {
    expect(plural(message, 1, 'a.csv')).toBe('1 row of a.csv is shown.');
    expect(plural(message, 1_200, 'a.csv')).toBe('1,200 rows of a.csv are shown.');
  });

  test('shows the other sentence for a category that is missing', () => {
    expect(plural('{0, plural, other {# rows}}', 1)).toBe('1 rows');
  });

  test('in another form is shown as it is', () => {
    expect(plural('some rows', 2)).toBe('some rows');
    expect(plural('{0, plural, one {', 2)).toBe('{0, plural, one {');
  });

  test('never reads a value as a part of the message', () => {
    expect(plural(message, 1, '{0} # {2}')).toBe('1 row of {0} # {2} is shown.');
  });
});

test('no number and no time makes a formatter throw', () => {
  const everyNumber = fc.oneof(fc.double(), fc.integer(), fc.double({ min: -9e15, max: 9e15 }));
  fc.assert(
    fc.property(everyNumber, everyNumber, (value, other) => {
      const texts = [
        formatNumber(value),
        formatPercent(value),
        formatTokens(value),
        formatRoundTokens(value),
        formatDuration(value),
        formatCountdown(value),
        formatDate(value, { month: 'short' }),
        formatTime(value, other),
        formatTimePhraseWithDistance(value, other),
        formatTimeWithDistance(value, other),
        formatTimeSince(value, other),
        plural('{0, plural, one {#} other {#}}', value),
      ];
      expect(texts.every((text) => text !== '' && !text.includes('undefined'))).toBe(true);
    }),
  );
});
