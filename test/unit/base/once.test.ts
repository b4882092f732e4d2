import { expect, test } from 'vitest';
import { once } from '../../../src/base/once.ts';

test('makes the value on the first call and never again, also when it is undefined', () => {
  let calls = 0;
  const get = once(() => void calls++);
  expect(calls).toBe(0);
  get();
  get();
  expect(calls).toBe(1);
});

test('makes the value again after a call that threw', () => {
  let calls = 0;
  const get = once(() => {
    calls++;
    if (calls === 1) throw new Error('not yet');
    return calls;
  });
  expect(get).toThrow('not yet');
  expect(get()).toBe(2);
});
