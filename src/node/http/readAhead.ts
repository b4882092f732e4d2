import { finished, type Readable } from 'node:stream';

/** Bytes that are buffered for a slow reader. The rest stays in the connection (backpressure). */
const mostWaiting = 1_048_576;

/**
 * Yields the chunks of a body and buffers them as soon as they arrive. A Node.js stream that fails
 * discards what has not been read; here, a reader that is busy at that moment still receives all
 * chunks that arrived before the error, and then the error. If the reader returns early, the body is
 * left as it is.
 *
 * @param onChunk - called when a chunk arrives
 */
export async function* readAhead(body: Readable, onChunk: () => void): AsyncGenerator<Uint8Array> {
  const queue = createQueue(body, onChunk);
  try {
    for (;;) {
      const chunk = queue.shift();
      if (chunk) yield chunk;
      else if (queue.isOver()) return;
      else await queue.change();
    }
  } finally {
    queue.stop();
  }
}

function createQueue(body: Readable, onChunk: () => void) {
  const chunks: Uint8Array[] = [];
  let waiting = 0;
  let end: { error: unknown } | undefined;
  let wake = () => {};

  function fill(): void {
    while (waiting < mostWaiting) {
      const chunk: unknown = body.read();
      if (chunk === null) return;
      onChunk();
      if (!(chunk instanceof Uint8Array)) continue;
      chunks.push(chunk);
      waiting += chunk.byteLength;
    }
  }
  const onReadable = () => {
    fill();
    wake();
  };
  const stopWatching = finished(body, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  // An error after the reader has returned is ignored.
  body.on('error', () => {});
  body.on('readable', onReadable);

  return {
    /** Removes and returns the next chunk that has arrived. */
    shift(): Uint8Array | undefined {
      if (chunks.length === 0 && !end) fill();
      const chunk = chunks.shift();
      waiting -= chunk?.byteLength ?? 0;
      return chunk;
    },
    /** Throws the error of the body. */
    isOver(): boolean {
      if (end?.error) throw end.error;
      return end !== undefined;
    },
    change: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    stop() {
      body.off('readable', onReadable);
      stopWatching();
    },
  };
}
