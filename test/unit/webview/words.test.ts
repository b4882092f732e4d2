import { expect, test } from 'vitest';
import {
  clockTime,
  counted,
  duration,
  effortName,
  roundTokens,
  timeLeft,
  tokens,
} from '../../../webview/base/words.ts';

test.each([
  [0, '0', '0'],
  [950, '950', '950'],
  [12_400, '12.4k', '12k'],
  [999_949, '999.9k', '1.0M'],
  [999_950, '1.0M', '1.0M'],
  [1_260_000, '1.3M', '1.3M'],
])('writes %i tokens as %s, and as %s of a window', (count, exact, round) => {
  expect([tokens(count), roundTokens(count)]).toEqual([exact, round]);
});

test.each([
  [-5, '0 s'],
  [12_400, '12 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [7_890_000, '2 h 11 min'],
])('writes %i ms as %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});

test.each([
  [272_000, '4:32'],
  [271_001, '4:32'],
  [9_000, '0:09'],
  [-1, '0:00'],
])('writes %i ms left as %s', (ms, expected) => {
  expect(timeLeft(ms)).toBe(expected);
});

test('names the day only when it may be another', () => {
  const now = new Date(2030, 2, 4, 12, 0).getTime();
  expect(clockTime(now + 2 * 3_600_000, now, 'en')).toBe('14:00');
  expect(clockTime(now + 45 * 3_600_000, now, 'en')).toBe('Wed 09:00');
});

test('names efforts as people do and counts things', () => {
  expect(['low', 'xhigh', 'turbo'].map(effortName)).toEqual(['Low', 'Extra high', 'Turbo']);
  expect([counted(1, 'table'), counted(2, 'table')]).toEqual(['1 table', '2 tables']);
});
