import {
  endOfPlainRun,
  initial,
  isDebris,
  isGlue,
  isSpace,
  plain,
  sign,
  sortOf,
} from './charClasses.ts';
import {
  backtick,
  greaterThan,
  isLatinLetter,
  lessThan,
  newline,
  pipe,
  plus,
  venus,
} from './codeUnits.ts';
import { createMarkdown, type Markdown } from './markdown.ts';

/** Goes through a text code unit by code unit, and knows where a leak may begin. */
export interface LeakStart {
  /** The next index, from `from` on, of which anything depends; the length of the text if none. */
  skipPlain(text: string, from: number): number;
  /** Whether a leak may begin with this code unit, by what stands before it. */
  isPossible(code: number): boolean;
  take(code: number): void;
  readonly markdown: Pick<Markdown, 'span' | 'isOldSpan'>;
}

/** Begins `to=`. */
const letterT = 't'.charCodeAt(0);

export function createLeakStart(): LeakStart {
  const markdown = createMarkdown();
  let previous = newline;
  let beforePrevious = newline;

  function pass(text: string, from: number, to: number): number {
    if (to > from) {
      beforePrevious = to - 2 >= from ? text.charCodeAt(to - 2) : previous;
      previous = text.charCodeAt(to - 1);
    }
    return to;
  }

  /** Role words are common words: they are held at the begin of a line or sentence alone. */
  function isRolePossible(): boolean {
    if (markdown.isLineStart() || isDebris(previous)) return true;
    // A role behind a token belongs to the token.
    if (isGlue(previous)) return beforePrevious !== pipe || previous !== greaterThan;
    return isSpace(previous) && isGlue(beforePrevious);
  }

  return {
    markdown,
    /** Most of a text is letters behind letters: nothing in them begins or ends anything. */
    skipPlain(text, from) {
      if (markdown.isInFencedLine()) return pass(text, from, indexOr(text, '\n', from));
      if (!markdown.isCalm()) return from;
      // The letter before the first one has come with an earlier text.
      const isInside = isLatinLetter(previous) && sortOf(text.charCodeAt(from)) === initial;
      return pass(text, from, endOfPlainRun(text, isInside ? from + 1 : from));
    },
    isPossible(code) {
      const sort = sortOf(code);
      if (sort === plain || markdown.isQuoted() || previous === backtick) return false;
      if (sort === sign) return code === plus || code === lessThan || code === venus;
      if (code !== letterT) return isRolePossible();
      return isSpace(previous) || isGlue(previous) || isDebris(previous);
    },
    take(code) {
      markdown.take(code, previous);
      beforePrevious = previous;
      previous = code;
    },
  };
}

function indexOr(text: string, what: string, from: number): number {
  const index = text.indexOf(what, from);
  return index < 0 ? text.length : index;
}
