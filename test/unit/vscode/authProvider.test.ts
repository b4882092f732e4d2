import * as fc from 'fast-check';
import type * as vscode from 'vscode';
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/async/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createTokenProvider } from '../../../src/core/auth/refresh/tokenProvider.ts';
import {
  CodexAuthProvider,
  registerAuthProvider,
} from '../../../src/vscode/accounts/authProvider.ts';
import { credential, memoryStore, recordingLog } from '../../support/credentials.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../support/streams.ts';
import { editor } from '../../support/vscode.ts';

const ada = credential({ id: 'ada', email: 'ada@example.com', idToken: 'id-0' });
const grace = credential({ id: 'grace', email: 'grace@example.com' });
const dead = credential({
  id: 'dead',
  accessToken: '',
  refreshToken: '',
  signedOutReason: 'expired',
});

beforeEach(() => editor.reset());

type Change = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

function setUp(entries = [ada], answer = () => statusOf(200, '')) {
  const store = memoryStore(entries);
  const { http, sent } = scriptedHttp(answer);
  const clock = steppedClock();
  const log = recordingLog();
  const signIn = async () => {
    await store.put(grace);
    return grace;
  };
  const issuer = () => ada.issuer;
  const tokenProvider = createTokenProvider({ store, http, clock, log, issuer });
  const provider = new CodexAuthProvider({ store, tokenProvider, log, signIn });
  const told: string[] = [];
  const note = ({ added, removed, changed }: Change) => {
    for (const [mark, list] of [
      ['+', added],
      ['-', removed],
      ['~', changed],
    ] as const)
      for (const session of list ?? []) told.push(`${mark}${session.id}`);
  };
  const listens = () => provider.onDidChangeSessions(note);
  return { store, provider, sent, log, clock, told, listens };
}

/** Until events have come through: the provider tells held ones by a timer of 0 ms. */
const heard = async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await settled();
};

test('shows each signed-in account as a session', async () => {
  const { provider } = setUp([ada, dead, grace]);
  expect(await provider.getSessions(undefined, {})).toEqual([
    {
      id: 'ada',
      accessToken: 'access-0',
      account: { id: 'ada', label: 'ada@example.com' },
      scopes: ['openid', 'profile', 'email', 'offline_access'],
    },
    expect.objectContaining({ id: 'grace' }),
  ]);
});

test.each([
  ['no scopes', [], undefined, ['ada', 'grace']],
  ['some of our scopes', ['email', 'openid'], undefined, ['ada', 'grace']],
  ['a scope that we do not have', ['openid', 'repo'], undefined, []],
  ['one account', [], { id: 'grace', label: 'x' }, ['grace']],
  ['an unknown account', [], { id: 'nobody', label: 'x' }, []],
])('asked for %s, gives what fits', async (_, scopes, account, ids) => {
  const { provider } = setUp([ada, grace]);
  const sessions = await provider.getSessions(scopes, account ? { account } : {});
  expect(sessions.map(({ id }) => id)).toEqual(ids);
});

const expired = { expiresAtMs: ada.refreshedAtMs - 1 };

test.each([
  ['of another program', credential({ ...ada, kind: 'imported', refreshToken: '' })],
  ['of the environment', credential({ ...ada, kind: 'environment', refreshToken: '' })],
  ['of the API', credential({ ...ada, kind: 'apiKey', refreshToken: '' })],
  ['of another issuer', credential({ ...ada, issuer: 'https://other.test' })],
])('never hands a token %s to another extension', async (_, entry) => {
  const { provider, told, store, listens, sent } = setUp([entry, grace]);
  const sessions = await provider.getSessions(undefined, {});
  expect(sessions.map(({ id }) => id)).toEqual(['grace']);
  listens();
  await heard();
  await store.remove(entry.id);
  await heard();
  expect([told, sent]).toEqual([entry.issuer === ada.issuer ? [] : ['-ada'], []]);
});

test('refreshes a token that has run out before it hands it on, once for all who ask', async () => {
  const tokens = { access_token: 'access-1', refresh_token: 'refresh-1', expires_in: 3600 };
  const { provider, sent } = setUp([{ ...ada, ...expired }], () => statusOf(200, tokens));
  const asked = await Promise.all([provider.getSessions([], {}), provider.getSessions([], {})]);
  expect(asked.flat().map(({ accessToken }) => accessToken)).toEqual(['access-1', 'access-1']);
  expect(sent).toHaveLength(1);
});

test.each([
  ['cannot be reached', () => statusOf(503, '')],
  ['says something that cannot be used', () => statusOf(200, '{}')],
  ['has ended the session', () => statusOf(400, { error: 'invalid_grant' })],
])('leaves out an account whose token has run out when the issuer %s', async (_, answer) => {
  const { provider, clock } = setUp([{ ...ada, ...expired }, grace], answer);
  const asked = provider.getSessions(undefined, {});
  await settled();
  await clock.advance(5000);
  const sessions = await asked;
  expect(sessions.map(({ id }) => id)).toEqual(['grace']);
});

test('calls an account without an e-mail address by its id', async () => {
  const { email: _email, ...nameless } = ada;
  const { provider } = setUp([nameless]);
  expect((await provider.getSessions([], {}))[0]?.account.label).toBe('acct-1');
});

test('tells each change once, though the store may tell it often', async () => {
  const { provider, store, told, listens } = setUp();
  listens();
  await heard();
  expect(told).toEqual([]);
  const session = await provider.createSession();
  expect(session.id).toBe('grace');
  await store.put(grace);
  await store.put({ ...ada, accessToken: 'access-1' });
  await heard();
  expect(told).toEqual(['+grace', '~ada']);
});

