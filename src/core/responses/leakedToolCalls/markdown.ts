import { closingQuote, isSpace } from './charClasses.ts';
import {
  asterisk,
  backslash,
  backtick,
  closeParenthesis,
  colon,
  dollar,
  exclamationMark,
  greaterThan,
  hyphen,
  isDigit,
  isLatinLetter,
  lessThan,
  newline,
  period,
  pipe,
  plus,
  slash,
  tab,
  tilde,
} from './codeUnits.ts';

/**
 * Knows, character by character, whether the text stands in something quoted: a fence, indented
 * code, a block quote, a table row, a comment, a preformatted block, quotation marks; and whether
 * in inline code. CommonMark's rules, except that fences may be indented and follow a list sign at
 * any depth, and that quotation marks count within their line.
 */
export interface Markdown {
  /** `previous` is the code unit before, a newline at the begin. */
  take(code: number, previous: number): void;
  /** True where no marker can be a leak. */
  isQuoted(): boolean;
  /** Length of the run of backticks that opened the inline code here; 0 outside. */
  span(): number;
  /** True when that run stands in an earlier line. */
  isOldSpan(): boolean;
  /** True while no content has come in this line. */
  isLineStart(): boolean;
  /** True when plain letters change nothing until another sign comes. */
  isCalm(): boolean;
  /** True inside a fence, where only the begin of a line means something. */
  isInFencedLine(): boolean;
}

const preformatted = /^(?:pre|code|samp|textarea|xmp|script|style|template)$/;

export function createMarkdown(): Markdown {
  const ticks = createTicks();
  const tags = createTags();
  let indent = 0;
  /** Signs of content in this line, counted to two; the first of them. */
  let content = 0;
  let first = 0;
  let isQuotedLine = false;
  let isIndentedCode = false;
  let quote = 0;
  /** Last sign of the line before; a newline when that one was blank. */
  let before = newline;

  function endLine(previous: number): void {
    ticks.endLine(content > 0);
    tags.endLine();
    before = content > 0 ? previous : newline;
    indent = 0;
    content = 0;
    isQuotedLine = false;
    quote = 0;
  }

  function isCodeIndent(): boolean {
    return indent >= 4 && (isIndentedCode || before === newline || before === colon);
  }

  function beginContent(code: number): void {
    first = code;
    // Four columns are code after a blank line, after more of it, or after a line with a colon.
    isIndentedCode = isCodeIndent();
    isQuotedLine = isIndentedCode || code === greaterThan || code === pipe || code === dollar;
  }

  function takeContent(code: number, previous: number): void {
    content = Math.min(content + 1, 2);
    if (content === 1) beginContent(code);
    else if (previous === first && isComment(first, code)) isQuotedLine = true;
    tags.take(code, content === 1);
    takeQuote(code, previous);
  }

  function takeQuote(code: number, previous: number): void {
    if (quote !== 0) {
      if (code === quote && previous !== backslash) quote = 0;
      return;
    }
    const closing = closingQuote(code);
    if (closing !== 0 && (closing > 127 || mayOpen(previous))) quote = closing;
  }

  return {
    take(code, previous) {
      if (code === newline) return endLine(previous);
      ticks.take(code, previous);
      if (ticks.fence() !== 0) content = 2;
      else if (content > 0 || !isSpace(code)) takeContent(code, previous);
      else indent += code === tab ? 4 : 1;
    },
    isQuoted() {
      if (ticks.fence() !== 0 || tags.isInBlock() || quote !== 0) return true;
      return content > 0 ? isQuotedLine : isCodeIndent();
    },
    span: ticks.span,
    isOldSpan: ticks.isOldSpan,
    isLineStart: () => content === 0,
    isCalm: () => content === 2 && ticks.isCalm() && tags.isCalm(),
    isInFencedLine: ticks.isInFencedLine,
  };
}

