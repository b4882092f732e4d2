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
  'API key: billed per use, with no usage limits. It is used only while selected.';

const unknown = 'Usage isn’t known yet. It arrives with the next response.';
const lastKnown = 'These are the last known values.';
const silent = 'Responses no longer include usage, so it is checked every few minutes.';

/** WIRE.md d; a plain limit that is reached has its sentence with the time. */
const reachedWords: ReadonlyMap<string, string> = new Map([
  [
    'workspace_owner_credits_depleted',
    'Your workspace has no credits left. Add credits to continue.',
  ],
  [
    'workspace_member_credits_depleted',
    'Your workspace has no credits left. Ask its owner for more.',
  ],
  [
    'workspace_owner_usage_limit_reached',
    'Your workspace reached its usage limit. Raise the limit to continue.',
  ],
  [
    'workspace_member_usage_limit_reached',
    'Your workspace reached its usage limit. Ask its owner to raise it.',
  ],
]);

/** "1 usage reset is", "2 usage resets are". */
const bankedWords = (count: number) =>
  count === 1 ? '1 usage reset is' : `${count} usage resets are`;

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
  if (reached) return `Your spending limit${own} was reached.${when}`;
  if (usedPercent === undefined)
    return limit === undefined ? '' : `Your spending limit is ${limit}.${when}`;
  return `${Math.floor(usedPercent)}% of your spending limit${own} is used.${when}`;
}
