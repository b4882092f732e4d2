import type { BrowserContext } from 'playwright-core';

/**
 * Keeps every message that any window or frame of VS Code hears, those from and to our webview
 * included, through reloads. The list grows as they come.
 */
export async function recordMessages(context: BrowserContext): Promise<readonly string[]> {
  const messages: string[] = [];
  await context.exposeBinding('keepMessage', (_source, message: string) => {
    messages.push(message);
  });
  await context.addInitScript({ content: `(${wrapListeners})()` });
  return messages;
}

/** Listeners are wrapped, not added: a webview's document is written anew, which drops listeners. */
const wrapListeners = `() => {
  const keep = (data) => {
    // Binary messages are the extension host's own wire, not a webview's.
    if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return;
    try {
      globalThis.keepMessage(JSON.stringify(data) ?? '');
    } catch {
      // What cannot be written as JSON is no message of ours.
    }
  };
  const wrap = (listener) => function (event) {
    keep(event.data);
    return listener.call(this, event);
  };
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    const isOurs = type === 'message' && typeof listener === 'function';
    return add.call(this, type, isOurs ? wrap(listener) : listener, ...rest);
  };
  const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...port,
    set(listener) {
      port.set.call(this, listener && wrap(listener));
    },
  });
}`;
