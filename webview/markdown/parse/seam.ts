import type { Token, Tokens } from 'marked';
import { readFence } from './fence.ts';
import { drawnTokens, type DrawnToken } from './lexer.ts';

/**
 * A block that is open where a long text was cut, so that what follows goes on in it; the joints of
 * a seam lead from the outermost block to the innermost. Each list stands for its last item too.
 */
export type Joint =
  | { readonly kind: 'list'; readonly marker: string; readonly isLoose: boolean }
  | { readonly kind: 'quote' }
  | { readonly kind: 'table'; readonly head: string }
  | { readonly kind: 'code'; readonly opening: string | undefined; readonly isMidLine: boolean }
  | { readonly kind: 'text'; readonly isMidLine: boolean };

/** Stands for what an item that goes on held before. */
const placeholder = '<!---->';
/** Stands before words that go on inside a line, so that they begin no block; nobody writes it. */
const mark = '\uE000';

/** The blocks that are open at the end of `source`, which `tokens` were read from, when `rest` follows. */
export function seamOf(tokens: readonly Token[], source: string, rest: string): readonly Joint[] {
  const isMidLine = !source.endsWith('\n');
  const isParted = !isMidLine && (isBlankLine(lastLine(source)) || isBlankLine(firstLine(rest)));
  const joints = [...openBlocks(tokens, isMidLine)];
  return joints.filter(({ kind }) => kind !== 'text' || !isParted);
}

/** What has to stand before the text that follows so that it is read as it was meant. */
export function prefixOf(seam: readonly Joint[]): string {
  let lead = '';
  let lines = '';
  for (const joint of seam) {
    switch (joint.kind) {
      case 'list':
        lines += `${lead}${joint.marker}${placeholder}\n`;
        lead += ' '.repeat(joint.marker.length);
        break;
      case 'quote':
        lead += '> ';
        break;
      case 'table':
        lines += joint.head.replace(/^/gm, lead);
        break;
      case 'code':
        if (joint.opening !== undefined) lines += `${lead}${joint.opening}\n`;
        break;
      case 'text':
        if (joint.isMidLine) lines += lead + mark;
    }
  }
  return lines;
}

/** What `weightOf` makes of the blocks that `prefixOf` opens once more: a list with its item, or one. */
export function prefixWeight(seam: readonly Joint[]): number {
  return seam.reduce((sum, { kind }) => sum + (kind === 'list' ? 4 : 1), 0);
}

export function isPlaceholder(token: Token | undefined): boolean {
  return token?.type === 'html' && token.raw.trim() === placeholder;
}

/** The words without the mark that `prefixOf` has put before them. */
export function withoutMark([first, ...others]: readonly Token[]): readonly Token[] {
  if (first?.type !== 'text' || !first.raw.startsWith(mark)) return first ? [first, ...others] : [];
  const text: Token = { ...first, raw: first.raw.slice(1), text: String(first['text']).slice(1) };
  return [text, ...others];
}

function* openBlocks(tokens: readonly Token[], isMidLine: boolean): Generator<Joint> {
  const last = drawnTokens(tokens).findLast(({ type }) => type !== 'space');
  if (last?.type === 'list') {
    const item = last.items.at(-1);
    if (!item) return;
    yield { kind: 'list', marker: markerOf(item), isLoose: last.loose };
    yield* openBlocks(item.tokens, isMidLine);
  } else if (last?.type === 'blockquote') {
    yield { kind: 'quote' };
    yield* openBlocks(last.tokens, isMidLine);
  } else if (last) yield* openLeaf(last, isMidLine);
}

function* openLeaf(token: DrawnToken, isMidLine: boolean): Generator<Joint> {
  if (token.type === 'code') {
    const fence = token.codeBlockStyle === 'indented' ? undefined : readFence(token.raw);
    if (fence?.closed === true) return;
    yield { kind: 'code', opening: fence && firstLine(token.raw), isMidLine };
  } else if (token.type === 'table' && !isMidLine) {
    const head = token.raw.split('\n', 2).join('\n');
    yield { kind: 'table', head: `${head}\n` };
  } else if (isMidLine || isWords(token)) yield { kind: 'text', isMidLine };
}

function isWords({ type }: DrawnToken): boolean {
  return type === 'paragraph' || type === 'text';
}

/** `- `, ` 12. `: as wide as what the lines of the item are indented by. */
function markerOf({ raw }: Tokens.ListItem): string {
  const [, marker = '-', spaces = ' '] =
    /^( {0,3}(?:[*+-]|\d{1,9}[.)]))( {0,4})(?=\S)/.exec(raw) ??
    /^( {0,3}(?:[*+-]|\d{1,9}[.)]))/.exec(raw) ??
    [];
  return marker + (spaces === '' ? ' ' : spaces);
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function lastLine(text: string): string {
  const end = text.lastIndexOf('\n');
  return text.slice(text.lastIndexOf('\n', end - 1) + 1, end);
}

/** Lines of a quote have marks before the blank. */
function isBlankLine(line: string): boolean {
  return /^[>\s]*$/.test(line);
}
