import type { Token } from 'marked';
import { drawBlocks } from '../parse/blocks.ts';
import type { Budget } from '../budget.ts';
import type { BlockLexer } from '../parse/lexer.ts';
import { patchNode } from '../patch.ts';
import type { RenderContext } from '../renderContext.ts';
import { weightOf } from '../parse/weight.ts';

/** Settled blocks whose links may be defined later. */
export interface Referrers {
  /** `pen` is as it was before the block was drawn. */
  add(token: Token, node: ChildNode, pen: RenderContext): void;
  /** Draws those anew whose links are known by now. True when there are more. */
  redraw(budget: Budget): boolean;
}

export function createReferrers(lexer: BlockLexer): Referrers {
  const waiting: {
    readonly raw: string;
    readonly node: ChildNode;
    readonly known: number;
    readonly pen: RenderContext;
  }[] = [];
  let next = 0;
  return {
    add({ raw, type }, node, pen) {
      if (raw.includes('[') && type !== 'code')
        waiting.push({ raw, node, known: lexer.known, pen });
    },
    redraw(budget) {
      for (; next < waiting.length; next++) {
        if (budget.isSpent()) return true;
        const referrer = waiting[next];
        if (!referrer || referrer.known === lexer.known) continue;
        const tokens = lexer.lex(referrer.raw);
        budget.spend(weightOf(tokens, Infinity));
        const fresh = drawBlocks(tokens, { ...referrer.pen, made: [] });
        const [only] = fresh;
        if (fresh.length !== 1 || !only || !patchNode(referrer.node, only))
          referrer.node.replaceWith(...fresh);
      }
      return false;
    },
  };
}
