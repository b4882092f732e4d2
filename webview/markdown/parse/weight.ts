import type { Token } from 'marked';
import { drawnTokens, type DrawnToken } from './lexer.ts';

/** What one step may draw at the most, beside what cannot be divided. */
export const stepWeight = 60;
const stepLength = 2_000;

/** Layout makes a marker for each item as well. */
const itemWeight = 2;
/** Beside its rows. */
const tableWeight = 4;
/** Beside its cells. */
export const rowWeight = 1;
/** With its buttons. */
const codeWeight = 20;
/** What the typesetter makes of a short formula. */
const mathWeight = 12;
const textWeight = 0.5;

/**
 * About how many elements the tokens are drawn with; counting stops beyond `most`. All cells of a
 * table count, though not all are shown at first.
 */
export function weightOf(tokens: readonly Token[], most: number): number {
  let weight = 0;
  for (const token of drawnTokens(tokens)) {
    weight += tokenWeight(token, most - weight);
    if (weight > most) break;
  }
  return weight;
}

function tokenWeight(token: DrawnToken, most: number): number {
  switch (token.type) {
    case 'list':
      return 1 + weightOf(token.items, most);
    case 'list_item':
      return itemWeight + weightOf(token.tokens, most);
    case 'table':
      return tableWeight + (token.header.length + rowWeight) * (token.rows.length + 1);
    case 'code':
      return codeWeight;
    case 'math':
      return mathWeight;
    case 'text':
      return textWeight + weightOf(token.tokens ?? [], most);
    default:
      return 1 + weightOf('tokens' in token ? (token.tokens ?? []) : [], most);
  }
}

/** Whether the token is drawn in one step. */
export function isLight(token: Token): boolean {
  return token.raw.length <= stepLength && weightOf([token], stepWeight) <= stepWeight;
}
