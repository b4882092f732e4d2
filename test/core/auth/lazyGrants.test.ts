import { expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { Credential } from '../../../src/core/auth/credential.ts';
import type { Grants } from '../../../src/core/auth/grants.ts';
import { createEmitter } from '../../../src/base/event.ts';
import { createLazyGrants } from '../../../src/core/auth/lazyGrants.ts';
import type { SignOut } from '../../../src/core/auth/refresher.ts';
import { deferred } from '../../support/deferred.ts';

const { signal } = new AbortController();
const grant = { credentialId: 'a', accountId: 'b', accessToken: 'c' };

/** Grants whose loading and settling end when the test says so. */
function world() {
  const signOuts = createEmitter<SignOut>();
  const calls: string[] = [];
  let loads = 0;
  const loaded = deferred();
  const settled = deferred();
  const grants: Grants = {
    onDidSignOut: signOuts.listen,
    async grantOf(id) {
      calls.push(`grant ${id}`);
      return grant;
    },
    async renew() {
      calls.push('renew');
      return grant;
    },
    async signOut(id) {
      calls.push(`sign out ${id}`);
    },
    settled: () => settled.promise,
  };
  const load = async () => {
    loads++;
    await loaded.promise;
    return grants;
  };
  return { load, loaded, settled, signOuts, calls, loads: () => loads };
}

test('nothing is loaded before the first grant, and once then', async () => {
  const { load, loaded, loads, calls } = world();
  const grants = createLazyGrants(load, silentLog);
  await grants.settled();
  expect(loads()).toBe(0);
  loaded.resolve();
  await Promise.all([grants.grantOf('x', signal), grants.renew(grant, signal)]);
  await grants.signOut('x', { tellIssuer: true });
  expect([loads(), calls]).toEqual([1, ['grant x', 'renew', 'sign out x']]);
});

test('a sign-out is heard by those who listened before the code was loaded', async () => {
  const { load, loaded, signOuts } = world();
  const grants = createLazyGrants(load, silentLog);
  const heard: string[] = [];
  grants.onDidSignOut(({ reason }) => heard.push(reason));
  loaded.resolve();
  await grants.grantOf('x', signal);
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
  const grants = createLazyGrants(load, silentLog);
  const granted = grants.grantOf('x', signal);
  let isSettled = false;
  const ending = grants.settled().then(() => (isSettled = true));
  loaded.resolve();
  await granted;
  await new Promise(setImmediate);
  expect(isSettled).toBe(false);
  settled.resolve();
  await ending;
  expect(isSettled).toBe(true);
});

test('a closing window does not wait for code that cannot be loaded', async () => {
  const grants = createLazyGrants(() => Promise.reject(new Error('gone')), silentLog);
  await expect(grants.grantOf('x', signal)).rejects.toThrow('gone');
  await grants.settled();
});

test('an aborted request loads nothing', async () => {
  const { load, loads } = world();
  const grants = createLazyGrants(load, silentLog);
  await expect(grants.grantOf('x', AbortSignal.abort())).rejects.toThrow(/abort/i);
  await expect(grants.renew(grant, AbortSignal.abort())).rejects.toThrow(/abort/i);
  expect(loads()).toBe(0);
});
