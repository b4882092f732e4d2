import type { Settings } from '../settings/settings.ts';
import { shownPercent, type QuotaWindow } from './reading.ts';
import type { QuotaState } from './record.ts';
import { clockTime, timeUntil, type Place } from './time.ts';
import { ageWords, isExhausted, isStale, refusalSentence, statusText } from './words.ts';

/** What the chat view shows; of the shape that the protocol has for it. */
export interface QuotaShown {
  text: string;
  windows: {
    label: string;
    name: string;
    kind: 'fiveHour' | 'weekly' | 'other';
    usedPercent: number;
    resetsAtMs?: number;
  }[];
  observedAtMs?: number;
  stale: boolean;
}

export function toQuotaView(
  state: QuotaState | undefined,
  settings: Pick<Settings, 'statusBarText'>,
  nowMs: number,
  place?: Place,
): QuotaShown {
  const windows = (state?.windows ?? []).map(({ label, name, kind, usedPercent, resetsAtMs }) => ({
    label,
    name,
    kind,
    usedPercent,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  }));
  return {
    text: statusText(state, settings, nowMs, place),
    windows,
    ...(state && windows.length > 0 ? { observedAtMs: state.observedAtMs } : {}),
    stale: isStale(state, nowMs),
  };
}

/** One window in the tooltip. `bar` is drawn of block characters. */
export interface QuotaLine {
  title: string;
  bar: string;
  percent: string;
  /** "resets 14:05 (in 2 h 10 min)"; empty when that is unknown. */
  when: string;
}

export interface QuotaTooltip {
  plan: string;
  lines: QuotaLine[];
  others: { name: string; lines: QuotaLine[] }[];
  /** Whole sentences: a refusal, the credits, figures that are old. */
  remarks: string[];
  /** Age of the figures; empty while there are none. */
  age: string;
}

export function tooltipModel(
  state: QuotaState | undefined,
  nowMs: number,
  place?: Place,
): QuotaTooltip {
  if (!state) return { plan: '', lines: [], others: [], remarks: [unknown], age: '' };
  const line = (window: QuotaWindow) => toLine(window, nowMs, place);
  return {
    plan: planName(state.plan),
    lines: state.windows.map(line),
    others: state.others.map(({ name, windows }) => ({ name, lines: windows.map(line) })),
    remarks: [
      ...(state.windows.length === 0 && !state.refused ? [unknown] : []),
      ...(isExhausted(state) ? [refusalSentence(state, nowMs, place)] : []),
      ...creditsRemark(state),
      ...(isStale(state, nowMs)
        ? [`These are the last known figures, ${ageWords(state, nowMs)}.`]
        : []),
    ],
    age: state.windows.length > 0 ? ageWords(state, nowMs) : '',
  };
}

const unknown = 'The quota is not known yet. It comes with the next answer.';

function toLine(window: QuotaWindow, nowMs: number, place: Place | undefined): QuotaLine {
  const { name, resetsAtMs } = window;
  return {
    title: name.replace(/ limit$/, ''),
    bar: quotaBar(window.usedPercent),
    percent: `${shownPercent(window)}%`,
    when:
      resetsAtMs === undefined
        ? ''
        : `resets ${clockTime(resetsAtMs, nowMs, place)} (${timeUntil(resetsAtMs, nowMs)})`,
  };
}

const barLength = 14;

/** What is used in full blocks; empty only for nothing used and full only for a spent window. */
export function quotaBar(usedPercent: number): string {
  const nearest = Math.round((usedPercent / 100) * barLength);
  const atLeast = usedPercent > 0 ? 1 : 0;
  const atMost = usedPercent >= 100 ? barLength : barLength - 1;
  const full = Math.min(Math.max(nearest, atLeast), atMost);
  return '█'.repeat(full) + '░'.repeat(barLength - full);
}

function creditsRemark({ credits }: QuotaState): string[] {
  if (!credits) return [];
  if (credits.unlimited) return ['Credits: unlimited.'];
  if (!credits.hasCredits) return [];
  return [credits.balance ? `Credits left: ${credits.balance}.` : 'Credits are available.'];
}

/** `plus` and `team_annual` come in lower case. */
export function planName(plan: string | undefined): string {
  return (plan ?? '')
    .split(/[_\s-]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
}
