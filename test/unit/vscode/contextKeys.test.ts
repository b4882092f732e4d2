import { chatsOf } from '../../support/chats.ts';
import { createEmitter } from '../../../src/base/event.ts';
import { beforeEach, expect, test } from 'vitest';
import { createChatContextKeys } from '../../../src/vscode/chat/contextKeys.ts';
import { createTalkWorld } from '../core/chat/chatHarness.ts';
import { settled } from '../../support/steppedClock.ts';
import { commands, editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());

test('the keys follow a turn and a new chat, and each is set only when it may have changed', async () => {
  const set: unknown[] = [];
  commands.registerCommand('setContext', (key, value) => void set.push([key, value]));
  const { session, send } = createTalkWorld();
  let shown = session;
  const other = createEmitter<void>();
  const keys = createChatContextKeys(() => shown, {
    ...chatsOf(session),
    onDidChangeCurrent: other.event,
  });
  const take = () =>
    set
      .splice(0)
      .map((each) => JSON.stringify(each))
      .join(' ');
  send('Why?');
  expect(take()).toBe('["codexChat.busy",true] ["codexChat.hasChat",true]');
  await settled();
  expect(take()).toBe('["codexChat.busy",false] ["codexChat.hasChat",true]');
  shown = createTalkWorld().session;
  other.fire();
  expect(take()).toBe('["codexChat.busy",false] ["codexChat.hasChat",false]');
  keys.dispose();
  send('Why?');
  expect(take()).toBe('');
});
