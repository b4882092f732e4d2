import * as l10n from '@vscode/l10n';
import { isNear, lastDateMs } from '../base/timeBounds.ts';

/*
 * Numbers, times, durations, lists and plurals as people read them, in the language of the editor.
 * Nothing else formats them. Times are epoch ms, durations ms.
 */

const dayMs = 86_400_000;

/** English stands in where Intl does not know the language, as it does in the editor. */
let languages: readonly string[] = ['en'];
/** As Intl names it; the machine's own when undefined. */
let timeZone: string | undefined;

/** @param zone - for tests; without it times are in the time zone of the machine */
export function setLanguage(language: string, zone?: string): void {
  languages = isLanguageTag(language) ? [language, 'en'] : ['en'];
  timeZone = zone;
  for (const cache of caches) cache.clear();
}

function isLanguageTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}

const caches: Map<string, unknown>[] = [];

/** Intl objects take long to make, so each is made when it is first needed, and once. */
function createCache<Options, Formatter>(create: (options: Options) => Formatter) {
  const made = new Map<string, Formatter>();
  caches.push(made);
  return (options: Options): Formatter => {
    const key = JSON.stringify(options);
    const formatter = made.get(key) ?? create(options);
    made.set(key, formatter);
    return formatter;
  };
}

const numberFormat = createCache(
  (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(languages, options),
);
const listFormat = createCache(
  (options: Intl.ListFormatOptions) => new Intl.ListFormat([...languages], options),
);
const dateFormat = createCache(
  (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(languages, timeZone === undefined ? options : { ...options, timeZone }),
);
const pluralRules = createCache(
  (options: Intl.PluralRulesOptions) => new Intl.PluralRules([...languages], options),
);

/** `1,234`; with `digits`, always so many decimals. */
export function formatNumber(value: number, digits = 0): string {
  return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );
}

/** `42%` for 42. What may not be rounded up or down is rounded by the caller. */
export function formatPercent(percent: number, digits = 0): string {
  return numberFormat({
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(percent / 100);
}

/** `950`, `12.4K`, `1.3M`. */
export function formatTokens(count: number): string {
  return compact(count, 1);
}

/** As `formatTokens` without decimals below a million: `62K`, `1.3M`. */
export function formatRoundTokens(count: number): string {
  return compact(count, count < 999_500 ? 0 : 1);
}

function compact(count: number, digits: number): string {
  const options = {
    notation: 'compact',
    maximumFractionDigits: count < 1_000 ? 0 : digits,
  } as const;
  return numberFormat({ ...options, minimumFractionDigits: count < 1_000 ? 0 : digits }).format(
    count,
  );
}

/** `A`, `A and B`, `A, B, and C`. */
export function formatList(items: readonly string[]): string {
  return listFormat({ type: 'conjunction' }).format(items);
}

type TimeUnit = 'day' | 'hour' | 'minute' | 'second';

const unitsInSeconds: readonly (readonly [TimeUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** The two largest units: `8 sec`, `2 min 5 sec`, `1 hr 4 min`, `2 days 21 hr`. Never negative. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const at = unitsInSeconds.findIndex(([, size]) => seconds >= size);
  if (at < 0) return formatUnit(0, 'second');
  let left = seconds;
  const parts = unitsInSeconds.slice(at, at + 2).flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [formatUnit(count, unit)];
  });
  return listFormat({ type: 'unit', style: 'narrow' }).format(parts);
}

function formatUnit(count: number, unit: TimeUnit): string {
  return numberFormat({ style: 'unit', unit, unitDisplay: 'short' }).format(count);
}

/** Time left as on a watch, `4:32`. Never negative. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const twoDigits = numberFormat({ minimumIntegerDigits: 2 }).format(seconds % 60);
  return `${formatNumber(Math.floor(seconds / 60))}:${twoDigits}`;
}

/** A time as Intl writes it with these options; a text in place of what is no date. */
export function formatDate(atMs: number, options: Intl.DateTimeFormatOptions): string {
  // Intl throws for what is no date.
  if (!(Math.abs(atMs) <= lastDateMs)) return unknownTime();
  return dateFormat(options).format(atMs);
}

/** In place of a time that no clock can show, or so far away that it was misread. */
const unknownTime = () => l10n.t('an unknown time');

const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** `14:05`, whatever the day. */
export function formatClock(atMs: number): string {
  return formatDate(atMs, hours);
}

/** `14:05` today, `Mon 09:00` within six days, `Mar 3, 09:00` after that. */
export function formatTime(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return unknownTime();
  return formatDate(atMs, { ...dayOptions(atMs, nowMs, 'short'), ...hours });
}

/** The same in a sentence: `at 14:05`, `on Mon at 09:00`, `on Mar 3 at 09:00`. */
export function formatTimePhrase(
  atMs: number,
  nowMs: number,
  style: 'short' | 'long' = 'short',
): string {
  if (!isNear(atMs, nowMs)) return l10n.t('at {0}', unknownTime());
  const time = formatDate(atMs, hours);
  const options = dayOptions(atMs, nowMs, style);
  return options
    ? l10n.t('on {0} at {1}', formatDate(atMs, options), time)
    : l10n.t('at {0}', time);
}

/** How the day is named; undefined for today. */
function dayOptions(atMs: number, nowMs: number, style: 'short' | 'long') {
  const dateOf = (ms: number) =>
    formatDate(ms, { year: 'numeric', month: 'numeric', day: 'numeric' });
  if (dateOf(atMs) === dateOf(nowMs)) return undefined;
  return Math.abs(atMs - nowMs) < 6 * dayMs
    ? ({ weekday: style } as const)
    : ({ day: 'numeric', month: style } as const);
}

/** `in 2 days 21 hr`, `in 2 hr 10 min`, `in 35 min`, `in less than a minute`. */
export function formatTimeUntil(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return l10n.t('at {0}', unknownTime());
  const minutes = Math.ceil((atMs - nowMs) / 60_000);
  return minutes <= 1
    ? l10n.t('in less than a minute')
    : l10n.t('in {0}', formatDuration(minutes * 60_000));
}

/** `just now`, `20 sec ago`, `4 min ago`, `2 days 1 hr ago`. */
export function formatTimeSince(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return l10n.t('at {0}', unknownTime());
  const seconds = Math.round((nowMs - atMs) / 1_000);
  if (seconds < 5) return l10n.t('just now');
  const shown = seconds < 60 ? seconds : Math.floor(seconds / 60) * 60;
  return l10n.t('{0} ago', formatDuration(shown * 1_000));
}

/** `14:05 (in 2 hr 10 min)`; without the distance where the time is not known. */
export function formatTimeWithDistance(atMs: number, nowMs: number): string {
  const time = formatTime(atMs, nowMs);
  return isNear(atMs, nowMs) ? l10n.t('{0} ({1})', time, formatTimeUntil(atMs, nowMs)) : time;
}

/** `at 14:05 (in 2 hr 10 min)`, `on Mon at 09:00 (in 2 days 21 hr)`. */
export function formatTimePhraseWithDistance(atMs: number, nowMs: number): string {
  const time = formatTimePhrase(atMs, nowMs);
  return isNear(atMs, nowMs) ? l10n.t('{0} ({1})', time, formatTimeUntil(atMs, nowMs)) : time;
}

/**
 * The sentence for a count, of a message with one sentence for each plural category that the
 * language has, in the form of ICU MessageFormat:
 *
 * `plural(l10n.t('{0, plural, one {# row was read from {1}.} other {# rows were read from {1}.}}'), 2, 'a.csv')`
 *
 * `#` and `{0}` are the count, `{1}` and so on the other arguments. A category that is missing
 * reads as `other`; a message in another form is returned as it is.
 */
export function plural(message: string, count: number, ...args: readonly string[]): string {
  const sentences = sentencesOf(message);
  const sentence =
    sentences.get(pluralRules({}).select(count)) ?? sentences.get('other') ?? message;
  const values = [formatNumber(count), ...args];
  return sentence.replaceAll(
    /#|\{(\d)\}/g,
    (match, index?: string) => values[Number(index ?? 0)] ?? match,
  );
}

/** The sentences of a plural message by their category. */
function sentencesOf(message: string): Map<string, string> {
  const [head = ''] = /^\{0, *plural,/.exec(message) ?? [];
  const sentences = new Map<string, string>();
  if (head === '') return sentences;
  const branch = /\s*(\w+) *\{((?:[^{}]|\{\d\})*)\}/y;
  branch.lastIndex = head.length;
  for (let found = branch.exec(message); found; found = branch.exec(message)) {
    sentences.set(found[1] ?? '', found[2] ?? '');
  }
  return sentences;
}
