import type { Token, Tokens } from 'marked';
import { appendAll, h } from '../base/dom.ts';
import {
  drawBlocks,
  drawInItem,
  drawItem,
  drawItemShell,
  drawListShell,
  inlineOf,
  makeRoomForNumbers,
} from './parse/blocks.ts';
import { codeBlockOf } from './highlight/codeBlock.ts';
import { directionOf } from './direction.ts';
import { readFence } from './parse/fence.ts';
import { drawInline } from './inline.ts';
import { drawnTokens, type DrawnToken } from './parse/lexer.ts';
import type { RenderContext, Steps } from './renderContext.ts';
import { isPlaceholder, withoutMark, type Joint } from './parse/seam.ts';
import { stretchesOf } from './parse/stretches.ts';
import { createTable, tableOf } from './table.ts';
import { isLight, stepWeight, weightOf } from './parse/weight.ts';

/** Children of one list: each new item has all of its siblings looked at again. */
const maxItems = 2_000;

/**
 * Draws blocks at the end of `parent` in small steps. With `seam` they go on with what stands there:
 * a block that was too long to be read whole goes on in the same elements.
 */
export function* fillBlocks(
  parent: HTMLElement,
  tokens: readonly Token[],
  pen: RenderContext,
  seam: readonly Joint[] = [],
): Steps {
  const [first, ...others] = drawnTokens(tokens).filter(({ type }) => type !== 'space');
  if (!first) return;
  const [joint, ...inner] = seam;
  const goesOn = joint && continueBlock(parent, first, pen, joint, inner);
  yield* goesOn ?? fillBlock(parent, first, pen);
  for (const token of others) yield* fillBlock(parent, token, pen);
}

function* fillBlock(parent: HTMLElement, token: DrawnToken, pen: RenderContext): Steps {
  if (isLight(token)) {
    const isInItem = parent.localName === 'li';
    parent.append(...(isInItem ? drawInItem(token, pen) : drawBlocks([token], pen)));
    yield weightOf([token], stepWeight);
    return;
  }
  switch (token.type) {
    case 'list':
      return yield* fillList(parent.appendChild(drawListShell(token, [])), token.items, pen);
    case 'blockquote':
      return yield* fillQuote(parent, token, pen);
    case 'table': {
      const table = createTable(token, pen);
      parent.append(table.element);
      return yield* table.addRows(token.rows);
    }
    case 'text':
    case 'paragraph':
      return yield* fillWords(wordsIn(parent, token), inlineOf(token), pen);
    default:
      parent.append(...drawBlocks([token], pen));
      yield stepWeight;
  }
}

function wordsIn(parent: HTMLElement, { type }: DrawnToken): HTMLElement {
  if (type === 'text' && parent.localName === 'li') return parent;
  return parent.appendChild(h('p', { dir: 'auto' }));
}

function* fillWords(element: Element, tokens: readonly Token[], pen: RenderContext): Steps {
  let place = element;
  for (const stretch of stretchesOf(tokens)) {
    for (let at = 0; at < stretch.length; at += stepWeight) {
      const some = stretch.slice(at, at + stepWeight);
      appendAll(place, drawInline(some, pen.actions));
      yield weightOf(some, Infinity);
    }
    place = element.appendChild(h('span', { class: 'stretch' }));
  }
  place.remove();
}

function* fillQuote(parent: HTMLElement, token: Tokens.Blockquote, pen: RenderContext): Steps {
  const quote = parent.appendChild(h('blockquote', { dir: directionOf(token.text) }));
  yield* fillBlocks(quote, token.tokens, pen);
}

function* fillList(
  list: HTMLElement,
  items: readonly Tokens.ListItem[],
  pen: RenderContext,
): Steps {
  let current = list;
  for (const item of items) {
    if (current.childElementCount >= maxItems) current = continueList(current);
    if (isLight(item)) {
      current.append(drawItem(item, pen));
      makeRoomForNumbers(current);
      yield weightOf([item], stepWeight);
    } else {
      const shell = current.appendChild(drawItemShell(item, []));
      makeRoomForNumbers(current);
      yield* fillBlocks(shell, item.tokens, pen);
    }
  }
}

