import type { QuotaSpend } from './reading.ts';
import type { QuotaState } from './record.ts';
import { clockTime, type Place } from './time.ts';
import { isExhausted, isStale, refusalSentence } from './words.ts';

/**
 * What is to be said about the quota beside its figures, the most urgent first. Whole sentences,
 * but for the text of the backend at the end.
 *
 * @param marksAge - whether old figures are remarkable: those of an account not in use are.
 */
export function quotaRemarks(
  state: QuotaState | undefined,
  marksAge: boolean,
  nowMs: number,
  place?: Place,
): string[] {
  if (!state) return [unknown];
  return [
    state.windows.length === 0 && !state.refused ? unknown : '',
    isExhausted(state) ? refusalSentence(state, nowMs, place) : '',
    reachedWords[state.reachedType ?? ''] ?? '',
    ...meterSentences(state, nowMs, place),
    marksAge && isStale(state, nowMs) ? 'These are the last known figures.' : '',
    state.hasFallenSilent ? silent : '',
    state.problem ?? '',
    state.promo ?? '',
  ].filter((sentence) => sentence !== '');
}

function meterSentences(state: QuotaState, nowMs: number, place?: Place): string[] {
  const { spend, resets } = state;
  return [
    spend ? spendSentence(spend, nowMs, place) : '',
    creditsSentence(state),
    resets && resets.available > 0 ? `${bankedWords(resets.available)} left.` : '',
  ];
}

const unknown = 'The quota is not known yet. It comes with the next answer.';
const silent = 'Answers no longer tell the quota; it is asked for every few minutes instead.';

/** WIRE.md d; a plain limit that is reached has its sentence with the time. */
const reachedWords: Readonly<Record<string, string>> = {
  workspace_owner_credits_depleted: 'The credits of your workspace are used up. Add some to go on.',
  workspace_member_credits_depleted:
    'The credits of your workspace are used up. Ask its owner for more.',
  workspace_owner_usage_limit_reached:
    'The usage limit of your workspace is reached. Raise it to go on.',
  workspace_member_usage_limit_reached:
    'The usage limit of your workspace is reached. Ask its owner to raise it.',
};

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
