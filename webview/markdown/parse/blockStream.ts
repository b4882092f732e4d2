import { createBlockPainter } from '../blockPainter.ts';
import type { Budget } from '../budget.ts';
import type { CodeBlock } from '../highlight/codeBlock.ts';
import { openFence } from './fence.ts';
import { createFenceReader, type FenceReader } from './fenceReader.ts';
import { readInfo } from './fenceInfo.ts';
import { createLexer, type DrawnToken } from './lexer.ts';
import type { RenderContext, Steps } from '../renderContext.ts';
import { prefixOf, prefixWeight, seamOf, type Joint } from './seam.ts';
import { countLineEnds, layoutUnits } from './textUnits.ts';
import { weightOf } from './weight.ts';
import { cutLength, windowOf, type Window } from './window.ts';

/**
 * Draws a growing text block by block. A block that a later one has closed is settled: drawn once,
 * its nodes never touched again. Only the open tail is read anew, and an open fence is not read at
 * all: its text is appended. A block that is longer than a window is drawn in pieces, each of which
 * goes on in the elements of the one before.
 */
export interface BlockStream {
  /** UTF-16 units that are pushed and not settled. */
  readonly waiting: number;
  /** Line ends of what is settled. */
  readonly settledLines: number;
  /** About how many elements the settled text has, or as many units as would be as dear. */
  readonly weight: number;
  /** Adds cleaned source. */
  push(text: string): void;
  /**
   * Settles what it can within the budget, up to the weight `most`; with `isWhole` nothing more is
   * to be pushed. True when there is more to settle at once.
   */
  settle(budget: Budget, isWhole: boolean, most: number): boolean;
  /** Shows the block that is still open, when nothing else is left to settle. */
  drawOpen(): void;
  /** Takes that block away. */
  removeOpen(): void;
  /** Lets definitions that came after their use take effect. True when there is more to do. */
  redraw(budget: Budget): boolean;
}

/** Blocks that weigh less are drawn in one go; so is the open one, again for each frame. */
const mostAtOnce = 300;
/** UTF-16 units that take about as long as an element. */
const unitsOfWeight = 40;

