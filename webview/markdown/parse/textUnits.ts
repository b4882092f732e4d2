/** Where to cut `text` at about `length` units so that no character is torn. */
export function wholeCharacters(text: string, length: number): number {
  const unit = text.charCodeAt(length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? length - 1 : length;
}

/** How many lines end within the first `length` units of `text`. */
export function countLineEnds(text: string, length = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1))
    count++;
  return count;
}
