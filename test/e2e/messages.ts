import type { BrowserContext, Page } from 'playwright-core';

/**
 * Keeps every message that any window or frame of VS Code hears, those of the webviews included.
 * Listeners are wrapped, not added: a webview's document is written anew, which drops listeners.
 */
export async function recordMessages(context: BrowserContext): Promise<void> {
  await context.addInitScript({ content: `(${wrapListeners})()` });
}

const wrapListeners = `() => {
  const heard = (globalThis.heardMessages ??= []);
  const keep = (data) => {
    try {
      heard.push(JSON.stringify(data) ?? '');
    } catch {
      heard.push(String(data));
    }
  };
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    if (type !== 'message' || typeof listener !== 'function') {
      return add.call(this, type, listener, ...rest);
    }
    const wrapped = function (event) {
      keep(event.data);
      return listener.call(this, event);
    };
    return add.call(this, type, wrapped, ...rest);
  };
  const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...port,
    set(listener) {
      port.set.call(this, listener && function (event) {
        keep(event.data);
        return listener.call(this, event);
      });
    },
  });
}`;

/** Every message that the webviews of the page have heard or said so far, as JSON. */
export async function webviewMessages(page: Page): Promise<readonly string[]> {
  const frames = page.frames().filter((frame) => frame !== page.mainFrame());
  const heard = await Promise.all(
    frames.map((frame) =>
      frame.evaluate<unknown>('globalThis.heardMessages ?? []').catch(() => []),
    ),
  );
  return heard.flat().filter((message) => typeof message === 'string');
}
