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
  const fence = {
    info: (match[3] ?? match[5] ?? '').trim(),
    indent: match[1]?.length ?? 0,
    closing: new RegExp(`^ {0,3}${mark.charAt(0)}{${mark.length},} *$`, 'm'),
  };
  return { fence, rest: text.slice(match[0].length) };
}

export interface TakenCode {
  /** Code to add, its line ends included. */
  readonly code: string;
  /** What is not code, or not yet decided. */
  readonly rest: string;
  readonly closed: boolean;
}

/**
 * Takes from `text`, which stands inside the fence, all that is surely code. A last line without
 * its end stays in `rest` if it may become the closing line. With `whole`, nothing more follows.
 */
export function takeCode(fence: Fence, text: string, whole: boolean): TakenCode {
  const match = fence.closing.exec(text);
  const end = match ? match.index + match[0].length : -1;
  if (match && (whole || end < text.length)) {
    return { code: dedent(fence, text.slice(0, match.index)), rest: text.slice(end), closed: true };
  }
  const lineStart = text.lastIndexOf('\n') + 1;
  const open = fence.indent > 0 || /^ {0,3}[`~]* *$/.test(text.slice(lineStart));
  const cut = whole || !open ? text.length : lineStart;
  return { code: dedent(fence, text.slice(0, cut)), rest: text.slice(cut), closed: false };
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

function dedent(fence: Fence, code: string): string {
  if (fence.indent === 0) return code;
  return code.replace(new RegExp(`^[ \\t]{1,${fence.indent}}`, 'gm'), '');
}
