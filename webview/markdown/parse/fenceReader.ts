import type { CodeBlock } from '../highlight/codeBlock.ts';
import { takeCode, type Fence } from './fence.ts';

/** UTF-16 units that are drawn at once. */
export const codePiece = 8_192;
/** Line ends that are drawn at once: each line is laid out by itself, however short it is. */
const pieceLines = 400;

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
      const piece = pieceOf(text);
      const isAll = piece.length === text.length;
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

function pieceOf(text: string): string {
  let end = 0;
  for (let lines = 0; lines < pieceLines; lines++) {
    const next = text.indexOf('\n', end) + 1;
    if (next === 0 || next > codePiece) return text.slice(0, codePiece);
    end = next;
  }
  return text.slice(0, end);
}
