import { greaterThan, isSmallLetter, pipe, underscore } from './codeUnits.ts';

/** No name of a Harmony token is longer, UTF-16 code units. */
const longestName = 14;

/**
 * Where the Harmony token ends that begins at `at` with `<`, such as `<|start|>`; `more` when the
 * text ends before that is known.
 */
export function endOfToken(text: string, at: number): number | 'more' | 'none' {
  if (at + 1 >= text.length) return 'more';
  if (text.charCodeAt(at + 1) !== pipe) return 'none';
  const from = at + 2;
  let end = from;
  while (end - from < longestName && isTokenLetter(text.charCodeAt(end))) end++;
  if (end >= text.length) return 'more';
  if (end === from || text.charCodeAt(end) !== pipe) return 'none';
  if (end + 1 >= text.length) return 'more';
  return text.charCodeAt(end + 1) === greaterThan ? end + 2 : 'none';
}

const isTokenLetter = (code: number) => isSmallLetter(code) || code === underscore;
