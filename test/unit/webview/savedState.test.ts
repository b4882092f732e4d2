import { expect, test } from 'vitest';
import { createPersistedState } from '../../../webview/panel/persistedState.ts';

function store(content?: unknown) {
  const writes: unknown[] = [];
  return { writes, read: () => content, write: (state: unknown) => void writes.push(state) };
}

test.each([[undefined], ['text'], [{ draft: 1 }], [{ folds: {} }]])(
  'begins empty when what was saved is %j',
  (content) => {
    expect(createPersistedState(store(content)).saved).toEqual({
      draft: '',
      chatId: '',
      folds: {},
    });
  },
);

test('writes only what changed, and only once', () => {
  const kept = store();
  const memory = createPersistedState(kept);
  memory.flush();
  memory.set({ draft: 'half' });
  memory.set({ draft: 'half a thought' });
  memory.flush();
  memory.flush();
  expect(kept.writes).toEqual([{ draft: 'half a thought', chatId: '', folds: {} }]);
});

test('keeps the draft and forgets folds and place when another chat is shown', () => {
  const memory = createPersistedState(
    store({
      draft: 'mine',
      chatId: 'chat-1',
      anchor: { turnId: 't', offset: 3 },
      folds: { a: true },
    }),
  );
  memory.enterChat('chat-1');
  expect(memory.saved).toMatchObject({ folds: { a: true } });
  memory.enterChat('chat-2');
  expect(memory.saved).toEqual({ draft: 'mine', chatId: 'chat-2', folds: {} });
});
