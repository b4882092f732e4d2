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
export interface LineSplitter {
  push(bytes: Uint8Array): RawLine[];
  /** What stands after the last line feed; undefined when nothing does. */
  end(): RawLine | undefined;
}

export function createLineSplitter(longest = longestRolloutLine): LineSplitter {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let at = 0;

  function add(piece: Uint8Array): void {
    length += piece.length;
    if (length > longest) pieces = [];
    else if (piece.length > 0) pieces.push(piece.slice());
  }

  /** @param feed - bytes of the line feed after it. */
  function take(feed: 0 | 1): RawLine {
    const line = { text: length > longest ? undefined : decoded(pieces, length), at };
    at += length + feed;
    pieces = [];
    length = 0;
    return line;
  }

  return {
    push(bytes) {
      const lines: RawLine[] = [];
      let from = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
        add(bytes.subarray(from, end));
        lines.push(take(1));
        from = end + 1;
      }
      add(bytes.subarray(from));
      return lines;
    },
    end: () => (length === 0 ? undefined : take(0)),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decoded(pieces: readonly Uint8Array[], length: number): string | undefined {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  try {
    return decoder.decode(whole);
  } catch {
    return undefined;
  }
}
