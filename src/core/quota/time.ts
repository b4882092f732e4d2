/** Where times are read: both as Intl takes them; the machine's own when absent. */
export interface Place {
  locale?: string;
  timeZone?: string;
}

const dayMs = 86_400_000;

/** "14:05" today, "Mon 09:00" within six days, "3 Mar 09:00" after that. */
export function clockTime(atMs: number, nowMs: number, place?: Place): string {
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place);
  const day = dayWords(atMs, nowMs, 'short', place);
  return day ? `${day} ${time}` : time;
}

/** "at 14:05", "on Monday at 09:00", "on 3 March at 09:00". */
export function spokenTime(atMs: number, nowMs: number, place?: Place): string {
  const time = format(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place);
  const day = dayWords(atMs, nowMs, 'long', place);
  return day ? `on ${day} at ${time}` : `at ${time}`;
}

/** "in 2 d 21 h", "in 2 h 10 min", "in 35 min", "in less than a minute". */
export function timeUntil(atMs: number, nowMs: number): string {
  const minutes = Math.ceil((atMs - nowMs) / 60_000);
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

/** The panel speaks English, with the day before the month. */
function format(ms: number, options: Intl.DateTimeFormatOptions, place: Place | undefined): string {
  const { locale = 'en-GB', timeZone } = place ?? {};
  return new Intl.DateTimeFormat(locale, { ...options, ...(timeZone ? { timeZone } : {}) }).format(
    ms,
  );
}
