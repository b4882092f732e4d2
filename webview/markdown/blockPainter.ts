import type { Token } from 'marked';
import { drawBlocks } from './parse/blocks.ts';
import type { Budget } from './budget.ts';
import { codeBlockOf, createCodeBlock, type CodeBlock } from './highlight/codeBlock.ts';
import type { CodeInfo } from './parse/fenceInfo.ts';
import { fillBlocks } from './fill.ts';
import type { BlockLexer, DrawnToken } from './parse/lexer.ts';
import { patchSiblings, removeFrom } from './patch.ts';
import type { RenderContext, Steps } from './renderContext.ts';
import { createReferrers } from './links/referrers.ts';
import type { Joint } from './parse/seam.ts';

/** Puts the blocks of a text into its element: first the settled ones, then the open one. */
export interface BlockPainter {
  /** An open code block over the first open node; what is open behind it goes. */
  startCode(info: CodeInfo): CodeBlock;
  endCode(block: CodeBlock): void;
  /** Draws in one go, over the open nodes, which are kept. With `to` the next piece goes on there. */
  settle(tokens: readonly Token[], to: readonly Joint[]): void;
  /** Draws in steps what goes on from `from`. */
  fill(tokens: readonly Token[], from: readonly Joint[], to: readonly Joint[]): Steps;
  /** Nothing goes on in the last block. */
  endSeam(): void;
  drawOpen(tokens: readonly DrawnToken[]): void;
  removeOpen(): void;
  /** Lets definitions that came after their use take effect. True when there is more to do. */
  redraw(budget: Budget): boolean;
}

/** `onSettledCode` hears of each code block that no later text can change. */
export function createBlockPainter(
  root: HTMLElement,
  pen: RenderContext,
  lexer: BlockLexer,
  onSettledCode: (block: CodeBlock) => void,
): BlockPainter {
  const referrers = createReferrers(lexer);
  let lastSettled: ChildNode | undefined;

  const firstOpen = () => (lastSettled ? lastSettled.nextSibling : root.firstChild);

  function place(nodes: readonly HTMLElement[]): ChildNode[] {
    const placed = patchSiblings(root, firstOpen(), nodes).filter(isChild);
    lastSettled = placed.at(-1) ?? lastSettled;
    return placed;
  }

  function endCode(block: CodeBlock): void {
    block.close();
    onSettledCode(block);
  }

  /** Closes the code blocks that were drawn, but for the one that the next piece goes on in. */
  function closeMade(to: readonly Joint[]): void {
    const isOpen = to.at(-1)?.kind === 'code';
    for (const block of pen.made.splice(0, pen.made.length - (isOpen ? 1 : 0))) endCode(block);
  }

  return {
    startCode(info) {
      const fresh = createCodeBlock(info, ++pen.codeBlocks, pen.actions, pen.signal);
      const [node] = place([fresh.element]);
      removeFrom(firstOpen());
      return (node && codeBlockOf(node)) ?? fresh;
    },
    endCode,
    settle(tokens, to) {
      for (const token of tokens) {
        const before = { ...pen };
        const placed = place(drawBlocks([token], pen));
        pen.made.splice(0, Infinity, ...placed.flatMap(codeBlocksIn));
        closeMade(to);
        if (to.length === 0) for (const node of placed) referrers.add(token, node, before);
      }
      if (to.length > 0) removeFrom(firstOpen());
    },
    *fill(tokens, from, to) {
      removeFrom(firstOpen());
      yield* fillBlocks(root, tokens, pen, from);
      lastSettled = root.lastChild ?? undefined;
      closeMade(to);
    },
    endSeam: () => closeMade([]),
    drawOpen(tokens) {
      const nodes = drawBlocks(tokens, { ...pen, made: [] });
      const last = patchSiblings(root, firstOpen(), nodes).findLast(isChild);
      removeFrom(last ? last.nextSibling : firstOpen());
    },
    removeOpen: () => removeFrom(firstOpen()),
    redraw: (budget) => referrers.redraw(budget),
  };
}

function isChild(node: Node): node is ChildNode {
  return node instanceof CharacterData || node instanceof Element;
}

function codeBlocksIn(node: Node): CodeBlock[] {
  if (!(node instanceof Element)) return [];
  return [node, ...node.querySelectorAll('figure.code')].flatMap((each) => codeBlockOf(each) ?? []);
}
