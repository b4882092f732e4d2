import type { Token, Tokens } from 'marked';
import { h } from '../../base/dom.ts';
import { createCodeBlock } from '../highlight/codeBlock.ts';
import { readFence } from './fence.ts';
import { readInfo } from './fenceInfo.ts';
import { directionOf } from '../direction.ts';
import { drawInline } from '../inline.ts';
import { drawnTokens, type DrawnToken } from './lexer.ts';
import { drawFormula } from '../formula/formulaView.ts';
import type { RenderContext } from '../renderContext.ts';
import { drawWords } from './stretches.ts';
import { drawTable } from '../table.ts';
import { isLight } from './weight.ts';

/** Block tokens to elements; blank lines and link definitions draw nothing. */
export function drawBlocks(tokens: readonly Token[], pen: RenderContext): HTMLElement[] {
  return drawnTokens(tokens).flatMap((token) => drawBlock(token, pen) ?? []);
}

function drawBlock(token: DrawnToken, pen: RenderContext): HTMLElement | undefined {
  switch (token.type) {
    case 'heading':
      return drawHeading(token, pen);
    case 'code':
      return drawCode(token, pen);
    case 'blockquote':
      return h('blockquote', { dir: directionOf(token.text) }, drawBlocks(token.tokens, pen));
    case 'list':
      return drawList(token, pen);
    case 'table':
      return drawTable(token, pen);
    case 'math':
      return drawFormula(token) ?? h('p', { dir: 'auto' }, token.raw.trim());
    case 'hr':
      return h('hr');
    case 'space':
    case 'def':
      return undefined;
    case 'html':
      return h('p', { class: 'raw', dir: 'auto' }, token.raw.trim());
    default:
      return h('p', { dir: 'auto' }, drawWords(inlineOf(token), pen));
  }
}

/**
 * The message has a heading of level 2, so those of the model start at 3. A level is how many
 * headings stand above it, whatever the model wrote, so that none is ever skipped.
 */
function drawHeading(token: Tokens.Heading, pen: RenderContext): HTMLElement {
  pen.headings = [...pen.headings.filter((depth) => depth < token.depth), token.depth];
  const props = {
    dir: 'auto',
    role: 'heading',
    'aria-level': Math.min(6, 2 + pen.headings.length),
  };
  const content = drawInline(token.tokens, pen.actions);
  return h(headings[token.depth - 1] ?? 'h6', props, content);
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const;

/** The code is read from the source: the parser's copy has lost or won a line end here and there. */
function drawCode(token: Tokens.Code, pen: RenderContext): HTMLElement {
  const fenced = token.codeBlockStyle === 'indented' ? undefined : readFence(token.raw);
  const info = readInfo(fenced?.info ?? '');
  const block = createCodeBlock(info, ++pen.codeBlocks, pen.actions, pen.signal);
  block.append(fenced?.code ?? token.text);
  if (fenced?.closed) block.close();
  pen.made.push(block);
  return block.element;
}

const maxStart = 999_999_999;

function drawList(token: Tokens.List, pen: RenderContext): HTMLElement {
  return drawListShell(
    token,
    token.items.map((item) => drawItem(item, pen)),
  );
}

/** The list around its items. */
export function drawListShell(token: Tokens.List, items: readonly HTMLElement[]): HTMLElement {
  const dir = directionOf(token.raw);
  if (!token.ordered) return h('ul', { dir }, items);
  const start = token.start === '' || token.start === 1 ? undefined : token.start;
  const list = h('ol', { dir, start: start && Math.min(start, maxStart) }, items);
  makeRoomForNumbers(list);
  return list;
}

/** Long numbers need more room before the items than others; to be called when there are more items. */
export function makeRoomForNumbers(list: HTMLElement): void {
  if (!(list instanceof HTMLOListElement)) return;
  const digits = String(list.start + list.childElementCount - 1).length;
  if (digits > 1 && list.dataset['digits'] !== String(digits))
    list.dataset['digits'] = String(digits);
}

export function drawItem(item: Tokens.ListItem, pen: RenderContext): HTMLElement {
  const content = drawnTokens(item.tokens).flatMap((token) => drawInItem(token, pen));
  return drawItemShell(item, content);
}

export function drawItemShell(
  item: Tokens.ListItem,
  content: readonly (Node | string)[],
): HTMLElement {
  const dir = isLight(item) ? 'auto' : directionOf(item.text);
  return h('li', { dir, class: item.task ? 'task' : undefined }, content);
}

/** In a list without blank lines, words stand in the item itself and not in a paragraph. */
export function drawInItem(token: DrawnToken, pen: RenderContext): (Node | string)[] {
  if (token.type === 'text') return drawWords(inlineOf(token), pen);
  if (token.type === 'checkbox') return drawInline([token], pen.actions);
  return drawBlocks([token], pen);
}

export function inlineOf(token: DrawnToken): readonly Token[] {
  return 'tokens' in token && token.tokens ? token.tokens : [token];
}
