import type { Outlook, UsageAccount } from '../../src/shared/protocol/usage.ts';
import { limitPhrase, limitSubject } from '../../src/shared/limitNames.ts';

/** What the page says, as plain text; times are epoch ms. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Nothing here is further away, so what is has been misread. */
const furthestMs = 400 * dayMs;
const unknownTime = 'an unknown time';
const isNear = (atMs: number, nowMs: number) => Math.abs(atMs - nowMs) <= furthestMs;

/** "in 2 d 21 h", "in 2 h 10 min", "in 35 min", "in less than a minute". */
export function timeUntil(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return `at ${unknownTime}`;
  const minutes = Math.ceil((atMs - nowMs) / minuteMs);
  return minutes <= 1 ? 'in less than a minute' : `in ${longTime(minutes)}`;
}

/** "just now", "20 s ago", "4 min ago", "2 d 1 h ago". */
export function timeSince(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return `at ${unknownTime}`;
  const seconds = Math.round((nowMs - atMs) / 1_000);
  if (seconds < 5) return 'just now';
  return seconds < 60 ? `${seconds} s ago` : `${longTime(Math.floor(seconds / 60))} ago`;
}

function longTime(minutes: number): string {
  const [days, hours, rest] = [
    Math.floor(minutes / 1_440),
    Math.floor((minutes % 1_440) / 60),
    minutes % 60,
  ];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${minutes} min`;
}

/** "14:05" today, "Mon 09:00" within six days, "3 Mar 09:00" after that. */
export function clock(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return unknownTime;
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const isToday = dateOf(atMs) === dateOf(nowMs);
  return isToday ? time : `${dayName(atMs, nowMs)} ${time}`;
}

function dayName(atMs: number, nowMs: number): string {
  return Math.abs(atMs - nowMs) < 6 * dayMs
    ? format(atMs, { weekday: 'short' })
    : format(atMs, { day: 'numeric', month: 'short' });
}

const dateOf = (ms: number) => format(ms, { year: 'numeric', month: 'numeric', day: 'numeric' });

/**
 * The panel speaks English, with the day before the month, in the machine's own time zone. Intl
 * throws for what is no date (ECMA-262, 21.4.1.1).
 */
export function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  if (!(Math.abs(ms) <= 8.64e15)) return unknownTime;
  return new Intl.DateTimeFormat('en-GB', options).format(ms);
}

/** "14:05, in 2 h 10 min". */
export function clockAndDistance(atMs: number, nowMs: number): string {
  const time = clock(atMs, nowMs);
  return time === unknownTime ? time : `${time}, ${timeUntil(atMs, nowMs)}`;
}

/** Never 100 before it is all used, nor 0 once something is. */
export function wholePercent(percent: number): number {
  const nearest = Math.round(percent);
  if (nearest >= 100 && percent < 100) return 99;
  return nearest <= 0 && percent > 0 ? 1 : nearest;
}

/** Percentage points to one decimal; a dash where they are not known. */
export function points(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}

/** A stretch of a sentence; a strong one is the figure that matters. */
export interface Words {
  readonly text: string;
  readonly strong?: boolean;
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
  const subject = namesPace ? `At this pace, ${limitPhrase(one.name)}` : limitSubject(one.name);
  const strong = (text: string): Words => ({ text, strong: true });
  switch (one.kind) {
    case 'reaches':
      return [
        { text: `${subject} will be at ` },
        strong(`${wholePercent(one.percent)}%`),
        { text: ` when it resets ${at(one.resetsAtMs, nowMs)}.` },
      ];
    case 'runsOut':
      return [
        { text: `${subject} will be reached ` },
        strong(at(one.atMs, nowMs)),
        { text: beforeReset(one.atMs, one.resetsAtMs) },
      ];
    case 'lasts':
      return [{ text: `${limitSubject(one.name)} won’t be reached.` }];
    case 'spent':
      if (one.untilMs === undefined) return [{ text: `${limitSubject(one.name)} was reached.` }];
      return [
        { text: `${limitSubject(one.name)} was reached; it resets ` },
        strong(clock(one.untilMs, nowMs)),
        { text: isNear(one.untilMs, nowMs) ? `, ${timeUntil(one.untilMs, nowMs)}.` : '.' },
      ];
    case 'rests': {
      const resets =
        one.resetsAtMs === undefined ? '.' : ` and resets ${at(one.resetsAtMs, nowMs)}.`;
      return [
        { text: `${limitSubject(one.name)} is at ` },
        strong(`${wholePercent(one.percent)}%`),
        { text: resets },
      ];
    }
  }
}

/** "at 14:05", "on Mon at 09:00". */
function at(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return `at ${unknownTime}`;
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const isToday = dateOf(atMs) === dateOf(nowMs);
  return isToday ? `at ${time}` : `on ${dayName(atMs, nowMs)} at ${time}`;
}

function beforeReset(atMs: number, resetsAtMs: number | undefined): string {
  if (resetsAtMs === undefined || resetsAtMs <= atMs) return '.';
  return `, ${longTime(Math.max(1, Math.round((resetsAtMs - atMs) / minuteMs)))} before it resets.`;
}

const sources = {
  answer: 'from the last answer',
  refusal: 'from the last refusal',
  poll: 'read from the service',
  stored: 'kept from before',
} as const;

/** How old the figures of the account in use are; empty while none are known. */
export function pageAge(list: readonly UsageAccount[], nowMs: number): string {
  const isOut = ({ role }: UsageAccount) => ['signedOut', 'off'].includes(role.kind);
  const inUse =
    list.find(({ role }) => role.kind === 'inUse') ?? list.find((one) => !isOut(one)) ?? list[0];
  return inUse?.observedAtMs === undefined ? '' : timeSince(inUse.observedAtMs, nowMs);
}

/**
 * "From the last answer, 20 s ago"; empty while there is nothing to tell of.
 *
 * @param toldAge - stands at the head of the page already, and is not repeated.
 */
export function sourceWords(account: UsageAccount, nowMs: number, toldAge = ''): string {
  const { source, observedAtMs, stale } = account;
  if (observedAtMs === undefined) return '';
  const [from, age] = [source && sources[source], timeSince(observedAtMs, nowMs)];
  if (age === toldAge && !stale) return capital(from ?? '');
  const words = from === undefined ? age : `${from}, ${age}`;
  const text = stale ? `Outdated, ${words}` : words;
  return capital(text);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