/** `onSettledCode` hears of each code block that no later text can change. */
export function createBlockStream(
  root: HTMLElement,
  pen: RenderContext,
  onSettledCode: (block: CodeBlock) => void,
): BlockStream {
  const lexer = createLexer();
  const painter = createBlockPainter(root, pen, lexer, onSettledCode);
  const settled = { lines: 0, weight: 0 };
  let tail = '';
  let hasNewLine = false;
  let fence: FenceReader | undefined;
  let seam: readonly Joint[] = [];
  let steps: Steps | undefined;
  let openTokens: readonly DrawnToken[] = [];

  function drop(length: number): void {
    settled.lines += countLineEnds(tail, length);
    settled.weight += length / unitsOfWeight;
    tail = tail.slice(length);
    openTokens = [];
    hasNewLine = true;
  }

  function startFence(): boolean {
    const blank = /^(?:[ \t]*\n)+/.exec(tail)?.[0].length ?? 0;
    if (blank > 0) drop(blank);
    const opened = openFence(tail);
    if (!opened) return false;
    fence = createFenceReader(opened.fence, painter.startCode(readInfo(opened.fence.info)));
    drop(tail.length - opened.rest.length);
    return true;
  }

  function feedFence(reader: FenceReader, isWhole: boolean, budget: Budget): boolean {
    const { length, state } = reader.feed(tail, isWhole);
    budget.spend(codeWeight(tail, length));
    drop(length);
    if (state !== 'closed') return state === 'goesOn';
    painter.endCode(reader.block);
    settled.weight += blockWeight;
    fence = undefined;
    return true;
  }

  /** Settles the next `length` units. With `goesOn` the last block is cut there. */
  function take(length: number, goesOn: boolean, budget: Budget): void {
    const source = prefixOf(seam) + tail.slice(0, length);
    const tokens = lexer.lex(source);
    const to = goesOn ? seamOf(tokens, source, tail.slice(length, length + lineLooked)) : [];
    const weight = Math.max(0, weightOf(tokens, Infinity) - prefixWeight(seam));
    settled.weight += weight;
    budget.spend(layoutUnits(tail, length) / unitsOfWeight);
    lexer.learn(tokens);
    // What was open until now weighs a little more than what may be open.
    if (weight > 2 * mostAtOnce || seam.length > 0) steps = painter.fill(tokens, seam, to);
    else {
      painter.settle(tokens, to);
      budget.spend(weight);
    }
    seam = to;
    drop(length);
  }

  function endSeam(): void {
    seam = [];
    hasNewLine = true;
    painter.endSeam();
  }

  /** Settles blocks that nothing can change any more; false when there are none. */
  function takeClosed({ text }: Window, budget: Budget): boolean {
    if (!hasNewLine) return false;
    hasNewLine = false;
    const prefix = prefixOf(seam);
    const lines = text.slice(0, text.lastIndexOf('\n') + 1);
    const length = lexer.settledLength(prefix + lines);
    if (length > prefix.length) take(length - prefix.length, false, budget);
    else if (length > 0) endSeam();
    return length > 0;
  }

  /** Settles a piece of a block that is too long to wait for its end. */
  function takePiece(window: Window, budget: Budget): boolean {
    const prefix = prefixOf(seam);
    const source = prefix + window.text;
    const goesOn = seam.length > 0;
    if (window.isAll && !goesOn) {
      openTokens = lexer.lex(source);
      if (weightOf(openTokens, mostAtOnce) <= mostAtOnce) return false;
    }
    const length = cutLength(lexer.lexBlocks(source), prefix, window, goesOn);
    if (length > 0) take(length, true, budget);
    return length > 0;
  }

  /** Settles the next piece; false when only the open block is left. */
  function advance(isWhole: boolean, budget: Budget): boolean {
    if (fence) return feedFence(fence, isWhole, budget);
    if (seam.length === 0 && startFence()) return true;
    if (tail === '' && isWhole) endSeam();
    if (tail === '') return false;
    const window = windowOf(tail, seam.length);
    budget.spend(Math.max(0, window.cost) * weightOfCost);
    if (!isWhole || !window.isAll) return takeClosed(window, budget) || takePiece(window, budget);
    take(tail.length, false, budget);
    return true;
  }

  return {
    get waiting() {
      return tail.length;
    },
    get settledLines() {
      return settled.lines;
    },
    get weight() {
      return settled.weight;
    },
    push(text) {
      tail += text;
      hasNewLine ||= text.includes('\n');
    },
    settle(budget, isWhole, most) {
      while (!budget.isSpent()) {
        if (steps) {
          const step = steps.next();
          if (step.done === true) steps = undefined;
          else budget.spend(step.value);
        } else if (settled.weight >= most || !advance(isWhole, budget)) return false;
      }
      return true;
    },
    drawOpen() {
      if (!fence && seam.length === 0) painter.drawOpen(openTokens);
    },
    removeOpen: painter.removeOpen,
    redraw: painter.redraw,
  };
}

/** A code block has buttons. */
const blockWeight = 20;
/** Lines of code that are laid out as fast as an element. */
const linesOfWeight = 4;
/** Units of code that are laid out as fast as an element: they are not parsed. */
const codeUnitsOfWeight = 160;

/** What drawing the next `length` units of code takes, in elements. */
function codeWeight(code: string, length: number): number {
  const lines = countLineEnds(code, length) / linesOfWeight;
  return blockWeight + lines + layoutUnits(code, length) / codeUnitsOfWeight;
}

/** What reading a line of a plain list takes, in elements. */
const weightOfCost = 0.5;
/** Enough to see whether the next line is blank. */
const lineLooked = 1_000;