test('loses nothing that happens before VS Code listens', async () => {
  const { store, told, listens } = setUp();
  await heard();
  await store.put(grace);
  await heard();
  await store.remove('ada');
  await heard();
  listens();
  expect(told).toEqual([]);
  await heard();
  expect(told).toEqual(['+grace', '-ada']);
});

test('whoever adds up the events always ends with the accounts of the store', async () => {
  const step = fc.record({ id: fc.constantFrom('a', 'b'), removes: fc.boolean(), mark: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 8 }), async (s, steps) => {
      const store = memoryStore([], () => s.schedule(Promise.resolve()));
      const { http } = scriptedHttp(() => statusOf(200, ''));
      const deps = { store, http, clock: systemClock, log: silentLog, issuer: () => ada.issuer };
      const provider = new CodexAuthProvider({
        store,
        tokenProvider: createTokenProvider(deps),
        log: silentLog,
        signIn: () => store.put(ada).then(() => ada),
      });
      const seen = new Map<string, string>();
      provider.onDidChangeSessions(({ added, removed, changed }) => {
        for (const { id, accessToken } of added ?? []) {
          expect(seen.has(id)).toBe(false);
          seen.set(id, accessToken);
        }
        for (const { id } of removed ?? []) expect(seen.delete(id)).toBe(true);
        for (const { id, accessToken } of changed ?? []) seen.set(id, accessToken);
      });
      await s.waitAll();
      for (const { id, removes, mark } of steps) {
        void (removes
          ? store.remove(id)
          : store.put(credential({ id, accessToken: `access-${mark}` })));
      }
      await s.waitAll();
      await heard();
      await s.waitAll();
      const held = [...store.entries.values()].map(({ id, accessToken }) => [id, accessToken]);
      expect(seen).toEqual(new Map(held.map(([id = '', accessToken = '']) => [id, accessToken])));
    }),
    { numRuns: 60 },
  );
});

test('a session that the issuer ended goes from the menu', async () => {
  const { store, told, listens } = setUp();
  listens();
  const tokenProvider = createTokenProvider({
    store,
    http: scriptedHttp(() => statusOf(401, { error: { code: 'refresh_token_expired' } })).http,
    issuer: () => ada.issuer,
    clock: { ...systemClock, delay: () => Promise.resolve() },
    log: silentLog,
  });
  const bearer = { credentialId: 'ada', accountId: 'acct-1', accessToken: 'access-0' };
  await expect(tokenProvider.replaceRejected(bearer, new AbortController().signal)).rejects.toThrow(
    'expired',
  );
  await heard();
  expect(told).toEqual(['-ada']);
});

test('signing out forgets the account at once and tells the issuer of it', async () => {
  const { provider, store, sent, told, listens } = setUp([ada, grace]);
  listens();
  await heard();
  await provider.signOut('ada', { tellIssuer: true });
  expect([...store.entries.keys()]).toEqual(['grace']);
  await heard();
  expect(told).toEqual(['-ada']);
  expect(sent.map(({ url }) => url)).toEqual(['https://issuer.test/oauth/revoke']);
  expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ token: 'refresh-0' });
});

test('signing out in the Accounts menu forgets the account here and leaves the issuer alone', async () => {
  const { provider, store, sent } = setUp([ada, grace]);
  await provider.removeSession('ada');
  await heard();
  expect([...store.entries.keys()]).toEqual(['grace']);
  expect(sent).toEqual([]);
});

test('signing out works though the issuer cannot be told', async () => {
  const { provider, store, log } = setUp([ada], () => statusOf(500, 'canary'));
  await provider.signOut('ada', { tellIssuer: true });
  await heard();
  expect([store.entries.size, log.lines]).toEqual([
    0,
    ['signed out here, but the issuer could not be told: issuerFailed'],
  ]);
});

test('signing out does not wait for an issuer that does not answer', async () => {
  const store = memoryStore([ada]);
  const clock = steppedClock();
  const log = recordingLog();
  let signal: AbortSignal | undefined;
  const http = (_request: object, given: AbortSignal) => {
    signal = given;
    return new Promise<never>((_, reject) =>
      given.addEventListener('abort', () => reject(given.reason)),
    );
  };
  const signIn = () => Promise.resolve(grace);
  const tokenProvider = createTokenProvider({ store, http, clock, log, issuer: () => ada.issuer });
  const provider = new CodexAuthProvider({ store, tokenProvider, log, signIn });
  await provider.signOut('ada', { tellIssuer: true });
  await settled();
  expect(signal?.aborted).toBe(false);
  await clock.advance(5000);
  expect([signal?.aborted, log.lines.length]).toEqual([true, 1]);
});

test('an unknown session, or one without tokens, is removed without a request', async () => {
  const { provider, store, sent } = setUp([dead]);
  await provider.signOut('nobody', { tellIssuer: true });
  await provider.signOut('dead', { tellIssuer: true });
  await heard();
  expect([store.entries.size, sent]).toEqual([0, []]);
});

test('is registered under its id until it is taken back', () => {
  const store = memoryStore([ada]);
  const { http, sent } = scriptedHttp(() => statusOf(200, ''));
  const signIn = () => Promise.resolve(grace);
  const log = silentLog;
  const tokenProvider = createTokenProvider({
    store,
    http,
    clock: systemClock,
    log,
    issuer: () => ada.issuer,
  });
  const registration = registerAuthProvider({ store, tokenProvider, log, signIn });
  expect([...editor.providers.keys()]).toEqual(['codex-chat']);
  registration.dispose();
  expect([editor.providers.size, sent]).toEqual([0, []]);
});
