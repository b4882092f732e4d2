import { encodeImage } from './encodeImage.ts';

/** Runs in a worker of its own, which is ended when it takes too long. */
globalThis.addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  encodeImage(data).then(
    (answer) => globalThis.postMessage(answer),
    () => globalThis.postMessage({ fault: { kind: 'damaged' } }),
  );
});
