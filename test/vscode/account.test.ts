import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { createAccount } from '../../src/vscode/account.ts';
import { editor } from '../support/vscode.ts';
import { createPoolWorld } from './poolWorld.ts';

afterEach(() => editor.reset());

const nothing = () => ({ dispose() {} });

async function viewOf(ids: readonly string[]) {
  const { pool } = createPoolWorld({ ids });
  const account = createAccount({
    pool,
    choice: { choose: async () => {} },
    signIn: { state: () => ({ kind: 'idle' as const }), onDidChangeState: nothing },
    loginImport: { isOffered: () => false, onDidChangeOffer: nothing },
    log: silentLog,
  });
  await account.ready;
  return account.view();
}

test('a signed-out view tells whether tokens will be used on another machine', async () => {
  expect(await viewOf([])).toEqual({ state: 'signedOut' });
  editor.remoteName = 'ssh-remote';
  expect(await viewOf([])).toEqual({ state: 'signedOut', isRemote: true });
});
