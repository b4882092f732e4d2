import * as l10n from '@vscode/l10n';
import type { QuotaSpend } from '../decode/quotaSnapshot.ts';
import type { QuotaState } from '../store/record.ts';
import { formatPercent, formatTimePhrase, plural } from '../../../shared/format.ts';
import { fetchProblemSentence } from '../poll/fetchProblem.ts';
import { isExhausted, isStale, refusalSentence } from './quotaText.ts';

/** What somebody else says already, so that it is not said again. */
export type ShownElsewhere = 'age' | 'refusal' | 'meters' | 'problem';

/**
 * What is to be said about the quota beside its figures, the most urgent first. Whole sentences,
 * but for the text of the backend at the end.
 */
export function quotaNotices(
  state: QuotaState | undefined,
  shownElsewhere: readonly ShownElsewhere[],
  nowMs: number,
): string[] {
  if (!state) return [unknown()];
  const unlessShown = (by: ShownElsewhere, sentences: () => readonly string[]) =>
    shownElsewhere.includes(by) ? [] : sentences();
  return [
    state.windows.length === 0 && !state.refused ? unknown() : '',
    ...unlessShown('refusal', () => [refusalWords(state, nowMs)]),
    reachedSentence(state.reachedType),
    ...unlessShown('meters', () => meterSentences(state, nowMs)),
    ...unlessShown('age', () => [
      isStale(state, nowMs) ? l10n.t('These are the last known values.') : '',
    ]),
    state.hasStoppedReporting
      ? l10n.t('Responses no longer include usage, so it is checked every few minutes.')
      : '',
    ...unlessShown('problem', () => [
      state.problem === undefined ? '' : fetchProblemSentence(state.problem),
    ]),
    state.promo ?? '',
  ].filter((sentence) => sentence !== '');
}

const refusalWords = (state: QuotaState, nowMs: number) =>
  isExhausted(state) ? refusalSentence(state, nowMs) : '';

function meterSentences(state: QuotaState, nowMs: number): string[] {
  const { spend, resets } = state;
  return [
    spend ? spendSentence(spend, nowMs) : '',
    creditsSentence(state),
    resets && resets.available > 0 ? bankedSentence(resets.available) : '',
  ];
}

/** Of a key of the API. */
export const billedSentence = () =>
  l10n.t('API key: billed per use, with no usage limits. It is used only while selected.');

const unknown = () => l10n.t('Usage isn’t known yet. It arrives with the next response.');

/** WIRE.md d; a plain limit that is reached has its sentence with the time. */
function reachedSentence(type: string | undefined): string {
  switch (type) {
    case 'workspace_owner_credits_depleted':
      return l10n.t('Your workspace has no credits left. Add credits to continue.');
    case 'workspace_member_credits_depleted':
      return l10n.t('Your workspace has no credits left. Ask its owner for more.');
    case 'workspace_owner_usage_limit_reached':
      return l10n.t('Your workspace reached its usage limit. Raise the limit to continue.');
    case 'workspace_member_usage_limit_reached':
      return l10n.t('Your workspace reached its usage limit. Ask its owner to raise it.');
    default:
      return '';
  }
}

const bankedSentence = (count: number) =>
  plural(
    l10n.t('{0, plural, one {# usage reset is left.} other {# usage resets are left.}}'),
    count,
  );

function creditsSentence({ credits }: QuotaState): string {
  if (credits?.unlimited) return l10n.t('Credits: unlimited.');
  if (!credits?.hasCredits) return '';
  return credits.balance
    ? l10n.t('Credits left: {0}.', credits.balance)
    : l10n.t('Credits are available.');
}

/** "40% of your spending limit of 20.00 is used. It resets on Mon at 09:00."; empty without a limit. */
export function spendSentence(spend: QuotaSpend, nowMs: number): string {
  const { resetsAtMs } = spend;
  const used = spendUsed(spend);
  return used === '' || resetsAtMs === undefined
    ? used
    : l10n.t('{0} It resets {1}.', used, formatTimePhrase(resetsAtMs, nowMs));
}

function spendUsed({ reached, limit, usedPercent }: QuotaSpend): string {
  if (reached) {
    return limit === undefined
      ? l10n.t('Your spending limit was reached.')
      : l10n.t('Your spending limit of {0} was reached.', limit);
  }
  if (usedPercent === undefined) {
    return limit === undefined ? '' : l10n.t('Your spending limit is {0}.', limit);
  }
  const percent = formatPercent(Math.floor(usedPercent));
  return limit === undefined
    ? l10n.t('{0} of your spending limit is used.', percent)
    : l10n.t('{0} of your spending limit of {1} is used.', percent, limit);
}
