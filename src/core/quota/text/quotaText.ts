import * as l10n from '@vscode/l10n';
import {
  formatPercent,
  formatTime,
  formatTimePhrase,
  formatTimeSince,
  formatTimeWithDistance,
} from '../../../shared/format.ts';
import { limitLabel, limitName } from '../../../shared/limitNames.ts';
import type { Settings } from '../../settings/settings.ts';
import { shownPercent, type QuotaSource, type QuotaWindow } from '../decode/quotaSnapshot.ts';
import type { QuotaState } from '../store/record.ts';

export type QuotaLevel = 'ok' | 'warn' | 'critical' | 'spent';

/** Whether people read what is used or what is left. Levels and bars of the panel are of what is used. */
export type PercentSettings = Pick<Settings, 'statusBarPercent'>;

/** From these shares on a window is marked, in the bars as in the status bar. */
export function windowLevel(window: QuotaWindow): QuotaLevel {
  const percent = shownPercent(window);
  if (percent >= 100) return 'spent';
  if (percent >= 90) return 'critical';
  return percent >= 75 ? 'warn' : 'ok';
}

/** The level of the window that is nearest to its end. */
export function quotaLevel(state: QuotaState | undefined): QuotaLevel {
  const window = tightest(state);
  return window ? windowLevel(window) : 'ok';
}

/** Figures older than this are marked as such: while somebody looks they are asked for sooner. */
const staleAfterMs = 20 * 60_000;

export function isStale(state: QuotaState | undefined, nowMs: number): state is QuotaState {
  if (!state || state.windows.length === 0) return false;
  return nowMs - state.observedAtMs > staleAfterMs;
}

/** Whether a limit is spent and requests are refused for it. */
export function isExhausted(state: QuotaState | undefined): state is QuotaState {
  if (!state?.refused) return false;
  return state.availableAtMs !== undefined || quotaLevel(state) === 'spent';
}

/** Whole percents of what is used or left. The two add up to 100. */
export function percentOf(window: QuotaWindow, { statusBarPercent }: PercentSettings): number {
  const used = shownPercent(window);
  return statusBarPercent === 'left' ? 100 - used : used;
}

/** As wide as a digit, so that 9% takes the room of 10% and the items beside it stand still. */
const figureSpace = '\u2007';

/**
 * The figures of the status bar: `5h 42% · wk 18%`, `5h 58% · wk 82% left`, `5h resets 14:05`
 * while requests are refused, and nothing while nothing is known.
 */
export function statusText(
  state: QuotaState | undefined,
  settings: Pick<Settings, 'statusBarText'> & PercentSettings,
  nowMs: number,
): string {
  if (!state || settings.statusBarText === 'icon') return '';
  if (isExhausted(state) && state.availableAtMs !== undefined) {
    const label = blocking(state)?.label;
    const time = formatTime(state.availableAtMs, nowMs);
    return label === undefined
      ? l10n.t('resets {0}', time)
      : l10n.t('{0} resets {1}', limitLabel(label), time);
  }
  const tight = tightest(state);
  const shown = settings.statusBarText === 'both' ? state.windows : tight ? [tight] : [];
  const figures = shown.map((window) => {
    const percent = percentOf(window, settings);
    const pad = percent < 10 ? figureSpace : '';
    return `${limitLabel(window.label)} ${pad}${formatPercent(percent)}`;
  });
  const text = figures.join(' · ');
  return text !== '' && settings.statusBarPercent === 'left' ? l10n.t('{0} left', text) : text;
}

/** What a screen reader says in place of the text. */
export function quotaLabel(
  state: QuotaState | undefined,
  settings: PercentSettings,
  nowMs: number,
): string {
  if (!state || state.windows.length === 0) {
    return isExhausted(state)
      ? l10n.t('Codex usage. {0}', refusalSentence(state, nowMs))
      : l10n.t('Codex usage. Not known yet.');
  }
  const windows = state.windows.map((window) => windowSentence(window, settings, nowMs));
  const refusal = isExhausted(state) ? [refusalSentence(state, nowMs)] : [];
  const age = isStale(state, nowMs) ? [l10n.t('Updated {0}.', ageWords(state, nowMs))] : [];
  return l10n.t('Codex usage. {0}', [...refusal, ...windows, ...age].join(' '));
}

function windowSentence(window: QuotaWindow, settings: PercentSettings, nowMs: number): string {
  const name = limitName(window.label);
  const percent = formatPercent(percentOf(window, settings));
  const isLeft = settings.statusBarPercent === 'left';
  if (window.resetsAtMs === undefined) {
    return isLeft ? l10n.t('{0} {1} left.', name, percent) : l10n.t('{0} {1} used.', name, percent);
  }
  const time = formatTimePhrase(window.resetsAtMs, nowMs, 'long');
  return isLeft
    ? l10n.t('{0} {1} left, resets {2}.', name, percent, time)
    : l10n.t('{0} {1} used, resets {2}.', name, percent, time);
}

/** "Limit reached. Requests are blocked until 14:05 (in 2 hr 10 min)." */
export function refusalSentence(state: QuotaState, nowMs: number): string {
  const { availableAtMs } = state;
  return availableAtMs === undefined
    ? l10n.t('Limit reached. Requests are blocked.')
    : l10n.t(
        'Limit reached. Requests are blocked until {0}.',
        formatTimeWithDistance(availableAtMs, nowMs),
      );
}

/** "just now", "7 min ago", "3 hr ago", "2 days ago"; seconds do not matter here. */
export function ageWords(
  { observedAtMs }: Pick<QuotaState, 'observedAtMs'>,
  nowMs: number,
): string {
  const isRecent = nowMs - observedAtMs < 60_000 && nowMs >= observedAtMs - 60_000;
  return formatTimeSince(isRecent ? nowMs : observedAtMs, nowMs);
}

/** The age and origin of a figure: "7 min ago, read from the service". */
function withSource(age: string, source: QuotaSource): string {
  switch (source) {
    case 'headers':
    case 'event':
      return l10n.t('{0}, from the last answer', age);
    case 'usage':
      return l10n.t('{0}, read from the service', age);
    case 'limitError':
      return l10n.t('{0}, from the last refusal', age);
  }
}

/** "7 min ago, read from the service": age and origin of the oldest figure; empty while there is none. */
export function originWords(state: QuotaState | undefined, nowMs: number): string {
  if (!state || state.windows.length === 0) return '';
  const oldest = state.shownElsewhere?.toSorted((a, b) => a.atMs - b.atMs)[0];
  const age = ageWords(state, nowMs);
  return oldest ? withSource(age, oldest.source) : age;
}

/** The window that is nearest to its end; of two equal ones the shorter. */
export function tightest(state: QuotaState | undefined): QuotaWindow | undefined {
  return state?.windows.toSorted((a, b) => b.usedPercent - a.usedPercent)[0];
}

/** The spent window that opens last: it is the one to wait for. */
function blocking(state: QuotaState): QuotaWindow | undefined {
  return state.windows
    .filter((window) => windowLevel(window) === 'spent')
    .toSorted((a, b) => (b.resetsAtMs ?? 0) - (a.resetsAtMs ?? 0))[0];
}
