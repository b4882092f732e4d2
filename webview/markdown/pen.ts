import type { MarkdownActions } from './markdownView.ts';

/** What drawing needs besides the tokens. Blocks are numbered through a message for their names. */
export interface Pen {
  readonly actions: MarkdownActions;
  /** Ends with the view. */
  readonly signal: AbortSignal;
  /** Depths of the headings that the next block stands under, as the model wrote them. */
  headings: readonly number[];
  codeBlocks: number;
  tables: number;
}
