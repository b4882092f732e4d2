import type { Token } from 'marked';
import { h } from '../../base/dom.ts';
import { drawInline } from '../inline.ts';
import type { RenderContext } from '../renderContext.ts';
import { wholeCharacters } from './textUnits.ts';
import { weightOf } from './weight.ts';

/** Words that are laid out together; in a longer paragraph the next begin a line of their own. */
const mostWeight = 600;
const mostUnits = 4_096;
/** Below this a paragraph is laid out as a whole. */
const longUnits = 8_000;

/** A paragraph's tokens, in stretches that are laid out by themselves. */
export function stretchesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const stretches: Token[][] = [[]];
  let weight = 0;
  let units = 0;
  const length = tokens.reduce((sum, { raw }) => sum + raw.length, 0);
  for (const token of tokens.flatMap((each) => (length > longUnits ? cutText(each) : [each]))) {
    const own = weightOf([token], mostWeight);
    weight += own;
    units += token.raw.length;
    if (weight > mostWeight || (units > mostUnits && length > longUnits)) {
      stretches.push([]);
      [weight, units] = [own, token.raw.length];
    }
    stretches.at(-1)?.push(token);
  }
  return stretches;
}

/** The words of a paragraph or an item. */
export function drawWords(tokens: readonly Token[], pen: RenderContext): (Node | string)[] {
  const [first = [], ...others] = stretchesOf(tokens);
  const next = others.map((each) => h('span', { class: 'stretch' }, drawInline(each, pen.actions)));
  return [...drawInline(first, pen.actions), ...next];
}

/** Plain text in pieces, each but the last ending behind a word if it has words. */
function cutText(token: Token): readonly Token[] {
  if (token.type !== 'text' || token.raw.length <= mostUnits || token['text'] !== token.raw)
    return [token];
  const pieces: Token[] = [];
  for (let rest = token.raw; rest !== '';) {
    const space = rest.lastIndexOf(' ', mostUnits - 1) + 1;
    const cut = rest.length <= mostUnits ? rest.length : space || wholeCharacters(rest, mostUnits);
    pieces.push({ type: 'text', raw: rest.slice(0, cut), text: rest.slice(0, cut) });
    rest = rest.slice(cut);
  }
  return pieces;
}
