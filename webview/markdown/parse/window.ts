import type { Token } from 'marked';
import { drawnTokens } from './lexer.ts';
import { createReadingCost } from './readingCost.ts';
import { wholeCharacters } from './textUnits.ts';

/** UTF-16 units that are read at once. A block within a window is drawn as the parser reads it. */
export const windowLength = 8_192;
/** What the parser may take for a window, see `createReadingCost`. */
const mostCost = 150;
/** Words that go on are drawn in pieces of at least this, so that no line is broken for little. */
const leastWords = 1_024;

export interface Window {
  readonly text: string;
  /** About how long the parser takes over it, see `createReadingCost`. */
  readonly cost: number;
  /** Whether nothing stands behind it. */
  readonly isAll: boolean;
}

/**
 * The part of `text` that is read next: it ends behind a line if it has enough of them, and is the
 * shorter the longer the parser takes over such a text.
 *
 * @param depth - blocks that are open before it, and are opened again for each window
 */
export function windowOf(text: string, depth = 0): Window {
  const cost = createReadingCost(depth);
  let lineEnd = 0;
  for (let at = 0; at < text.length && at < windowLength; at++) {
    cost.add(text.charAt(at));
    if (text.charAt(at) === '\n') lineEnd = at + 1;
    if (cost.sum >= mostCost && (lineEnd > 0 || at >= leastWords))
      return cutAt(text, lineEnd || at + 1, cost.sum);
  }
  return cutAt(text, windowLength, cost.sum);
}

function cutAt(text: string, length: number, cost: number): Window {
  if (text.length <= length) return { text, cost, isAll: true };
  return { text: text.slice(0, wholeCharacters(text, length)), cost, isAll: false };
}

/**
 * Where to cut a block that is too long to be read whole, so that the next piece goes on in it: before
 * its last item, behind a line, behind a word, or else anywhere. 0 when it is better to wait for more.
 *
 * @param tokens - what was read from `prefix` and the text of the window
 */
export function cutLength(
  tokens: readonly Token[],
  prefix: string,
  { text, isAll }: Window,
  goesOn: boolean,
): number {
  const item = lastItemStart(tokens, prefix + text) - prefix.length;
  if (item > 0) return item;
  const isWaiting = isAll && goesOn;
  const line = text.lastIndexOf('\n') + 1;
  if (line > 0) return isWaiting && line < leastWords && endsInWords(tokens) ? 0 : line;
  if (isWaiting && text.length < leastWords) return 0;
  const word = text.lastIndexOf(' ') + 1;
  return word > text.length / 2 ? word : text.length;
}

/** Where the last item of a list at the end begins; 0 if there is no item before it. */
function lastItemStart(tokens: readonly Token[], source: string): number {
  const drawn = drawnTokens(tokens).filter(({ type }) => type !== 'space');
  const last = drawn.at(-1);
  if (last?.type !== 'list' || last.items.length < 2) return 0;
  const items = last.items.slice(0, -1);
  let at = source.lastIndexOf(last.raw);
  for (const { raw } of items) {
    if (!source.startsWith(raw, at)) return 0;
    at += raw.length;
  }
  return at;
}

function endsInWords(tokens: readonly Token[]): boolean {
  const last = drawnTokens(tokens).findLast(({ type }) => type !== 'space');
  if (last?.type === 'list') return endsInWords(last.items.at(-1)?.tokens ?? []);
  if (last?.type === 'blockquote') return endsInWords(last.tokens);
  return last?.type === 'paragraph' || last?.type === 'text';
}
