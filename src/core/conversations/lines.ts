/** Divides bytes that come in pieces into lines. Of a line that is too long, only the length is kept. */
export interface LineSplitter {
  /**
   * Calls `onLine` for each line that ends in these bytes, without its line feed: `line` is
   * undefined when it is too long, and valid only during the call; `length` counts the line feed.
   */
  push(bytes: Uint8Array, onLine: (line: Uint8Array | undefined, length: number) => void): void;
  /** Length of the line that has not ended, bytes. */
  rest(): number;
  /** Forgets the line that has not ended. */
  forgetRest(): void;
}

export function createLineSplitter(longestLine: number): LineSplitter {
  let pieces: Uint8Array[] = [];
  let length = 0;

  function add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    length += piece.length;
    if (length > longestLine) pieces = [];
    // Not `slice`, which does not copy a `Buffer`.
    else pieces.push(new Uint8Array(piece));
  }

  function forgetRest(): void {
    pieces = [];
    length = 0;
  }

  function take(last: Uint8Array): Uint8Array | undefined {
    if (length === 0) return last.length > longestLine ? undefined : last;
    add(last);
    return length > longestLine ? undefined : joinBytes(pieces, length);
  }

  return {
    push(bytes, onLine) {
      let from = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
        const lineLength = length + end - from + 1;
        const line = take(bytes.subarray(from, end));
        forgetRest();
        onLine(line, lineLength);
        from = end + 1;
      }
      add(bytes.subarray(from));
    },
    rest: () => length,
    forgetRest,
  };
}

/** All parts in one, of this length in all. */
export function joinBytes(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
