import type { Turn } from './turn.ts';

/**
 * Whether a text stands in what these turns show: a stretch of it, or whole parts of a turn one
 * after the other with others left out. Blanks, quote marks and characters that cannot be shown do
 * not count, since code inside of lists and quotes is copied without them.
 *
 * The view asks to copy and to insert text. It shows what the model wrote, so it is held to that: a
 * view that somebody else has taken over could otherwise put any command on the clipboard.
 */
export function isShownText(text: string, turns: readonly Turn[]): boolean {
  const wanted = bare(text);
  if (wanted === '') return true;
  return turns.some(({ prompt, parts }) => {
    const shown = parts.flatMap((part) => ('text' in part ? [bare(part.text)] : []));
    return (
      bare(prompt.text).includes(wanted) ||
      shown.some((part) => part.includes(wanted)) ||
      isMadeOf(wanted, shown)
    );
  });
}

/** Each part may be taken or left out, so all places that the text can be followed to are kept. */
function isMadeOf(wanted: string, parts: readonly string[]): boolean {
  const places = new Set([0]);
  for (const part of parts) {
    const followed = Array.from(places).filter((place) => wanted.startsWith(part, place));
    for (const place of followed) places.add(place + part.length);
  }
  return places.has(wanted.length);
}

function bare(text: string): string {
  return text.replaceAll(/[\s>\0\uFFFD]+/g, '');
}
