import { expect, test } from 'vitest';
import { createLazy } from '../../../src/base/async/lazy.ts';
import { LoadError, loadModule } from '../../../src/base/async/loading.ts';

const missing = () =>
  Promise.reject(Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' }));

test('a missing file of code says to reload the window', async () => {
  const error: unknown = await loadModule(missing).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LoadError);
  expect(String(error)).toMatch(/Reload the window/);
});

test('code that could not be loaded is loaded again by the next to ask', async () => {
  let isThere = false;
  const lazy = createLazy(() => loadModule(async () => (isThere ? 'code' : missing())));
  await expect(lazy.get()).rejects.toBeInstanceOf(LoadError);
  isThere = true;
  expect(await lazy.get()).toBe('code');
});
