import { expect, test } from 'vitest';
import { createPromptHistory } from '../../../webview/composer/promptHistory.ts';

test('walks back to the oldest prompt and stays there', () => {
  const walk = createPromptHistory(() => ['one', 'two']);
  expect([walk.older(''), walk.older('two'), walk.older('one')]).toEqual(['two', 'one', undefined]);
});

test('comes back to the draft that was not sent', () => {
  const walk = createPromptHistory(() => ['one', 'two']);
  walk.older('half a thou');
  walk.older('two');
  expect([walk.newer('one'), walk.newer('two'), walk.newer('half a thou')]).toEqual([
    'two',
    'half a thou',
    undefined,
  ]);
});

test('takes a changed prompt for a draft of its own', () => {
  const walk = createPromptHistory(() => ['one', 'two']);
  walk.older('');
  expect(walk.newer('two, but better')).toBeUndefined();
  expect(walk.older('two, but better')).toBe('two');
  expect(walk.newer('two')).toBe('two, but better');
});

test('stops once at a prompt that was sent twice in a row', () => {
  const walk = createPromptHistory(() => ['one', 'go on', 'go on']);
  walk.older('');
  expect(walk.older('go on')).toBe('one');
});

test('has nowhere to go in a new chat', () => {
  expect(createPromptHistory(() => []).older('draft')).toBeUndefined();
});
