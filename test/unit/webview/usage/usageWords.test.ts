import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outlook } from '../../../../src/shared/protocol/usage.ts';
import { outlookWords, sourceWords, wholePercent } from '../../../../webview/usage/usageWords.ts';
import { setLanguage } from '../../../../src/shared/format.ts';
import { sampleAccount } from '../../../support/usageSample.ts';

const minute = 60_000;
const nowMs = Date.UTC(2030, 2, 15, 11, 55);
const resetsAtMs = nowMs + 130 * minute;
const mondayMs = nowMs + 4_165 * minute;

beforeAll(() => setLanguage('en', 'UTC'));
afterAll(() => setLanguage('en'));

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
      'At this pace, the 5-hour limit will be reached *at 12:45*, 1 hr 20 min before it resets. The weekly limit will be reached *on Mon at 09:20*.',
      [
        { kind: 'runsOut', name: five, atMs: nowMs + 50 * minute, resetsAtMs },
        { kind: 'runsOut', name: 'wk', atMs: mondayMs },
      ],
    ],
    [
      'The 5-hour limit was reached; it resets *at 14:05 (in 2 hr 10 min)*. At this pace, the weekly limit will be at *60%* when it resets on Mon at 09:20.',
      [
        { kind: 'spent', name: five, untilMs: resetsAtMs },
        { kind: 'reaches', name: 'wk', percent: 60, resetsAtMs: mondayMs },
      ],
    ],
    [
      'The 5-hour limit is at *42%* and resets at 14:05.',
      [{ kind: 'idle', name: five, percent: 42, resetsAtMs }],
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
    sourceWords(sampleAccount(nowMs, 1), nowMs, '20 sec ago'),
    sourceWords(sampleAccount(nowMs, 1), nowMs, '4 min ago'),
    sourceWords(sampleAccount(nowMs, 1, { stale: true }), nowMs, '20 sec ago'),
  ]).toEqual([
    'From the last answer, 20 sec ago',
    'Outdated. From the last answer, 20 sec ago',
    '',
    'From the last answer',
    'From the last answer, 20 sec ago',
    'Outdated. From the last answer, 20 sec ago',
  ]);
});
