import { expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import type { Credential } from '../../../../src/core/auth/credential.ts';
import type { TokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { createEmitter } from '../../../../src/base/event.ts';
import { createLazyTokenProvider } from '../../../../src/core/auth/refresh/lazyTokenProvider.ts';
import type { SignOut } from '../../../../src/core/auth/refresh/refresherDeps.ts';
import { deferred } from '../../../support/deferred.ts';

const { signal } = new AbortController();
const bearer = { credentialId: 'a', accountId: 'b', accessToken: 'c' };

/** Grants whose loading and settling end when the test says so. */
function world() {
  const signOuts = createEmitter<SignOut>();
  const calls: string[] = [];
  let loads = 0;
  const loaded = deferred();
  const settled = deferred();
  const tokenProvider: TokenProvider = {
    onDidSignOut: signOuts.event,
    async bearerOf(id) {
      calls.push(`grant ${id}`);
      return bearer;
    },
    async replaceRejected() {
      calls.push('renew');
      return bearer;
    },
    async signOut(id) {
      calls.push(`sign out ${id}`);
    },
    settled: () => settled.promise,
  };
  const load = async () => {
    loads++;
    await loaded.promise;
    return tokenProvider;
  };
  return { load, loaded, settled, signOuts, calls, loads: () => loads };
}

test('nothing is loaded before the first grant, and once then', async () => {
  const { load, loaded, loads, calls } = world();
  const tokenProvider = createLazyTokenProvider(load, silentLog);
  await tokenProvider.settled();
  expect(loads()).toBe(0);
  loaded.resolve();
  await Promise.all([
    tokenProvider.bearerOf('x', signal),
    tokenProvider.replaceRejected(bearer, signal),
  ]);
  await tokenProvider.signOut('x', { tellIssuer: true });
  expect([loads(), calls]).toEqual([1, ['grant x', 'renew', 'sign out x']]);
});

test('a sign-out is heard by those who listened before the code was loaded', async () => {
  const { load, loaded, signOuts } = world();
  const tokenProvider = createLazyTokenProvider(load, silentLog);
  const heard: string[] = [];
  tokenProvider.onDidSignOut(({ reason }) => heard.push(reason));
  loaded.resolve();
  await tokenProvider.bearerOf('x', signal);
  const credential: Credential = {
    id: 'x',
    kind: 'chatgpt',
    issuer: 'https://issuer.test',
    accountId: 'b',
    accessToken: '',
    refreshToken: '',
    refreshedAtMs: 0,
  };
  signOuts.fire({ credential, reason: 'reused' });
  expect(heard).toEqual(['reused']);
});

test('a window that closes while the code is loaded waits for what it begins', async () => {
  const { load, loaded, settled } = world();
  const tokenProvider = createLazyTokenProvider(load, silentLog);
  const granted = tokenProvider.bearerOf('x', signal);
  let isSettled = false;
  const ending = tokenProvider.settled().then(() => (isSettled = true));
  loaded.resolve();
  await granted;
  await new Promise(setImmediate);
  expect(isSettled).toBe(false);
  settled.resolve();
  await ending;
  expect(isSettled).toBe(true);
});

test('a closing window does not wait for code that cannot be loaded', async () => {
  const tokenProvider = createLazyTokenProvider(() => Promise.reject(new Error('gone')), silentLog);
  await expect(tokenProvider.bearerOf('x', signal)).rejects.toThrow('gone');
  await tokenProvider.settled();
});

test('an aborted request loads nothing', async () => {
  const { load, loads } = world();
  const tokenProvider = createLazyTokenProvider(load, silentLog);
  await expect(tokenProvider.bearerOf('x', AbortSignal.abort())).rejects.toThrow(/abort/i);
  await expect(tokenProvider.replaceRejected(bearer, AbortSignal.abort())).rejects.toThrow(
    /abort/i,
  );
  expect(loads()).toBe(0);
});
