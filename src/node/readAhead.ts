import { finished, type Readable } from 'node:stream';

/** So much waits at most for a slow reader, bytes; the rest waits in the connection. */
const mostWaiting = 1_048_576;

/**
 * The chunks of a body, taken from it when they come. A stream that breaks throws away what nobody
 * has read yet; here a reader that is busy at that moment still gets all that came before the fault,
 * and then the fault. A return of the reader leaves the body as it is.
 *
 * @param onChunk - called when a chunk has come
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
  // A fault after the last chunk that anybody wants is no matter.
  body.on('error', () => {});
  body.on('readable', onReadable);

  return {
    /** The next chunk that has come. */
    shift(): Uint8Array | undefined {
      if (chunks.length === 0 && !end) fill();
      const chunk = chunks.shift();
      waiting -= chunk?.byteLength ?? 0;
      return chunk;
    },
    /** Throws what the body broke with. */
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
