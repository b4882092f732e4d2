import { isNear } from '../../../base/timeBounds.ts';
import type { Settings } from '../../settings/settings.ts';
import { shownPercent, type QuotaSource, type QuotaWindow } from '../decode/quotaSnapshot.ts';
import type { QuotaState } from '../store/record.ts';
import { clockTime, spokenTime, timeAndDistance, type Place } from './time.ts';

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

/** As wide as a digit, so that 9 % takes the room of 10 % and the items beside it stand still. */
const figureSpace = '\u2007';

/**
 * The figures of the status bar: `5h 42% · wk 18%`, `5h 58% · wk 82% left`, `5h resets 14:05`
 * while requests are refused, and nothing while nothing is known.
 */
export function statusText(
  state: QuotaState | undefined,
  settings: Pick<Settings, 'statusBarText'> & PercentSettings,
  nowMs: number,
  place?: Place,
): string {
  if (!state || settings.statusBarText === 'icon') return '';
  if (isExhausted(state) && state.availableAtMs !== undefined) {
    const label = blocking(state)?.label;
    const time = clockTime(state.availableAtMs, nowMs, place);
    return `${label ? `${label} ` : ''}resets ${time}`;
  }
  const tight = tightest(state);
  const shown = settings.statusBarText === 'both' ? state.windows : tight ? [tight] : [];
  const figures = shown.map((window) => {
    const percent = String(percentOf(window, settings)).padStart(2, figureSpace);
    return `${window.label} ${percent}%`;
  });
  const suffix = figures.length > 0 && settings.statusBarPercent === 'left' ? ' left' : '';
  return `${figures.join(' · ')}${suffix}`;
}

/** What a screen reader says in place of the text. */
export function quotaLabel(
  state: QuotaState | undefined,
  settings: PercentSettings,
  nowMs: number,
  place?: Place,
): string {
  if (!state || state.windows.length === 0) {
    return `Codex usage. ${isExhausted(state) ? refusalSentence(state, nowMs, place) : 'Not known yet.'}`;
  }
  const windows = state.windows.map((window) => {
    const { resetsAtMs } = window;
    const when = resetsAtMs === undefined ? '' : `, resets ${spokenTime(resetsAtMs, nowMs, place)}`;
    const percent = percentOf(window, settings);
    return `${window.name} ${percent} percent ${settings.statusBarPercent}${when}.`;
  });
  const refusal = isExhausted(state) ? [refusalSentence(state, nowMs, place)] : [];
  const age = isStale(state, nowMs) ? [`Updated ${ageWords(state, nowMs)}.`] : [];
  return ['Codex usage.', ...refusal, ...windows, ...age].join(' ');
}

/** "Requests are refused until 14:05 (in 2 h 10 min)." */
export function refusalSentence(state: QuotaState, nowMs: number, place?: Place): string {
  const { availableAtMs } = state;
  if (availableAtMs === undefined) return 'Limit reached. Requests are blocked.';
  const time = timeAndDistance(availableAtMs, nowMs, place);
  return `Limit reached. Requests are blocked until ${time}.`;
}

/** "just now", "7 min ago", "3 h ago", "2 d ago". */
export function ageWords(
  { observedAtMs }: Pick<QuotaState, 'observedAtMs'>,
  nowMs: number,
): string {
  if (!isNear(observedAtMs, nowMs)) return 'at an unknown time';
  const minutes = Math.floor((nowMs - observedAtMs) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 2880
    ? `${Math.floor(minutes / 60)} h ago`
    : `${Math.floor(minutes / 1440)} d ago`;
}

const sourceWords: Record<QuotaSource, string> = {
  headers: 'from the last answer',
  event: 'from the last answer',
  usage: 'read from the service',
  limitError: 'from the last refusal',
};

/** "7 min ago, read from the service": age and origin of the oldest figure; empty while there is none. */
export function originWords(state: QuotaState | undefined, nowMs: number): string {
  if (!state || state.windows.length === 0) return '';
  const oldest = state.told?.toSorted((a, b) => a.atMs - b.atMs)[0];
  return `${ageWords(state, nowMs)}${oldest ? `, ${sourceWords[oldest.source]}` : ''}`;
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
