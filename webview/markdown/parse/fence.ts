/** A code fence whose opening line is complete. */
export interface Fence {
  /** What stands behind the opening mark, such as `ts src/a.ts`. */
  readonly info: string;
  /** Spaces before the mark, 0 to 3; each line of code loses as many. */
  readonly indent: number;
  readonly closing: RegExp;
}

const opening = /^( {0,3})(?:(`{3,})([^`\n]*)|(~{3,})([^\n]*))\n/;

/** The fence that `text` starts with, and what follows its opening line. */
export function openFence(text: string): { fence: Fence; rest: string } | undefined {
  const match = opening.exec(text);
  if (!match) return undefined;
  const mark = match[2] ?? match[4] ?? '';
  if (mark.length > mostMarks) return undefined;
  const fence = {
    info: (match[3] ?? match[5] ?? '').trim(),
    indent: match[1]?.length ?? 0,
    closing: new RegExp(
      `^ {0,3}${mark.charAt(0)}{${mark.length},${mostMarks}} {0,${mostMarks}}$`,
      'm',
    ),
  };
  return { fence, rest: text.slice(match[0].length) };
}

/** Longer rows of marks or spaces close nothing, so that no text is held back for long. */
const mostMarks = 1_000;

function mayClose(line: string): boolean {
  return line.length <= 2 * mostMarks + 3 && /^ {0,3}[`~]* *$/.test(line);
}

export interface TakenCode {
  /** Code to add, its line ends included. */
  readonly code: string;
  /** What is not code, or not yet decided. */
  readonly rest: string;
  readonly closed: boolean;
  /** Whether the code taken so far ends inside a line. */
  readonly midLine: boolean;
}

/**
 * Takes from `text`, which stands inside the fence, all that is surely code. A last line without
 * its end stays in `rest` if it may become the closing line. With `whole`, nothing more follows;
 * `midLine` is what the taking before has said.
 */
export function takeCode(fence: Fence, text: string, whole: boolean, midLine = false): TakenCode {
  const lineStart = midLine ? text.indexOf('\n') + 1 || text.length : 0;
  const closing = findClosing(fence, text, lineStart);
  if (closing && (whole || closing.end < text.length)) {
    const code = dedent(fence, text.slice(0, closing.start), midLine);
    return { code, rest: text.slice(closing.end), closed: true, midLine: false };
  }
  const cut = whole ? text.length : surelyCode(fence, text, lineStart);
  const code = dedent(fence, text.slice(0, cut), midLine);
  const inLine = code === '' ? midLine : !code.endsWith('\n');
  return { code, rest: text.slice(cut), closed: false, midLine: inLine };
}

function findClosing(
  fence: Fence,
  text: string,
  from: number,
): { start: number; end: number } | undefined {
  const match = fence.closing.exec(text.slice(from));
  if (!match) return undefined;
  const start = from + match.index;
  return { start, end: start + match[0].length };
}

/** How much of `text` no closing line can begin in. */
function surelyCode(fence: Fence, text: string, firstLine: number): number {
  const lastLine = Math.max(text.lastIndexOf('\n') + 1, firstLine);
  const undecided =
    fence.indent > 0 ? text.length - lastLine < 2 * mostMarks : mayClose(text.slice(lastLine));
  return undecided ? lastLine : text.length;
}

/** The code of a fenced block given whole, closed or not. */
export function readFence(
  raw: string,
): { info: string; code: string; closed: boolean } | undefined {
  const opened = openFence(raw.includes('\n') ? raw : `${raw}\n`);
  if (!opened) return undefined;
  const { code, closed } = takeCode(opened.fence, opened.rest, true);
  return { info: opened.fence.info, code, closed };
}

function dedent(fence: Fence, code: string, midLine: boolean): string {
  if (fence.indent === 0) return code;
  if (midLine) {
    const line = code.indexOf('\n') + 1 || code.length;
    return code.slice(0, line) + dedent(fence, code.slice(line), false);
  }
  return code.replace(new RegExp(`^[ \\t]{1,${fence.indent}}`, 'gm'), '');
}
