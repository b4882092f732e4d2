import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { createTokenProvider } from '../../../src/core/auth/refresh/tokenProvider.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';
import type { PoolEntry } from '../../../src/core/pool/accountList.ts';
import { notifySignOuts } from '../../../src/vscode/accounts/signOutNotice.ts';
import { credential, memoryStore } from '../../support/credentials.ts';
import { poolEntry } from '../../support/poolEntry.ts';
import { statusOf } from '../../support/streams.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';

const never = new AbortController().signal;

/** Windows on one store whose issuer has ended the session. */
function windowsOn(
  count: number,
  options: { isPanelVisible?: boolean; isAnswering?: boolean; entries?: PoolEntry[] } = {},
) {
  const store = memoryStore([credential({ id: 'a', email: 'ada@home.example' })]);
  const clock = steppedClock();
  const did: string[] = [];
  const open = () => {
    const tokenProvider = createTokenProvider({
      store,
      clock,
      log: silentLog,
      issuer: () => 'https://issuer.test',
      http: async () => statusOf(400, { error: 'invalid_grant', error_description: 'revoked' }),
    });
    notifySignOuts({
      tokenProvider,
      pool: { entries: () => options.entries ?? [] },
      isPanelVisible: () => options.isPanelVisible ?? false,
      isAnswering: () => options.isAnswering ?? false,
      signIn: () => did.push('sign in'),
    });
    return tokenProvider;
  };
  /** Waits for the work while its clock goes on. */
  const through = async (...work: Promise<unknown>[]) => {
    const done = Promise.allSettled(work);
    await settled();
    await clock.advance(10_000);
    return done;
  };
  return { windows: Array.from({ length: count }, open), did, through };
}

const rejected = { credentialId: 'a', accountId: 'acct-1', accessToken: 'access-0' };

beforeEach(() => editor.reset());

test('twenty requests that meet the end of a session tell it once', async () => {
  const { windows, through } = windowsOn(1);
  const outcomes = await through(
    ...Array.from({ length: 20 }, () => windows[0]!.replaceRejected(rejected, never)),
  );
  expect(
    outcomes.every((one) => one.status === 'rejected' && one.reason instanceof AuthError),
  ).toBe(true);
  expect(editor.messages.map(({ severity }) => severity)).toEqual(['warning']);
  expect(editor.messages[0]?.text).toMatch(/^ada@home\.example: \S/);
  await through(windows[0]!.replaceRejected(rejected, never), windows[0]!.bearerOf('a', never));
  expect(editor.messages).toHaveLength(1);
});

test('it bears the name that the person gave, and its button signs in', async () => {
  const { windows, did, through } = windowsOn(1, {
    entries: [poolEntry({ id: 'a', label: 'Work' })],
  });
  await through(windows[0]!.replaceRejected(rejected, never));
  expect(editor.messages[0]?.text).toMatch(/^Work: /);
  expect(editor.messages[0]?.buttons).toEqual(['Sign In']);
  editor.messages[0]?.answer('Sign In');
  await settled();
  expect(did).toEqual(['sign in']);
});

test('closing it does nothing', async () => {
  const { windows, did, through } = windowsOn(1);
  await through(windows[0]!.replaceRejected(rejected, never));
  editor.messages[0]?.answer();
  await settled();
  expect(did).toEqual([]);
});

const ended = poolEntry({ id: 'a', condition: { kind: 'signedOut', reason: 'revoked' } });

test.each([
  ['is hidden', { isPanelVisible: false, isAnswering: true, entries: [ended] }, 1],
  [
    'shows the turn that ended',
    { isPanelVisible: true, isAnswering: true, entries: [ended, poolEntry()] },
    0,
  ],
  ['shows that nobody is signed in', { isPanelVisible: true, entries: [ended] }, 0],
  ['goes on with another account', { isPanelVisible: true, entries: [ended, poolEntry()] }, 1],
])('a panel that %s decides whether a notification is shown', async (_, options, count) => {
  const { windows, through } = windowsOn(1, options);
  await through(windows[0]!.replaceRejected(rejected, never));
  expect(editor.messages).toHaveLength(count);
});

test('of several windows only the one that found out tells it', async () => {
  const { windows, through } = windowsOn(3);
  for (const tokenProvider of windows)
    await through(tokenProvider.replaceRejected(rejected, never));
  for (const tokenProvider of windows) await through(tokenProvider.bearerOf('a', never));
  expect(editor.messages).toHaveLength(1);
});
