import * as l10n from '@vscode/l10n';
import {
  formatDuration,
  formatNumber,
  formatPercent,
  formatTimePhrase,
  formatTimePhraseWithDistance,
  formatTimeSince,
} from '../../src/shared/format.ts';
import { limitPhrase, limitSubject } from '../../src/shared/limitNames.ts';
import type { Outlook, UsageAccount } from '../../src/shared/protocol/usage.ts';
import { splitStressed, stressed, type Words } from '../base/sentence.ts';

/** What the page says, as plain text; times are epoch ms. */

const minuteMs = 60_000;

/** Never 100 before it is all used, nor 0 once something is. */
export function wholePercent(percent: number): number {
  const nearest = Math.round(percent);
  if (nearest >= 100 && percent < 100) return 99;
  return nearest <= 0 && percent > 0 ? 1 : nearest;
}

/** Percentage points to one decimal; a dash where they are not known. */
export function points(value: number | undefined): string {
  return value === undefined ? '–' : formatNumber(value, 1);
}

/** The sentences about the time to come, the figures in them apart. */
export function outlookWords(outlook: readonly Outlook[], nowMs: number): readonly Words[] {
  const hasPace = ({ kind }: Outlook) => kind === 'reaches' || kind === 'runsOut';
  const firstWithPace = outlook.findIndex(hasPace);
  return outlook.flatMap((one, index) => [
    ...(index === 0 ? [] : [{ text: ' ' }]),
    ...sentence(one, nowMs, index === firstWithPace),
  ]);
}

/** The pace is named once, in the first sentence that rests on it. */
function sentence(one: Outlook, nowMs: number, namesPace: boolean): readonly Words[] {
  switch (one.kind) {
    case 'reaches': {
      const percent = stressed(formatPercent(wholePercent(one.percent)));
      const resets = formatTimePhrase(one.resetsAtMs, nowMs);
      return splitStressed(
        namesPace
          ? l10n.t(
              'At this pace, {0} will be at {1} when it resets {2}.',
              limitPhrase(one.name),
              percent,
              resets,
            )
          : l10n.t(
              '{0} will be at {1} when it resets {2}.',
              limitSubject(one.name),
              percent,
              resets,
            ),
      );
    }
    case 'runsOut':
      return splitStressed(runsOut(one, nowMs, namesPace));
    case 'lasts':
      return [{ text: l10n.t('{0} won’t be reached.', limitSubject(one.name)) }];
    case 'spent':
      if (one.untilMs === undefined) {
        return [{ text: l10n.t('{0} was reached.', limitSubject(one.name)) }];
      }
      return splitStressed(
        l10n.t(
          '{0} was reached; it resets {1}.',
          limitSubject(one.name),
          stressed(formatTimePhraseWithDistance(one.untilMs, nowMs)),
        ),
      );
    case 'idle': {
      const percent = stressed(formatPercent(wholePercent(one.percent)));
      return splitStressed(
        one.resetsAtMs === undefined
          ? l10n.t('{0} is at {1}.', limitSubject(one.name), percent)
          : l10n.t(
              '{0} is at {1} and resets {2}.',
              limitSubject(one.name),
              percent,
              formatTimePhrase(one.resetsAtMs, nowMs),
            ),
      );
    }
  }
}

function runsOut(
  { name, atMs, resetsAtMs }: Extract<Outlook, { kind: 'runsOut' }>,
  nowMs: number,
  namesPace: boolean,
): string {
  const time = stressed(formatTimePhrase(atMs, nowMs));
  if (resetsAtMs === undefined || resetsAtMs <= atMs) {
    return namesPace
      ? l10n.t('At this pace, {0} will be reached {1}.', limitPhrase(name), time)
      : l10n.t('{0} will be reached {1}.', limitSubject(name), time);
  }
  const minutes = Math.max(1, Math.round((resetsAtMs - atMs) / minuteMs));
  const lead = formatDuration(minutes * minuteMs);
  return namesPace
    ? l10n.t(
        'At this pace, {0} will be reached {1}, {2} before it resets.',
        limitPhrase(name),
        time,
        lead,
      )
    : l10n.t('{0} will be reached {1}, {2} before it resets.', limitSubject(name), time, lead);
}

/** How old the figures of the account in use are; empty while none are known. */
export function pageAge(list: readonly UsageAccount[], nowMs: number): string {
  const isOut = ({ role }: UsageAccount) => ['signedOut', 'off'].includes(role.kind);
  const inUse =
    list.find(({ role }) => role.kind === 'inUse') ?? list.find((one) => !isOut(one)) ?? list[0];
  return inUse?.observedAtMs === undefined ? '' : formatTimeSince(inUse.observedAtMs, nowMs);
}

/**
 * "From the last answer, 20 sec ago"; empty while there is nothing to tell of.
 *
 * @param shownAge - stands at the head of the page already, and is not repeated.
 */
export function sourceWords(account: UsageAccount, nowMs: number, shownAge = ''): string {
  const { source, observedAtMs, stale } = account;
  if (observedAtMs === undefined) return '';
  const age = formatTimeSince(observedAtMs, nowMs);
  if (age === shownAge && !stale) return source === undefined ? '' : originOf(source);
  const words = source === undefined ? l10n.t('Updated {0}', age) : originAndAge(source, age);
  return stale ? l10n.t('Outdated. {0}', words) : words;
}

type Source = NonNullable<UsageAccount['source']>;

function originOf(source: Source): string {
  switch (source) {
    case 'answer':
      return l10n.t('From the last answer');
    case 'refusal':
      return l10n.t('From the last refusal');
    case 'poll':
      return l10n.t('Read from the service');
    case 'stored':
      return l10n.t('Kept from before');
  }
}

function originAndAge(source: Source, age: string): string {
  switch (source) {
    case 'answer':
      return l10n.t('From the last answer, {0}', age);
    case 'refusal':
      return l10n.t('From the last refusal, {0}', age);
    case 'poll':
      return l10n.t('Read from the service, {0}', age);
    case 'stored':
      return l10n.t('Kept from before, {0}', age);
  }
}
