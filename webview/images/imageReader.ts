import { mostFileBytes } from '../../src/shared/attachmentLimits.ts';
import type { StartWorker } from '../base/worker.ts';
import type { ImageAnswer } from './imageMessages.ts';

/** An image within our limits takes a second or two on a slow machine; what takes longer may never end. */
const timeoutMs = 20_000;
/** Further images mostly come within this. */
const idleMs = 10_000;

/** What only the first script of the panel has. */
export interface ImageReaderDeps {
  /** Address of the script of the worker; `attempt` counts from 1. */
  readonly workerUrl: (attempt: number) => string;
  readonly startWorker: StartWorker;
  readonly parse: (answer: unknown) => ImageAnswer;
}

let source: string | undefined;
let attempts = 0;
let worker: Worker | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Reads an image in a worker, one after the other: no image, whatever is in it, can make the panel
 * wait. Never rejects.
 */
export function readImage(file: Blob, deps: ImageReaderDeps): Promise<ImageAnswer> {
  const mine = turn.then(() => read(file, deps));
  turn = mine;
  return mine;
}

async function read(file: Blob, deps: ImageReaderDeps): Promise<ImageAnswer> {
  if (file.size > mostFileBytes) return { fault: { kind: 'tooLarge' } };
  clearTimeout(idle);
  try {
    worker ??= deps.startWorker(await scriptOfWorker(deps));
  } catch (cause) {
    reportError(new Error('The script that reads images could not be loaded', { cause }));
    return { fault: { kind: 'unavailable' } };
  }
  const found = await ask(worker, file, deps);
  if ('fault' in found && found.fault.kind === 'tooSlow') end();
  else idle = setTimeout(end, idleMs);
  return found;
}

function end(): void {
  worker?.terminate();
  worker = undefined;
}

/** The script is a function, which is not called here: its text is what runs. */
async function scriptOfWorker({ workerUrl }: ImageReaderDeps): Promise<string> {
  attempts += 1;
  const loading = import(workerUrl(attempts));
  const { work }: { readonly work: () => void } = await loading;
  source ??= `(${String(work)})()`;
  return source;
}

function ask(of: Worker, file: Blob, { parse }: ImageReaderDeps): Promise<ImageAnswer> {
  return new Promise((done) => {
    const over = new AbortController();
    const { signal } = over;
    const finish = (found: ImageAnswer) => {
      clearTimeout(timer);
      over.abort();
      done(found);
    };
    const timer = setTimeout(() => finish({ fault: { kind: 'tooSlow' } }), timeoutMs);
    of.addEventListener('message', ({ data }) => finish(parse(data)), { signal });
    of.addEventListener('error', () => finish({ fault: { kind: 'damaged' } }), { signal });
    of.postMessage(file);
  });
}