/** A list of the same kind behind `list`, whose numbers go on. */
function continueList(list: HTMLElement): HTMLElement {
  const next = list.cloneNode(false);
  if (!(next instanceof HTMLElement)) return list;
  if (list instanceof HTMLOListElement && next instanceof HTMLOListElement)
    next.start = list.start + list.childElementCount;
  next.classList.add('goes-on');
  list.after(next);
  return next;
}

/** The steps that go on with the last block of `parent`; undefined when `first` begins a new one. */
function continueBlock(
  parent: HTMLElement,
  first: DrawnToken,
  pen: RenderContext,
  joint: Joint,
  inner: readonly Joint[],
): Steps | undefined {
  const last = parent.lastElementChild;
  if (joint.kind === 'text') return goOnWithWords(parent, last, first, pen, joint.isMidLine);
  if (!(last instanceof HTMLElement)) return undefined;
  switch (joint.kind) {
    case 'list':
      return first.type === 'list' && isList(last)
        ? goOnWithList(last, first, pen, inner, joint.isLoose)
        : undefined;
    case 'quote':
      return first.type === 'blockquote' && last.localName === 'blockquote'
        ? fillBlocks(last, first.tokens, pen, inner)
        : undefined;
    case 'table':
      return first.type === 'table' ? tableOf(last)?.addRows(first.rows) : undefined;
    case 'code':
      return first.type === 'code' ? goOnWithCode(last, first, joint.isMidLine) : undefined;
  }
}

function isList({ localName }: Element): boolean {
  return localName === 'ul' || localName === 'ol';
}

function* goOnWithList(
  list: HTMLElement,
  token: Tokens.List,
  pen: RenderContext,
  inner: readonly Joint[],
  isLoose: boolean,
): Steps {
  const [item, ...others] = isLoose ? token.items.map(loose) : token.items;
  const last = list.lastElementChild;
  if (!item || !isPlaceholder(item.tokens[0]) || !(last instanceof HTMLElement))
    return yield* fillList(list, token.items, pen);
  yield* fillBlocks(last, item.tokens.slice(1), pen, inner);
  yield* fillList(list, others, pen);
}

/** One blank line in a list makes a paragraph of the words of each item. */
function loose(item: Tokens.ListItem): Tokens.ListItem {
  const tokens = item.tokens.map((token) =>
    token.type === 'text' ? { ...token, type: 'paragraph' } : token,
  );
  return { ...item, tokens };
}

function goOnWithCode(
  last: HTMLElement,
  token: Tokens.Code,
  isMidLine: boolean,
): Steps | undefined {
  const block = codeBlockOf(last);
  if (!block) return undefined;
  const fenced = token.codeBlockStyle === 'indented' ? undefined : readFence(token.raw);
  return (function* append(): Steps {
    if (!isMidLine && !/^$|\n$/.test(block.source)) block.append('\n');
    block.append(fenced?.code ?? token.text);
    if (fenced?.closed === true) block.close();
    yield stepWeight;
  })();
}

/** A piece of a long paragraph is laid out by itself: the whole would be laid out for each piece. */
function goOnWithWords(
  parent: HTMLElement,
  last: Element | null,
  first: DrawnToken,
  pen: RenderContext,
  isMidLine: boolean,
): Steps | undefined {
  if (first.type !== 'paragraph' && first.type !== 'text') return undefined;
  const isInItem = parent.localName === 'li' && first.type === 'text';
  const words = isMidLine ? withoutMark(inlineOf(first)) : inlineOf(first);
  const inside = isInItem ? parent : last?.localName === 'p' ? last : undefined;
  const place = inside ?? parent.appendChild(h('p', { dir: 'auto' }));
  return fillWords(place.appendChild(h('span', { class: 'stretch' })), words, pen);
}
