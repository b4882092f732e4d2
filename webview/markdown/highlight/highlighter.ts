import type { StartWorker } from '../../base/worker.ts';
import type { ColoredCode } from './highlight.ts';

/** Colors code in a worker: no code, and no grammar, can make the page wait. */
export interface Highlighter {
  /** One at a time. Undefined without such a grammar, after a timeout, and after an error. */
  color(code: string, grammar: string): Promise<ColoredCode | undefined>;
}

/** Code within our limits takes some milliseconds; what takes longer may never end. */
const timeoutMs = 3_000;
/** After so many timeouts and errors, code on this page stays plain. */
const mostFailures = 10;
/** The next block of an answer mostly comes within this. */
const idleMs = 10_000;

/** @param source - script of the worker */
export function createHighlighter(source: string, startWorker: StartWorker): Highlighter {
  let worker: Worker | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function end(): void {
    worker?.terminate();
    worker = undefined;
  }

  return {
    async color(code, grammar) {
      if (failures >= mostFailures) return undefined;
      clearTimeout(idle);
      const current = (worker ??= startWorker(source));
      const answer = await ask(current, { code, grammar });
      if (answer === 'failed') {
        failures += 1;
        end();
        return undefined;
      }
      idle = setTimeout(end, idleMs);
      return answer;
    },
  };
}

function ask(
  worker: Worker,
  question: { readonly code: string; readonly grammar: string },
): Promise<ColoredCode | undefined | 'failed'> {
  return new Promise((done) => {
    const over = new AbortController();
    const { signal } = over;
    const finish = (answer: ColoredCode | undefined | 'failed') => {
      clearTimeout(timer);
      over.abort();
      done(answer);
    };
    const timer = setTimeout(() => finish('failed'), timeoutMs);
    worker.addEventListener('message', ({ data }) => finish(readColors(data)), { signal });
    worker.addEventListener('error', () => finish('failed'), { signal });
    worker.postMessage(question);
  });
}

function readColors(data: unknown): ColoredCode | undefined {
  if (typeof data !== 'object' || data === null || !('colours' in data && 'lengths' in data))
    return undefined;
  const { colours, lengths } = data;
  return Array.isArray(colours) && Array.isArray(lengths) ? { colours, lengths } : undefined;
}
