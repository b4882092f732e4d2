import type { MarkdownActions } from './markdownView.ts';

/** What drawing needs besides the tokens. Blocks are numbered through a message for their names. */
export interface Pen {
  readonly actions: MarkdownActions;
  /** Ends with the view. */
  readonly signal: AbortSignal;
  codeBlocks: number;
  tables: number;
}
