const looked = 1_000;
const rightToLeft =
  /^[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * `rtl` when the first letter of the text is written from right to left; else undefined. For what
 * holds blocks with a `dir` of their own: `dir="auto"` would look past all of them, for nothing.
 */
export function directionOf(text: string): 'rtl' | undefined {
  const first = /\p{L}/u.exec(text.slice(0, looked))?.[0];
  return first !== undefined && rightToLeft.test(first) ? 'rtl' : undefined;
}
