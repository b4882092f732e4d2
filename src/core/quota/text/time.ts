import { isNear, lastDateMs } from '../../../base/timeBounds.ts';

/** Where times are read: both as Intl takes them; the machine's own when absent. */
export interface Place {
  locale?: string;
  timeZone?: string;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** In place of a time that no clock can show, or so far away that it is misread. */
const unknownTime = 'an unknown time';

/** "14:05" today, "Mon 09:00" within six days, "3 Mar 09:00" after that. */
export function clockTime(atMs: number, nowMs: number, place?: Place): string {
  if (!isNear(atMs, nowMs)) return unknownTime;
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place);
  const day = dayWords(atMs, nowMs, 'short', place);
  return day ? `${day} ${time}` : time;
}

/** "at 14:05", "on Monday at 09:00", "on 3 March at 09:00". */
export function spokenTime(atMs: number, nowMs: number, place?: Place): string {
  if (!isNear(atMs, nowMs)) return `at ${unknownTime}`;
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place);
  const day = dayWords(atMs, nowMs, 'long', place);
  return day ? `on ${day} at ${time}` : `at ${time}`;
}

/** "in 2 d 21 h", "in 2 h 10 min", "in 35 min", "in less than a minute". */
export function timeUntil(atMs: number, nowMs: number): string {
  if (!isNear(atMs, nowMs)) return `at ${unknownTime}`;
  const minutes = Math.ceil((atMs - nowMs) / minuteMs);
  if (minutes <= 1) return 'in less than a minute';
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return hours > 0 ? `in ${days} d ${hours} h` : `in ${days} d`;
  if (hours === 0) return `in ${minutes} min`;
  return minutes % 60 > 0 ? `in ${hours} h ${minutes % 60} min` : `in ${hours} h`;
}

function dayWords(
  atMs: number,
  nowMs: number,
  style: 'short' | 'long',
  place: Place | undefined,
): string {
  const dateOf = (ms: number) =>
    format(ms, { year: 'numeric', month: 'numeric', day: 'numeric' }, place);
  if (dateOf(atMs) === dateOf(nowMs)) return '';
  return Math.abs(atMs - nowMs) < 6 * dayMs
    ? format(atMs, { weekday: style }, place)
    : format(atMs, { day: 'numeric', month: style }, place);
}

/** "14:05 (in 2 h 10 min)"; without the distance where the time is not known. */
export function timeAndDistance(atMs: number, nowMs: number, place?: Place): string {
  const time = clockTime(atMs, nowMs, place);
  return time === unknownTime ? time : `${time} (${timeUntil(atMs, nowMs)})`;
}

/** "14:05, in 2 h 10 min"; without the distance where the time is not known. */
export function timeThenDistance(atMs: number, nowMs: number, place?: Place): string {
  const time = clockTime(atMs, nowMs, place);
  return time === unknownTime ? time : `${time}, ${timeUntil(atMs, nowMs)}`;
}

/** The panel speaks English, with the day before the month. */
function format(ms: number, options: Intl.DateTimeFormatOptions, place: Place | undefined): string {
  const { locale = 'en-GB', timeZone } = place ?? {};
  // Intl throws for what is no date.
  if (!(Math.abs(ms) <= lastDateMs)) return unknownTime;
  return new Intl.DateTimeFormat(locale, { ...options, ...(timeZone ? { timeZone } : {}) }).format(
    ms,
  );
}
