/** Where to cut `text` at about `length` units so that no character is torn. */
export function wholeCharacters(text: string, length: number): number {
  const unit = text.charCodeAt(length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? length - 1 : length;
}

/** From here on are scripts whose letters take a font of their own, join, or run from right to left. */
const firstSlowUnit = 0x590;
/** A letter of such a script takes as long to lay out as so many others. */
const slowUnits = 3;

/** How long it takes to lay out the first `length` units of `text`, in units of plain text. */
export function layoutUnits(text: string, length = text.length): number {
  let units = length;
  for (let at = 0; at < length; at++)
    if (text.charCodeAt(at) >= firstSlowUnit) units += slowUnits - 1;
  return units;
}

/** How many lines end within the first `length` units of `text`. */
export function countLineEnds(text: string, length = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < length; at = text.indexOf('\n', at + 1))
    count++;
  return count;
}
