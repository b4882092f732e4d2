import * as z from 'zod/mini';
import { type FromWebview, type ToWebview, toWebview } from '../../src/shared/protocol/messages.ts';
import { createSequence } from '../panel/sequence.ts';

declare function acquireVsCodeApi(): {
  readonly postMessage: (message: unknown) => void;
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
};

// Compiling parsers needs `new Function`, which the view's content security policy refuses.
z.config({ jitless: true });

export interface Host {
  readonly send: (message: FromWebview) => void;
  /** Hears well-formed messages in their order. A lost one leads to a fresh snapshot. */
  readonly onMessage: (listen: (message: ToWebview) => void) => void;
  readonly store: {
    readonly read: () => unknown;
    readonly write: (state: unknown) => void;
  };
}

export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const send = (message: FromWebview) => api.postMessage(message);
  return {
    send,
    onMessage(listen) {
      const sequence = createSequence();
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const parsed = toWebview.safeParse(event.data);
        if (!parsed.success) {
          reportStranger(event.data, send);
          return;
        }
        const verdict = sequence.judge(parsed.data);
        if (verdict === 'ask') send({ type: 'ready' });
        if (verdict === 'take') listen(parsed.data);
      });
    },
    store: { read: () => api.getState(), write: (state) => api.setState(state) },
  };
}

const unknownMessage = z.object({ type: z.string().check(z.maxLength(60)) });

/** A message of our own kind that does not parse is a fault of ours; any other is not for us. */
function reportStranger(data: unknown, send: Host['send']): void {
  const named = unknownMessage.safeParse(data);
  if (!named.success) return;
  send({ type: 'view/error', message: `A message could not be read: ${named.data.type}` });
}
