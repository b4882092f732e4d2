import { afterEach, beforeEach, expect, test } from 'vitest';
import { withoutTokens } from '../../../src/core/auth/credential.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createAccount } from '../../../src/vscode/accounts/activeAccount.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';
import { createPoolWorld } from './poolWorld.ts';

beforeEach(() => void editor.commands.set('setContext', () => {}));
afterEach(() => editor.reset());

const nothing = () => ({ dispose() {} });

async function viewOf(ids: readonly string[], ended: readonly string[] = []) {
  const { pool, store } = createPoolWorld({ ids });
  for (const id of ended) {
    const entry = store.entries.get(id);
    if (entry) store.entries.set(id, withoutTokens(entry, 'revoked'));
  }
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

test('a session that has ended is told with the name of its account', async () => {
  expect(await viewOf(['grace'], ['grace'])).toMatchObject({
    state: 'signedOut',
    problem: 'grace@home.example: Your Codex session was revoked. Sign in again to continue.',
  });
});

test.each([
  ['nobody', [], [], false, false],
  ['one account', ['ada'], [], true, true],
  ['an account whose session has ended', ['ada'], ['ada'], false, true],
] as const)('the menus know of %s', async (_, ids, ended, signedIn, hasAccounts) => {
  const keys: Record<string, unknown> = {};
  editor.commands.set('setContext', (key, value) => void (keys[String(key)] = value));
  await viewOf(ids, ended);
  await settled();
  expect([keys['codexChat.signedIn'] ?? false, keys['codexChat.hasAccounts'] ?? false]).toEqual([
    signedIn,
    hasAccounts,
  ]);
});
