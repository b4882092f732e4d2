import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { SessionImport } from '../../../src/core/conversations/rollouts/importSession.ts';
import type { RolloutSession } from '../../../src/core/conversations/rollouts/rolloutFiles.ts';
import { importSessions } from '../../../src/vscode/chat/importSessions.ts';
import { rolloutFiles, rolloutFixture } from '../../support/rolloutSources.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';

const fork = rolloutFixture('01a200df-b383-70b0-b34c-eccc153fabaa');
const old = rolloutFixture('000000000001');
const added: SessionImport = {
  outcome: 'added',
  chatId: 'chat-1',
  addedTurns: 1,
  cutTurns: 0,
  damagedLines: 0,
  isBaseMissing: false,
  isSaved: true,
};

function open(
  files: Readonly<Record<string, string>>,
  result: (session: RolloutSession) => SessionImport | Error = () => added,
  unreadable = 0,
) {
  const did: string[] = [];
  const done = importSessions({
    folder: { heads: async () => ({ ...rolloutFiles(files), names: new Map(), unreadable }) },
    async importSession(_, session) {
      did.push(`import ${session.title}`);
      const one = result(session);
      if (one instanceof Error) throw one;
      return one;
    },
    open: (chatId) => did.push(`open ${chatId}`),
    now: () => 1_000,
    log: silentLog,
  });
  return { done, did };
}

beforeEach(() => editor.reset());

test('the sessions that are picked are imported, and the chat can be opened', async () => {
  const { done, did } = open({ fork, old });
  await settled();
  expect(editor.picks[0]?.items.map(({ label }) => label).toSorted()).toEqual([
    'fix the test',
    'in the fork',
  ]);
  editor.picks[0]?.answer('fix');
  await settled();
  const [message] = editor.messages;
  expect({ text: message?.text, buttons: message?.buttons }).toEqual({
    text: 'Imported 1 session.',
    buttons: ['Open Chat'],
  });
  message?.answer('Open Chat');
  await done;
  expect(did).toEqual(['import fix the test', 'open chat-1']);
});

test('nothing happens when nothing is picked', async () => {
  const { done, did } = open({ fork });
  await settled();
  editor.picks[0]?.answer();
  await done;
  expect({ did, messages: editor.messages }).toEqual({ did: [], messages: [] });
});

test('a session that fails does not keep the others from being imported', async () => {
  const { done, did } = open({ fork, old }, ({ title }) =>
    title === 'in the fork'
      ? new Error('EACCES')
      : { ...added, damagedLines: 2, cutTurns: 3, isBaseMissing: true, isSaved: false },
  );
  await settled();
  editor.picks[0]?.answer('');
  await settled();
  expect(editor.messages[0]).toMatchObject({
    severity: 'warning',
    text: [
      'Imported 1 session.',
      '1 session could not be read; the log says why.',
      '2 damaged lines were left out.',
      '3 turns at the beginning were left out, as the session is too long.',
      '1 session is a fork whose original is gone, so its beginning is missing.',
      '1 chat could not be saved yet and is kept in memory.',
    ].join(' '),
  });
  editor.messages[0]?.answer(undefined);
  await done;
  expect(did).toHaveLength(2);
});

test('a folder without sessions is said to be one, with the files that cannot be read', async () => {
  const { done } = open({}, () => added, 2);
  await done;
  expect(editor.messages[0]?.text).toBe(
    'No Codex CLI sessions were found. 2 files could not be read.',
  );
});

test('a title that looks like an icon is shown as it is', async () => {
  open({ fork: fork.replaceAll('in the fork', '$(error) failed') });
  await settled();
  expect(editor.picks[0]?.items[0]?.label).not.toContain('$(');
});
