import type * as vscode from 'vscode';
import { beforeEach, expect, test, vi } from 'vitest';

const extension = vi.hoisted(() => ({
  activate: vi.fn<(context: unknown) => void>(),
  deactivate: vi.fn<() => Promise<void> | undefined>(),
}));
vi.mock('../../src/extension.ts', () => extension);

/** As much of the context as the first file uses. */
const createContext = () => ({ subscriptions: new Array<vscode.Disposable>() });

beforeEach(() => {
  extension.activate.mockReset();
  extension.deactivate.mockReset();
});

async function load() {
  const main: {
    activate(context: unknown): Promise<void>;
    deactivate(): Promise<void> | undefined;
  } = await import('../../src/main.ts');
  return main;
}

test('the promise resolves after the extension was activated, in a later turn of the event loop', async () => {
  const { activate } = await load();
  const context = createContext();
  const activated = activate(context);
  await Promise.resolve();
  expect(extension.activate).not.toHaveBeenCalled();
  await activated;
  expect(extension.activate).toHaveBeenCalledExactlyOnceWith(context);
});

test('a window that closes while the extension is loaded activates nothing', async () => {
  const { activate } = await load();
  const context = createContext();
  const activated = activate(context);
  for (const subscription of context.subscriptions) subscription.dispose();
  await activated;
  expect(extension.activate).not.toHaveBeenCalled();
});

test('an extension that fails to activate rejects, so that the editor can show why', async () => {
  const { activate } = await load();
  extension.activate.mockImplementation(() => {
    throw new Error('no folder');
  });
  await expect(activate(createContext())).rejects.toThrow('no folder');
});

test('deactivating waits for what the extension has to finish', async () => {
  const { activate, deactivate } = await load();
  const finished = Promise.resolve();
  extension.deactivate.mockReturnValue(finished);
  await activate(createContext());
  expect(deactivate()).toBe(finished);
});
