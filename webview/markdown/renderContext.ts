import type { CodeBlock } from './highlight/codeBlock.ts';
import type { MarkdownActions } from './markdownActions.ts';

/** Drawing in small steps: each gives what it weighs, see `weightOf`. */
export type Steps = Generator<number, void>;

/** What drawing needs besides the tokens. Blocks are numbered through a message for their names. */
export interface RenderContext {
  readonly actions: MarkdownActions;
  /** Ends with the view. */
  readonly signal: AbortSignal;
  /** Draws in later frames what somebody has asked to see. */
  readonly later: (steps: Steps) => void;
  /** Depths of the headings that the next block stands under, as the model wrote them. */
  headings: readonly number[];
  codeBlocks: number;
  tables: number;
  /** Code blocks that were drawn and not closed yet. */
  readonly made: CodeBlock[];
}
