import { describe, expect, test } from 'vitest';
import type { AnswerChange } from '../../../../src/core/responses/stream/answer.ts';
import {
  cleanItem,
  createLeakFilter,
} from '../../../../src/core/responses/leakedToolCalls/leakFilter.ts';

function filter(delivery: 'live' | 'items') {
  const changes: AnswerChange[] = [];
  const made = createLeakFilter({ tools: ['read_file'], delivery }, (change) => {
    changes.push(change);
  });
  const text = (key: string, from: string) =>
    made.change({
      type: 'put',
      part: { id: key, output: 0, kind: 'text', text: from },
      final: false,
    });
  return { ...made, changes, text };
}

describe('whole parts for consumers that cannot take back', () => {
  test('come once they are closed, and not before', () => {
    const { change, changes, text } = filter('items');
    text('a', 'Hel');
    change({ type: 'append', id: 'a', text: 'lo.' });
    expect(changes).toEqual([]);
    change({ type: 'close', id: 'a' });
    expect(changes).toEqual([
      { type: 'put', part: { id: 'a', output: 0, kind: 'text', text: 'Hello.' }, final: true },
    ]);
  });

  test('never come when they hold a leak', () => {
    const { change, changes, text, found } = filter('items');
    text('a', 'Hello.\nassistant to=functions.read_file code {"path":"a"}');
    change({ type: 'close', id: 'a' });
    expect(changes).toEqual([]);
    expect(found()).toBeDefined();
  });
});

describe('a live part', () => {
  test('is shown up to the leak, whatever is appended or said to be the whole afterwards', () => {
    const { change, changes, text, excess } = filter('live');
    text('a', 'Hello.\n');
    change({ type: 'append', id: 'a', text: 'assistant to=functions.read_file code {"pa' });
    change({ type: 'append', id: 'a', text: 'th":"a"}' });
    change({ type: 'close', id: 'a' });
    expect(JSON.stringify(changes)).not.toContain('functions');
    expect(excess()).toBeGreaterThan(0);
  });

  test('is replaced by what the backend says is the whole of it', () => {
    const { change, changes, text } = filter('live');
    text('a', 'Helxx');
    change({
      type: 'put',
      part: { id: 'a', output: 0, kind: 'text', text: 'Hello.' },
      final: true,
    });
    expect(changes.at(-1)).toMatchObject({ part: { text: 'Hello.' } });
  });
});

test('an item ends before its leak, and one that is all leak is nothing', () => {
  const item = (text: string) => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  });
  const leak = 'assistant to=functions.read_file code {"path":"a"}';
  const tools = ['read_file'];
  expect(cleanItem(item('All clean.'), tools)).toEqual(item('All clean.'));
  expect(cleanItem(item(`Hello.\n${leak}`), tools)).toMatchObject({
    content: [{ text: 'Hello.' }],
  });
  expect(cleanItem(item(leak), tools)).toBeUndefined();
});
