import type { Token } from 'marked';
import { drawBlocks } from './blocks.ts';
import { codeBlockOf, createCodeBlock, type CodeBlock } from './codeBlock.ts';
import { openFence, takeCode, type Fence } from './fence.ts';
import { readInfo } from './fenceInfo.ts';
import { createLexer } from './lexer.ts';
import { patchNode, patchSiblings, removeFrom } from './patch.ts';
import type { Pen } from './pen.ts';

/**
 * Draws a growing text block by block. A block that a later one has closed is settled: drawn once,
 * its nodes never touched again. Only the open tail is read anew, and an open fence is not read at
 * all: its text is appended.
 */
export interface BlockStream {
  /** Adds cleaned source. */
  push(text: string): void;
  /** Shows all that was pushed. */
  draw(): void;
  /** Settles the rest; definitions that came after their use take effect. */
  end(): void;
}

/** A settled block whose links may be defined later. */
interface Referrer {
  readonly raw: string;
  readonly node: ChildNode;
  readonly known: number;
  readonly pen: Pen;
}

/** `onSettledCode` hears of each code block that no later text can change. */
export function createBlockStream(
  root: HTMLElement,
  pen: Pen,
  onSettledCode: (block: CodeBlock) => void,
): BlockStream {
  const lexer = createLexer();
  const referrers: Referrer[] = [];
  let tail = '';
  let hasNewLine = false;
  let open: { fence: Fence; block: CodeBlock; midLine: boolean } | undefined;
  let lastSettled: ChildNode | undefined;

  const firstOpen = () => (lastSettled ? lastSettled.nextSibling : root.firstChild);

  function place(nodes: readonly HTMLElement[]): ChildNode[] {
    const placed = patchSiblings(root, firstOpen(), nodes).filter(isChild);
    lastSettled = placed.at(-1) ?? lastSettled;
    return placed;
  }

  function settleToken(token: Token): void {
    const before = { ...pen };
    for (const node of place(drawBlocks([token], pen))) {
      for (const block of codeBlocksIn(node)) {
        block.close();
        onSettledCode(block);
      }
      if (token.raw.includes('[') && token.type !== 'code') {
        referrers.push({ raw: token.raw, node, known: lexer.known, pen: before });
      }
    }
  }

  function settle(source: string): void {
    const tokens = lexer.lex(source);
    lexer.learn(tokens);
    for (const token of tokens) settleToken(token);
  }

  function startFence(): boolean {
    const opened = openFence(tail);
    if (!opened) return false;
    const info = readInfo(opened.fence.info);
    const fresh = createCodeBlock(info, ++pen.codeBlocks, pen.actions, pen.signal);
    const [node] = place([fresh.element]);
    const block = (node && codeBlockOf(node)) ?? fresh;
    open = { fence: opened.fence, block, midLine: false };
    tail = opened.rest;
    removeFrom(firstOpen());
    return true;
  }

  /** Whether the fence was closed, so that other blocks may follow. */
  function feedFence(whole: boolean): boolean {
    if (!open) return true;
    const { code, rest, closed, midLine } = takeCode(open.fence, tail, whole, open.midLine);
    if (code !== '') open.block.append(code);
    tail = rest;
    open.midLine = midLine;
    if (!closed && !whole) return false;
    open.block.close();
    onSettledCode(open.block);
    open = undefined;
    return true;
  }

  /** Draws whole fences and settled blocks off the tail until only the open block is left. */
  function advance(whole: boolean): void {
    while (feedFence(whole)) {
      tail = tail.replace(/^(?:[ \t]*\n)+/, '');
      if (startFence()) continue;
      const length = hasNewLine
        ? lexer.settledLength(tail.slice(0, tail.lastIndexOf('\n') + 1))
        : 0;
      hasNewLine = false;
      if (length > 0) settle(tail.slice(0, length));
      tail = tail.slice(length);
      if (length === 0 || !startFence()) return;
      hasNewLine = true;
    }
  }

  function redrawReferrers(): void {
    for (const { raw, node, known, pen: then } of referrers) {
      if (known === lexer.known) continue;
      const fresh = drawBlocks(lexer.lex(raw), { ...then });
      const [only] = fresh;
      if (fresh.length !== 1 || !only || !patchNode(node, only)) node.replaceWith(...fresh);
    }
  }

  return {
    push(text) {
      tail += text;
      hasNewLine ||= text.includes('\n');
    },
    draw() {
      advance(false);
      if (open) return;
      const placed = patchSiblings(root, firstOpen(), drawBlocks(lexer.lex(tail), { ...pen }));
      const last = placed.findLast(isChild);
      removeFrom(last ? last.nextSibling : firstOpen());
    },
    end() {
      advance(true);
      settle(tail);
      tail = '';
      removeFrom(firstOpen());
      redrawReferrers();
    },
  };
}

function isChild(node: Node): node is ChildNode {
  return node instanceof CharacterData || node instanceof Element;
}

function codeBlocksIn(node: Node): CodeBlock[] {
  if (!(node instanceof Element)) return [];
  return [node, ...node.querySelectorAll('figure.code')].flatMap((each) => codeBlockOf(each) ?? []);
}
