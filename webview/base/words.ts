/** Figures and times as people read them. */

/** `950`, `12.4k`, `1.3M`. */
export function tokens(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  if (count < 999_950) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** As `tokens` without decimals, for the context window: `62k of 200k`. */
export function roundTokens(count: number): string {
  if (count < 1_000) return String(Math.round(count));
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** `8 s`, `2 min 5 s`, `1 h 4 min`. Never negative. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return withCooldown(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return withCooldown(minutes, 'min', seconds % 60, 's');
}

function withCooldown(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Time left as on a watch, `4:32`. Never negative. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Clock time, `14:05`; with the weekday when it is more than 20 hours away, `Mon 09:00`. What is
 * over 400 days away is misread, and Intl throws for what is no date.
 */
export function clockTime(atMs: number, nowMs: number, language: string): string {
  if (!(Math.abs(atMs - nowMs) <= 400 * 86_400_000)) return 'at an unknown time';
  const far = Math.abs(atMs - nowMs) > 20 * 3_600_000;
  return new Intl.DateTimeFormat(language || undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(far && { weekday: 'short' }),
  }).format(atMs);
}

/** `Medium`, `Extra high`; an effort we do not know is shown as the service calls it. */
export function effortName(effort: string): string {
  if (effort === 'xhigh') return 'Extra high';
  return effort.charAt(0).toUpperCase() + effort.slice(1);
}

/** `1 code block`, `2 code blocks`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
