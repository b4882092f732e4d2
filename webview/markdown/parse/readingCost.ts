/** For each block that is open before a window: to open them again takes no more than to read it. */
const costOfDepth = 5;
/** A nested block is read again for each block around it: marks and indentation at a line's start. */
const nestingCosts = new Map([
  ['>', 1],
  ['-', 1],
  ['*', 1],
  ['+', 1],
  ['\t', 0.5],
  [' ', 0.125],
]);
/** Deeper blocks are hardly ever opened, but their marks are read by each block that is. */
const mostNestingCost = 8;
const deeperCost = 0.125;
/** Marks within a line. A formula is looked for again by each reader of its line. */
const markCosts = new Map([
  ['$', 1],
  ...['*', '_', '`', '[', ']', '<', '~'].map((mark) => [mark, 0.25] as const),
]);

/** Counts about how long the parser takes over a text, in lines of a plain list. */
export interface ReadingCost {
  readonly sum: number;
  /** The next UTF-16 unit of the text. */
  add(char: string): void;
}

/** @param depth - blocks that are open before the text, and are opened again to read it */
export function createReadingCost(depth: number): ReadingCost {
  let sum = -depth * costOfDepth;
  /** Of the line so far; undefined behind its first word. */
  let nesting: number | undefined = 0;
  return {
    get sum() {
      return sum;
    },
    add(char) {
      if (char === '\n') {
        sum += 1;
        nesting = 0;
      } else if (nesting !== undefined && /[\s>*+\d.)-]/.test(char)) {
        const cost = nestingCosts.get(char) ?? 0;
        nesting += cost;
        // The first mark opens no block in another.
        if (nesting > mostNestingCost) sum += Math.min(cost, deeperCost);
        else if (nesting > 1) sum += cost;
      } else {
        sum += markCosts.get(char) ?? 0;
        nesting = undefined;
      }
    },
  };
}