function isComment(first: number, second: number): boolean {
  // `//`, `/*` and `<!`.
  return (
    (first === slash && (second === slash || second === asterisk)) ||
    (first === lessThan && second === exclamationMark)
  );
}

/** A straight quotation mark opens after a space or a bracket; after a letter it closes (5", don't). */
function mayOpen(previous: number): boolean {
  return isSpace(previous) || '([{<=:,;>-'.includes(String.fromCharCode(previous));
}

/** Fences and inline code. */
function createTicks() {
  let fence = 0;
  let fenceLength = 0;
  /** Where in its line a fenced text stands: in the line that opens it, at the begin, behind. */
  let fenced: 'info' | 'begin' | 'body' = 'body';
  let span = 0;
  let isOldSpan = false;
  let run = 0;
  let runSign = 0;
  /** Nothing but spaces and the sign of a list item has come in this line. */
  let isLead = true;
  let isLeadRun = false;

  function takeFenced(code: number): void {
    if (fenced === 'begin') {
      if (code === fence) run++;
      else if (!isSpace(code)) fenced = 'body';
    } else if (fenced === 'info' && code === backtick && fence === backtick) {
      // A second run in the same line: it was inline code, not a fence.
      span = fenceLength;
      isOldSpan = false;
      fence = 0;
      startRun(code);
    }
  }

  function startRun(code: number): void {
    isLeadRun = isLead;
    run = 1;
    runSign = code;
    isLead = false;
  }

  function endRun(isLineEnd: boolean): void {
    if (isLeadRun && run >= 3) {
      fence = runSign;
      fenceLength = run;
      fenced = isLineEnd ? 'begin' : 'info';
    } else if (runSign === backtick) {
      if (span === 0) {
        span = run;
        isOldSpan = false;
      } else if (span === run) span = 0;
    }
    run = 0;
  }

  return {
    take(code: number, previous: number) {
      if (fence !== 0) return takeFenced(code);
      if (run > 0) {
        if (code === runSign) return void run++;
        endRun(false);
        if (fence !== 0) return;
      }
      // An escaped backtick opens nothing.
      if (code === backtick && (span > 0 || previous !== backslash)) startRun(code);
      else if (code === tilde && isLead) startRun(code);
      else if (isLead && !isListSign(code)) isLead = false;
    },
    endLine(hadContent: boolean) {
      if (fence !== 0) {
        if (fenced === 'begin' && run >= fenceLength) fence = 0;
      } else {
        if (run > 0) endRun(true);
        if (!hadContent) span = 0;
        isOldSpan = span > 0;
      }
      fenced = 'begin';
      run = 0;
      isLead = true;
    },
    fence: () => fence,
    span: () => span,
    isOldSpan: () => isOldSpan,
    isCalm: () => run === 0 && !isLead && fence === 0,
    isInFencedLine: () => fence !== 0 && fenced === 'body',
  };
}

function isListSign(code: number): boolean {
  return (
    isSpace(code) ||
    code === hyphen ||
    code === asterisk ||
    code === plus ||
    code === period ||
    code === closeParenthesis ||
    isDigit(code)
  );
}

/** Blocks of HTML whose text is shown as it is, when their tag begins a line. */
function createTags() {
  let name: string | undefined;
  let isFirst = false;
  let block = '';

  function end(tag: string): void {
    name = undefined;
    if (block !== '') {
      if (tag === `/${block}`) block = '';
    } else if (isFirst && preformatted.test(tag)) block = tag;
  }

  return {
    take(code: number, beginsLine: boolean) {
      if (code === lessThan) {
        name = '';
        isFirst = beginsLine;
      } else if (name !== undefined) {
        if (!isLatinLetter(code) && (code !== slash || name !== '')) end(name);
        else if (name.length > 10) name = undefined;
        else name += String.fromCharCode(code);
      }
    },
    endLine() {
      if (name !== undefined) end(name);
    },
    isInBlock: () => block !== '',
    isCalm: () => name === undefined,
  };
}
