import { expect, test } from 'vitest';
import { createLazy } from '../../../src/base/async/lazy.ts';

test('is made once for all who ask, and not before', async () => {
  let times = 0;
  const lazy = createLazy(async () => ++times);
  expect([times, lazy.peek()]).toEqual([0, undefined]);
  expect(await Promise.all([lazy.get(), lazy.get()])).toEqual([1, 1]);
  expect([await lazy.get(), lazy.peek()]).toEqual([1, 1]);
});

test('is tried anew after a failure', async () => {
  let times = 0;
  const lazy = createLazy(async () => {
    if (++times === 1) throw new Error('not there');
    return times;
  });
  await expect(lazy.get()).rejects.toThrow('not there');
  expect(lazy.peek()).toBeUndefined();
  expect(await lazy.get()).toBe(2);
});
