import * as z from 'zod/mini';
import { imageTypes } from '../../src/shared/images.ts';
import { mostFileBytes } from '../../src/shared/protocol/attachments.ts';
import { siblingScriptUrl } from '../base/siblingScriptUrl.ts';
import { startWorker } from '../base/worker.ts';
import type { ImageAnswer } from './imageMessages.ts';

/** An image within our limits takes a second or two on a slow machine; what takes longer may never end. */
const timeoutMs = 20_000;
/** Further images mostly come within this. */
const idleMs = 10_000;

const count = z.number().check(z.nonnegative());
const answer = z.union([
  z.object({
    image: z.object({
      imageType: z.enum(imageTypes),
      width: count,
      height: count,
      data: z.instanceof(Uint8Array),
      thumbnail: z.optional(z.string()),
    }),
  }),
  z.object({
    fault: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['notAnImage', 'svg', 'damaged', 'tooLarge']) }),
      z.object({ kind: z.literal('tooManyPixels'), width: count, height: count }),
    ]),
  }),
]);

let source: string | undefined;
let attempts = 0;
let worker: Worker | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Reads an image in a worker, one after the other: no image, whatever is in it, can make the panel
 * wait. Never rejects.
 */
export function readImage(file: Blob): Promise<ImageAnswer> {
  const mine = turn.then(() => read(file));
  turn = mine;
  return mine;
}

async function read(file: Blob): Promise<ImageAnswer> {
  if (file.size > mostFileBytes) return { fault: { kind: 'tooLarge' } };
  clearTimeout(idle);
  try {
    worker ??= startWorker(await scriptOfWorker());
  } catch (cause) {
    reportError(new Error('The script that reads images could not be loaded', { cause }));
    return { fault: { kind: 'unavailable' } };
  }
  const found = await ask(worker, file);
  if ('fault' in found && found.fault.kind === 'tooSlow') end();
  else idle = setTimeout(end, idleMs);
  return found;
}

function end(): void {
  worker?.terminate();
  worker = undefined;
}

/** The script is a function, which is not called here: its text is what runs. */
async function scriptOfWorker(): Promise<string> {
  attempts += 1;
  const loading = import(siblingScriptUrl('imageWorker.js', attempts));
  const { work }: { readonly work: () => void } = await loading;
  source ??= `(${String(work)})()`;
  return source;
}

function ask(of: Worker, file: Blob): Promise<ImageAnswer> {
  return new Promise((done) => {
    const over = new AbortController();
    const { signal } = over;
    const finish = (found: ImageAnswer) => {
      clearTimeout(timer);
      over.abort();
      done(found);
    };
    const timer = setTimeout(() => finish({ fault: { kind: 'tooSlow' } }), timeoutMs);
    of.addEventListener('message', ({ data }) => finish(readAnswer(data)), { signal });
    of.addEventListener('error', () => finish({ fault: { kind: 'damaged' } }), { signal });
    of.postMessage(file);
  });
}

function readAnswer(data: unknown): ImageAnswer {
  const parsed = answer.safeParse(data);
  if (!parsed.success) return { fault: { kind: 'damaged' } };
  if ('fault' in parsed.data) return parsed.data;
  const { thumbnail, ...image } = parsed.data.image;
  return { image: thumbnail === undefined ? image : { ...image, thumbnail } };
}
