/** What drawing a text took, counted and not timed: the same on every machine. */
export interface DrawWork {
  /** UTF-16 units that the parser was given, for blocks and for words; nested ones count again. */
  readonly parsed: number;
  readonly mostParsedInFrame: number;
  /** Elements and texts that were drawn, those that are gone again included. */
  readonly nodes: number;
  readonly mostElementsInFrame: number;
  /** UTF-16 units of text that one frame put on the page; see `layoutUnits`. */
  readonly mostUnitsInFrame: number;
  /** Lines of code that one frame put on the page. */
  readonly mostLinesInFrame: number;
  readonly frames: number;
  /** The words like `w12x` that the text shows when all of it is asked for, in order. */
  readonly words: readonly string[];
}
