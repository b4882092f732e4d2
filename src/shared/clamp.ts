/**
 * Makes what others wrote or counted fit into a message to the view, which takes no message that
 * is not of its form: one odd figure must not cost the person the whole page.
 */

/** 0 to 100. */
export function clampPercent(value: number): number {
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : 0;
}

/** Epoch ms, or a count; undefined where the value is none. */
export function clampCount(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
}

const longestWords = 2_000;

export function clampText(text: string): string {
  return text.length > longestWords ? `${text.slice(0, longestWords - 1)}…` : text;
}
