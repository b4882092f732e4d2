import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as fc from 'fast-check';
import type { ToWebview } from '../../../src/shared/protocol/messages.ts';
import type { PartChange } from '../../../src/shared/protocol/turn.ts';
import { createMessageBatcher } from '../../../src/vscode/chat/messageBatcher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const append = (id: string, text: string): PartChange => ({ type: 'append', id, text });

test('the changes of a frame are one message, appends to one part are one change', () => {
  const posted: ToWebview[] = [];
  const outbox = createMessageBatcher((message) => posted.push(message));
  outbox.change('t1', 1, append('a', 'Hel'));
  outbox.change('t1', 1, append('a', 'lo'));
  outbox.change('t1', 1, append('b', '!'));
  expect(posted).toEqual([]);
  vi.advanceTimersByTime(16);
  expect(posted).toEqual([
    {
      type: 'turn/changes',
      seq: 1,
      turnId: 't1',
      attempt: 1,
      changes: [append('a', 'Hello'), append('b', '!')],
    },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a message that is sent at once follows the changes that came before it', () => {
  const posted: ToWebview[] = [];
  const outbox = createMessageBatcher((message) => posted.push(message));
  outbox.change('t1', 1, append('a', 'x'));
  outbox.send({ type: 'focus' });
  expect(posted.map(({ type, seq }) => [type, seq])).toEqual([
    ['turn/changes', 1],
    ['focus', 2],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('the text that arrives is always the text that was put in, numbered without a gap', () => {
  const step = fc.oneof(
    fc.record({ id: fc.constantFrom('a', 'b'), text: fc.string() }),
    fc.constant('frame' as const),
    fc.constant('send' as const),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const posted: ToWebview[] = [];
      const outbox = createMessageBatcher((message) => posted.push(message));
      const sent: Record<string, string> = { a: '', b: '' };
      for (const one of steps) {
        if (one === 'frame') vi.advanceTimersByTime(16);
        else if (one === 'send') outbox.send({ type: 'focus' });
        else {
          sent[one.id] += one.text;
          outbox.change('t1', 1, append(one.id, one.text));
        }
      }
      vi.runAllTimers();
      const heard: Record<string, string> = { a: '', b: '' };
      for (const message of posted) {
        if (message.type !== 'turn/changes') continue;
        for (const change of message.changes) {
          if (change.type === 'append') heard[change.id] += change.text;
        }
      }
      expect(heard).toEqual(sent);
      expect(posted.map(({ seq }) => seq)).toEqual(posted.map((_, at) => at + 1));
    }),
  );
});
