import type { Tokens } from 'marked';

/** A formula in the text. */
export interface MathToken extends Tokens.Generic {
  readonly type: 'math';
  readonly raw: string;
  /** TeX between the marks; undefined while the closing mark is missing. */
  readonly tex: string | undefined;
  /** Stands on lines of its own. */
  readonly display: boolean;
}

/** UTF-16 units of one formula, which is typeset in one go; what is longer is shown as written. */
const maxTex = 1_500;
const maxDollarTex = 1_000;

/**
 * The formula that `source` begins with: `$…$`, `$$…$$`, `\(…\)` or `\[…\]`. `before` is the
 * character in front of it. Prices and shell variables are text: as in pandoc, the opening `$` has
 * no space after it, and the closing one no space before it and no digit after it.
 */
export function inlineMath(source: string, before = ''): MathToken | undefined {
  switch (source.slice(0, 2)) {
    case '$$':
      return between(source, '$$', '$$', looksLikeTex);
    case '\\(':
      return between(source, '\\(', '\\)', looksLikeTex);
    case '\\[':
      return between(source, '\\[', '\\]', (tex, after) => {
        const alone = /^\n?$/.test(before) && /^[ \t]*(?:\n|$)/.test(after);
        return alone ? looksLikeTex(tex) : /[\\^_{}=+<>]/.test(tex);
      });
    default:
      return source.startsWith('$') ? betweenDollars(source, before) : undefined;
  }
}

/**
 * The display formula that fills the lines that `source` begins with, so that none of its lines
 * is read as a list or a heading.
 */
export function blockMath(source: string): MathToken | undefined {
  const mark = /^ {0,3}(\$\$|\\\[)/.exec(source)?.[1];
  if (mark === undefined) return undefined;
  const start = source.indexOf(mark);
  const formula = between(
    source.slice(start),
    mark,
    mark === '$$' ? '$$' : '\\]',
    (tex, after) => looksLikeTex(tex) && /^[ \t]*(?:\n|$)/.test(after),
  );
  if (!formula) return undefined;
  const length = start + formula.raw.length;
  const [rest = ''] = /^[ \t]*\n?/.exec(source.slice(length, length + maxTex)) ?? [];
  return { ...formula, raw: source.slice(0, length) + rest };
}

/** Where in `source` a line begins that may begin a display formula; -1 when the paragraph has none. */
export function blockMathStart(source: string): number {
  const end = source.indexOf('\n\n');
  const match = /\n {0,3}(?:\$\$|\\\[)/.exec(end < 0 ? source : source.slice(0, end));
  return match ? match.index + 1 : -1;
}

/** Where in `source` the next formula may begin, or -1. */
export function inlineMathStart(source: string): number {
  const found = ['$', '\\(', '\\['].map((mark) => source.indexOf(mark)).filter((at) => at >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}

/**
 * `masked`, which is `source` or as long, with the formulas of `source` made letters, so that no
 * star or underscore in them is a mark.
 */
export function maskMath(source: string, masked: string): string {
  let result = '';
  let at = 0;
  for (let next = nextMark(source, 0); next >= 0; next = nextMark(source, at)) {
    const formula = inlineMath(source.slice(next), source.charAt(next - 1));
    const length = formula?.raw.length ?? (source.charAt(next) === '\\' ? 2 : 1);
    result += masked.slice(at, next);
    result += formula ? 'a'.repeat(length) : masked.slice(next, next + length);
    at = next + length;
  }
  return result + masked.slice(at);
}

function nextMark(source: string, from: number): number {
  const dollar = source.indexOf('$', from);
  const backslash = source.indexOf('\\', from);
  if (dollar < 0 || backslash < 0) return Math.max(dollar, backslash);
  return Math.min(dollar, backslash);
}

function between(
  source: string,
  open: string,
  close: string,
  isMath: (tex: string, after: string) => boolean,
): MathToken | undefined {
  const window = source.slice(open.length, open.length + maxTex + close.length);
  if (open.length + window.length < source.length && !window.includes(close)) return undefined;
  const paragraph = window.slice(0, /\n[ \t]*\n/.exec(window)?.index ?? window.length);
  const end = paragraph.indexOf(close);
  if (end < 0) return unfinished(open, paragraph, source);
  const tex = paragraph.slice(0, end);
  const length = open.length + end + close.length;
  if (tex.trim() === '' || !isMath(tex, source.slice(length, length + 100))) return undefined;
  return { type: 'math', raw: source.slice(0, length), tex, display: open !== '\\(' };
}

/** The rest of a paragraph behind an opening mark that may still be closed stays as it is. */
function unfinished(open: string, rest: string, source: string): MathToken | undefined {
  const isWhole = open.length + rest.length === source.length;
  if (!isWhole || !/\\[A-Za-z]|[\^_=]/.test(rest)) return undefined;
  return { type: 'math', raw: source, tex: undefined, display: open !== '\\(' };
}

function betweenDollars(source: string, before: string): MathToken | undefined {
  if (/[\w\\$]/.test(before) || /^\$[\s$]/.test(source)) return undefined;
  const window = source.slice(1, maxDollarTex + 2);
  const inner = /^(?:[^$\\`\n]|\\[^\n]|\n(?![ \t]*\n))*/.exec(window)?.[0] ?? '';
  if (window.charAt(inner.length) !== '$') return openDollar(source, inner);
  const after = window.charAt(inner.length + 1);
  if (inner === '' || /\s$/.test(inner) || /[\p{L}\p{N}_$({]/u.test(after)) return undefined;
  if (/^[\d.,]+\s/.test(inner) && !/[\\^_={}+<>]/.test(inner)) return undefined;
  return { type: 'math', raw: source.slice(0, inner.length + 2), tex: inner, display: false };
}

/** A formula that has only begun: its commands are no escapes. */
function openDollar(source: string, inner: string): MathToken | undefined {
  if (inner.length + 1 !== source.length || !/\\[A-Za-z]|\^/.test(inner)) return undefined;
  return { type: 'math', raw: source, tex: undefined, display: false };
}

/** Words without any sign of TeX are not a formula: `\[optional\]`, `\(see below\)`. */
function looksLikeTex(text: string): boolean {
  return /[\\^_{}=+<>|\d]/.test(text) || !/\p{L}{3}/u.test(text);
}
