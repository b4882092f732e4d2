import { truncate } from '../../../base/truncate.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';

export interface CutText {
  readonly text: string;
  /** Length of the whole, in characters; absent when nothing was left out. */
  readonly cutFrom?: number;
}

/** The first or the last `most` characters, with a mark that says to the model what is left out. */
export function cutText(text: string, most: number, part: 'first' | 'last' = 'first'): CutText {
  if (text.length <= most) return { text };
  const kept = part === 'first' ? truncate(text, most) : lastOf(text, most);
  const mark = `[cut: the ${part} ${kept.length} of ${text.length} characters]`;
  const marked = part === 'first' ? `${kept}\n${mark}` : `${mark}\n${kept}`;
  return omitUndefined({ text: marked, cutFrom: text.length });
}

/** One less where a surrogate pair would be split. */
function lastOf(text: string, most: number): string {
  const first = text.charCodeAt(text.length - most);
  return text.slice(text.length - most + (first >= 0xdc00 && first <= 0xdfff ? 1 : 0));
}
