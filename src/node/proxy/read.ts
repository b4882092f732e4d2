import type { Socket } from 'node:net';

/**
 * The first bytes of a socket, as many as `measure` says; the rest stays in the socket for who
 * comes next. `measure` sees all that came so far, and gives undefined while it is too little.
 */
export function readWhole(
  socket: Socket,
  measure: (bytes: Buffer) => number | undefined,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (finish: () => void) => {
      socket.off('data', onData).off('error', onFail).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      finish();
    };
    const onFail = (error: unknown) => settle(() => reject(asError(error)));
    const onClose = () => onFail(new Error('The proxy closed the connection.'));
    const onAbort = () => onFail(signal.reason);
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      let length: number | undefined;
      try {
        length = measure(bytes);
      } catch (error) {
        return onFail(error);
      }
      if (length === undefined || bytes.length < length) return;
      const [taken, rest] = [bytes.subarray(0, length), bytes.subarray(length)];
      settle(() => {
        if (rest.length > 0) socket.unshift(rest);
        resolve(taken);
      });
    };
    socket.on('data', onData).on('error', onFail).on('close', onClose);
    // Paused by an earlier read, it would not start by itself.
    socket.resume();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The connection was given up.');
}
