import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Headers } from './http.ts';
import { goneSignal } from './http.ts';
import type { Ending } from './types.ts';

/** Writes one answer to one client and obeys its pace. Every wait ends when the client goes. */
export interface Stream {
  readonly gone: AbortSignal;
  write(bytes: string | Uint8Array): Promise<void>;
  end(how: Ending): Promise<void>;
}

export function openStream(exchange: Exchange, headers: Headers): Stream {
  const { response } = exchange;
  const gone = goneSignal(exchange);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headers,
  });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  return {
    gone,
    async write(bytes) {
      gone.throwIfAborted();
      if (response.write(bytes)) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          response.off('drain', go);
          response.off('close', go);
          resolve();
        };
        response.on('drain', go);
        response.on('close', go);
      });
      gone.throwIfAborted();
    },
    async end(how) {
      switch (how) {
        case 'complete':
        case 'eof':
          response.end();
          return;
        case 'drop':
          response.socket?.end();
          return;
        case 'reset':
          await letReaderCatchUp(gone);
          response.socket?.resetAndDestroy();
          return;
        case 'stall':
      }
    },
  };
}

/** A reset throws away what the reader has not taken yet; what was sent shall arrive. */
const letReaderCatchUp = (gone: AbortSignal) => sleep(50, undefined, { signal: gone });

export function eventText(event: unknown): string {
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : '';
  const name = typeof type === 'string' && type ? `event: ${type}\n` : '';
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

/**
 * Waits so that calls come `perSecond` times a second on average; 0 = without waiting. Below the
 * resolution of timers several calls share one wait.
 */
export function createPacer(perSecond: number, gone: AbortSignal): () => Promise<void> {
  const startedAt = performance.now();
  let calls = 0;
  return async () => {
    calls += 1;
    if (perSecond <= 0) return;
    const waitMs = startedAt + (calls * 1000) / perSecond - performance.now();
    if (waitMs > 4) await sleep(waitMs, undefined, { signal: gone });
  };
}
