import type { QuotaSpend } from '../decode/quotaSnapshot.ts';
import type { QuotaState } from '../store/record.ts';
import { clockTime, type Place } from './time.ts';
import { isExhausted, isStale, refusalSentence } from './quotaText.ts';

/** What somebody else says already, so that it is not said again. */
export type ShownElsewhere = 'age' | 'refusal' | 'meters' | 'problem';

/**
 * What is to be said about the quota beside its figures, the most urgent first. Whole sentences,
 * but for the text of the backend at the end.
 */
export function quotaNotices(
  state: QuotaState | undefined,
  told: readonly ShownElsewhere[],
  nowMs: number,
  place?: Place,
): string[] {
  if (!state) return [unknown];
  const unlessTold = (by: ShownElsewhere, sentences: () => readonly string[]) =>
    told.includes(by) ? [] : sentences();
  return [
    state.windows.length === 0 && !state.refused ? unknown : '',
    ...unlessTold('refusal', () => [refusalWords(state, nowMs, place)]),
    reachedWords.get(state.reachedType ?? '') ?? '',
    ...unlessTold('meters', () => meterSentences(state, nowMs, place)),
    ...unlessTold('age', () => [isStale(state, nowMs) ? lastKnown : '']),
    state.hasStoppedReporting ? silent : '',
    ...unlessTold('problem', () => [state.problem ?? '']),
    state.promo ?? '',
  ].filter((sentence) => sentence !== '');
}

const refusalWords = (state: QuotaState, nowMs: number, place?: Place) =>
  isExhausted(state) ? refusalSentence(state, nowMs, place) : '';

function meterSentences(state: QuotaState, nowMs: number, place?: Place): string[] {
  const { spend, resets } = state;
  return [
    spend ? spendSentence(spend, nowMs, place) : '',
    creditsSentence(state),
    resets && resets.available > 0 ? `${bankedWords(resets.available)} left.` : '',
  ];
}

/** Of a key of the API. */
export const billedWords =
  'An API key: it has no quota, each use is billed. It is used only while you choose it.';

const unknown = 'The quota is not known yet. It comes with the next answer.';
const lastKnown = 'These are the last known figures.';
const silent = 'Answers no longer tell the quota; it is asked for every few minutes instead.';

/** WIRE.md d; a plain limit that is reached has its sentence with the time. */
const reachedWords: ReadonlyMap<string, string> = new Map([
  [
    'workspace_owner_credits_depleted',
    'The credits of your workspace are used up. Add some to go on.',
  ],
  [
    'workspace_member_credits_depleted',
    'The credits of your workspace are used up. Ask its owner for more.',
  ],
  [
    'workspace_owner_usage_limit_reached',
    'The usage limit of your workspace is reached. Raise it to go on.',
  ],
  [
    'workspace_member_usage_limit_reached',
    'The usage limit of your workspace is reached. Ask its owner to raise it.',
  ],
]);

/** "1 banked reset is", "2 banked resets are". */
const bankedWords = (count: number) =>
  count === 1 ? '1 banked reset is' : `${count} banked resets are`;

function creditsSentence({ credits }: QuotaState): string {
  if (credits?.unlimited) return 'Credits: unlimited.';
  if (!credits?.hasCredits) return '';
  return credits.balance ? `Credits left: ${credits.balance}.` : 'Credits are available.';
}

/** "40% of 20.00 are spent, resets Mon 09:00."; empty where no limit is set. */
export function spendSentence(spend: QuotaSpend, nowMs: number, place?: Place): string {
  const { reached, limit, usedPercent, resetsAtMs } = spend;
  const when = resetsAtMs === undefined ? '' : ` It resets ${clockTime(resetsAtMs, nowMs, place)}.`;
  const own = limit === undefined ? '' : ` of ${limit}`;
  if (reached) return `Your spending limit${own} is reached.${when}`;
  if (usedPercent === undefined)
    return limit === undefined ? '' : `Your spending limit is ${limit}.${when}`;
  return `${Math.floor(usedPercent)}% of your spending limit${own} are used.${when}`;
}
