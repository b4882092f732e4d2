import { expect, test } from 'vitest';
import { branchOf } from '../../../../../src/core/conversations/conversation.ts';
import { importSession } from '../../../../../src/core/conversations/rollouts/importSession.ts';
import { createMachine, never } from '../machine.ts';
import { rolloutFiles, rolloutFixture } from '../../../../support/rolloutSources.ts';

const thread = '01a200df-b0e9-7380-95aa-09ec1d015687';
const whole = rolloutFixture(`49-${thread}`);
/** Up to the end of the first turn. */
const begun = whole.slice(0, whole.indexOf('\n', whole.indexOf('"task_complete"')));

function createWorld() {
  const machine = createMachine();
  const store = machine.openWindow();
  const chats = new Map<string, string>();
  return {
    machine,
    store,
    chats,
    import(files: Readonly<Record<string, string>>) {
      const { heads, lines } = rolloutFiles(files);
      return importSession(
        heads,
        { thread, title: 'My session' },
        {
          folder: { lines },
          store,
          imported: { get: (id) => chats.get(id), set: (id, chat) => chats.set(id, chat) },
          workspaceOf: (folder) => `file://${folder}`,
          credentialOf: () => undefined,
          clock: { now: () => 0 },
        },
        never,
      );
    },
    async texts() {
      const [row] = await store.list(never);
      const log = await store.open(row?.id ?? '', never);
      const conversation = log.conversation();
      log.dispose();
      return {
        title: conversation.title,
        workspace: conversation.workspace,
        texts: branchOf(conversation).map(({ prompt }) => prompt.text),
      };
    },
  };
}

test('a session becomes a chat of its folder under its name', async () => {
  const world = createWorld();
  const done = await world.import({ begun });
  expect(done).toMatchObject({ outcome: 'added', addedTurns: 1, isSaved: true });
  expect(await world.texts()).toEqual({
    title: 'My session',
    workspace: 'file:///home/ada/project',
    texts: ['first message'],
  });
});

test('a second import adds what is new to the same chat, and a third one nothing', async () => {
  const world = createWorld();
  const first = await world.import({ begun });
  expect(await world.import({ begun: whole })).toMatchObject({
    outcome: 'added',
    chatId: first.chatId,
    addedTurns: 4,
  });
  expect(await world.import({ begun: whole })).toMatchObject({
    outcome: 'unchanged',
    chatId: first.chatId,
    addedTurns: 0,
  });
  const { texts } = await world.texts();
  expect(texts).toEqual(['first message', 'run echo', 'look', 'be stopped', 'after stop']);
  expect(await world.store.list(never)).toHaveLength(1);
});

test('a chat that is gone is made again', async () => {
  const world = createWorld();
  await world.import({ begun });
  world.chats.set(thread, 'gone');
  expect(await world.import({ begun })).toMatchObject({ outcome: 'added', addedTurns: 1 });
});

test('a session without messages makes no chat', async () => {
  const world = createWorld();
  const [meta = ''] = whole.split('\n', 1);
  expect(await world.import({ meta })).toMatchObject({ outcome: 'empty', addedTurns: 0 });
  expect(await world.store.list(never)).toEqual([]);
});

test('a disk that fails keeps the chat in memory, and the result says so', async () => {
  const world = createWorld();
  world.machine.disk.failing = 'ENOSPC';
  const done = world.import({ begun });
  await world.machine.clock.advance(5_000);
  expect(await done).toMatchObject({ outcome: 'added', isSaved: false });
});
