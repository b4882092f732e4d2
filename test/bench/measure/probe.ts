import type { BrowserContext, Frame } from 'playwright-core';
import type { Workbench } from '../../support/workbench.ts';

/** One run of a script of the chat view. */
export interface Run {
  /** What made it run: `frame`, `idle`, `timer`, `observer`, or the type of an event. */
  readonly cause: string;
  /** Time of the page when it began, ms. */
  readonly at: number;
  readonly ms: number;
  /** The part of it in which the browser laid out the page, because the script asked for a size. */
  readonly layoutMs: number;
  /** For a message: its type. */
  readonly detail?: string;
}

/**
 * Times everything that can make a script run, from the first script of each inner frame on.
 */
export async function installProbe(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: `(${wrapAll})()` });
}

// Runs nested in another one, such as a `scroll` inside a frame, are counted once: by the outer one.
const wrapAll = `() => {
  if (globalThis === globalThis.top) return;
  const runs = (globalThis.measuredRuns ??= []);
  const wrapped = new WeakMap();
  let depth = 0;
  let layoutMs = 0;
  const timed = (cause, callback) => {
    if (typeof callback !== 'function') return callback;
    return function (...given) {
      const at = performance.now();
      if (depth === 0) layoutMs = 0;
      depth += 1;
      try {
        return callback.apply(this, given);
      } finally {
        depth -= 1;
        const type = cause === 'message' ? given[0]?.data?.type : undefined;
        const ms = performance.now() - at;
        const detail = typeof type === 'string' && { detail: type };
        if (depth === 0) runs.push({ cause, at, ms, layoutMs, ...detail });
      }
    };
  };
  const wrap = (name, cause) => {
    const plain = globalThis[name];
    if (plain) globalThis[name] = (callback, ...rest) => plain.call(globalThis, timed(cause, callback), ...rest);
  };
  wrap('requestAnimationFrame', 'frame');
  wrap('requestIdleCallback', 'idle');
  wrap('setTimeout', 'timer');
  wrap('setInterval', 'timer');
  for (const name of ['ResizeObserver', 'MutationObserver', 'IntersectionObserver']) {
    const Plain = globalThis[name];
    globalThis[name] = class extends Plain {
      constructor(callback, ...rest) {
        super(timed('observer', callback), ...rest);
      }
    };
  }
  for (const name of ['scrollHeight', 'scrollTop', 'clientHeight', 'clientWidth']) {
    const plain = Object.getOwnPropertyDescriptor(Element.prototype, name);
    const get = function () {
      const at = performance.now();
      const size = plain.get.call(this);
      layoutMs += performance.now() - at;
      return size;
    };
    Object.defineProperty(Element.prototype, name, { ...plain, get });
  }
  const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  const set = function (listener) {
    port.set.call(this, timed('message', listener));
  };
  Object.defineProperty(MessagePort.prototype, 'onmessage', { ...port, set });
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    if (typeof listener !== 'function') return add.call(this, type, listener, ...rest);
    if (!wrapped.has(listener)) wrapped.set(listener, new Map());
    const byType = wrapped.get(listener);
    if (!byType.has(type)) byType.set(type, timed(type, listener));
    return add.call(this, type, byType.get(type), ...rest);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
    const known = typeof listener === 'function' && wrapped.get(listener)?.get(type);
    return remove.call(this, type, known || listener, ...rest);
  };
}`;

/** The document of our page, inside the frames which VS Code puts around it. */
export async function chatFrame(workbench: Workbench): Promise<Frame> {
  const element = await workbench.chat().locator('#app').elementHandle();
  const frame = await element?.ownerFrame();
  if (!frame) throw new Error('The chat view is not there.');
  return frame;
}

/** What ran since the last call. */
export function takeRuns(frame: Frame): Promise<readonly Run[]> {
  return frame.evaluate<readonly Run[]>('globalThis.measuredRuns.splice(0)');
}

export function sumMs(runs: readonly Run[]): number {
  return runs.reduce((sum, { ms }) => sum + ms, 0);
}

export function layoutMs(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.layoutMs, 0);
}

export function longestMs(runs: readonly Run[]): number {
  return Math.max(0, ...runs.map(({ ms }) => ms));
}
