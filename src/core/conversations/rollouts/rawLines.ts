import { createLineSplitter } from '../lines.ts';

/** Longer lines are skipped, bytes: a line holds at most some images of a message or an output. */
export const longestRolloutLine = 32 * 1_048_576;

/** A line without its line feed. */
export interface RawLine {
  /** Undefined for a line that is too long or no UTF-8. */
  readonly text: string | undefined;
  /** Where it begins in the file, bytes. */
  readonly at: number;
}

/** Cuts a file into lines, in pieces of any length; keeps no more than one line in memory. */
export interface RawLines {
  push(bytes: Uint8Array): RawLine[];
  /** What stands after the last line feed; undefined when nothing does. */
  end(): RawLine | undefined;
}

const lineFeed = new Uint8Array([0x0a]);

export function createRawLines(longest = longestRolloutLine): RawLines {
  const splitter = createLineSplitter(longest);
  let at = 0;

  function push(bytes: Uint8Array): RawLine[] {
    const lines: RawLine[] = [];
    splitter.push(bytes, (line, length) => {
      lines.push({ text: line && decoded(line), at });
      at += length;
    });
    return lines;
  }

  return { push, end: () => (splitter.rest() === 0 ? undefined : push(lineFeed)[0]) };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
