import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Outlook } from '../../../../src/shared/protocol/usage.ts';
import {
  clockAndDistance,
  outlookWords,
  sourceWords,
  timeSince,
  timeUntil,
  wholePercent,
} from '../../../../webview/usage/usageWords.ts';
import { sampleAccount } from '../../../support/usageSample.ts';

const minute = 60_000;
const nowMs = Date.UTC(2030, 2, 15, 11, 55);
const resetsAtMs = nowMs + 130 * minute;
const mondayMs = nowMs + 4_165 * minute;

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

test.each([
  [130, '14:05, in 2 h 10 min'],
  [35, '12:30, in 35 min'],
  [1, '11:56, in less than a minute'],
  [4_165, 'Mon 09:20, in 2 d 21 h'],
  [20 * 1_440, '4 Apr 11:55, in 20 d'],
])('a time is told as clock and distance: %i minutes', (minutes, words) => {
  expect(clockAndDistance(nowMs + minutes * minute, nowMs)).toBe(words);
});

test('ages and distances never go below zero', () => {
  expect([timeSince(nowMs + minute, nowMs), timeUntil(nowMs - minute, nowMs)]).toEqual([
    'just now',
    'in less than a minute',
  ]);
});

test.each([
  [0, 0],
  [0.2, 1],
  [42.5, 43],
  [99.6, 99],
  [100, 100],
])('%f percent reads as %i', (percent, shown) => {
  expect(wholePercent(percent)).toBe(shown);
});

describe('the first sentence', () => {
  const five = '5h';
  const lasts: Outlook = { kind: 'lasts', name: 'wk' };
  test.each<[string, Outlook[]]>([
    [
      'At this pace, the 5-hour limit will be at *74%* when it resets at 14:05. The weekly limit won’t be reached.',
      [{ kind: 'reaches', name: five, percent: 74, resetsAtMs }, lasts],
    ],
    [
      'At this pace, the 5-hour limit will be reached *at 12:45*, 1 h 20 min before it resets. The weekly limit will be reached *on Mon at 09:20*.',
      [
        { kind: 'runsOut', name: five, atMs: nowMs + 50 * minute, resetsAtMs },
        { kind: 'runsOut', name: 'wk', atMs: mondayMs },
      ],
    ],
    [
      'The 5-hour limit was reached; it resets *14:05*, in 2 h 10 min. At this pace, the weekly limit will be at *60%* when it resets on Mon at 09:20.',
      [
        { kind: 'spent', name: five, untilMs: resetsAtMs },
        { kind: 'reaches', name: 'wk', percent: 60, resetsAtMs: mondayMs },
      ],
    ],
    [
      'The 5-hour limit is at *42%* and resets at 14:05.',
      [{ kind: 'rests', name: five, percent: 42, resetsAtMs }],
    ],
    ['The 5-hour limit was reached.', [{ kind: 'spent', name: five }]],
    ['', []],
  ])('%s', (words, outlook) => {
    const told = outlookWords(outlook, nowMs).map(({ text, strong }) =>
      strong === true ? `*${text}*` : text,
    );
    expect(told.join('')).toBe(words);
  });
});

test('old figures are called old, and none are not spoken of', () => {
  const { observedAtMs: _none, ...unseen } = sampleAccount(nowMs, 1);
  expect([
    sourceWords(sampleAccount(nowMs, 1), nowMs),
    sourceWords(sampleAccount(nowMs, 1, { stale: true }), nowMs),
    sourceWords(unseen, nowMs),
    sourceWords(sampleAccount(nowMs, 1), nowMs, '20 s ago'),
    sourceWords(sampleAccount(nowMs, 1), nowMs, '4 min ago'),
    sourceWords(sampleAccount(nowMs, 1, { stale: true }), nowMs, '20 s ago'),
  ]).toEqual([
    'From the last answer, 20 s ago',
    'Outdated, from the last answer, 20 s ago',
    '',
    'From the last answer',
    'From the last answer, 20 s ago',
    'Outdated, from the last answer, 20 s ago',
  ]);
});
