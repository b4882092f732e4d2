import { highlight } from './highlight.ts';

/** Runs in a worker of its own, which is ended when it takes too long. */
globalThis.addEventListener(
  'message',
  ({ data }: MessageEvent<{ code: string; grammar: string }>) => {
    const found = highlight(data.code, data.grammar);
    globalThis.postMessage(found && { colours: found.colours, lengths: found.lengths });
  },
);
