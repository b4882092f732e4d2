import type { CodeBlock } from '../highlight/codeBlock.ts';
import { takeCode, type Fence } from './fence.ts';

/** UTF-16 units that are drawn at once. */
export const codePiece = 8_192;

export interface FedCode {
  /** Units of the text that were taken. */
  readonly length: number;
  readonly state: 'closed' | 'waits' | 'goesOn';
}

/** Takes the text of an open fence, piece by piece, into its block. */
export interface FenceReader {
  readonly block: CodeBlock;
  /** With `isWhole` nothing follows `text`. */
  feed(text: string, isWhole: boolean): FedCode;
}

export function createFenceReader(fence: Fence, block: CodeBlock): FenceReader {
  let isMidLine = false;
  return {
    block,
    feed(text, isWhole) {
      const isAll = text.length <= codePiece;
      const piece = isAll ? text : text.slice(0, codePiece);
      const isLast = isWhole && isAll;
      const { code, rest, closed, midLine } = takeCode(fence, piece, isLast, isMidLine);
      isMidLine = midLine;
      if (code !== '') block.append(code);
      const length = piece.length - rest.length;
      if (closed || isLast) return { length, state: 'closed' };
      return { length, state: isAll || length === 0 ? 'waits' : 'goesOn' };
    },
  };
}
