import { expect, test } from 'vitest';
import type { CredentialStore } from '../../../../src/core/auth/credential.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { credential, memoryStore, recordingLog } from '../../../support/credentials.ts';
import { steppedClock } from '../../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

const never = new AbortController().signal;
const start = credential().refreshedAtMs;
const spent = credential({ expiresAtMs: start - 1, revision: 'revision-0' });
const { id } = spent;
const granted = () =>
  statusOf(200, { access_token: 'access-1', refresh_token: 'refresh-1', expires_in: 3600 });

/** A window whose secret storage takes nothing until `unlock` is called. */
function locked() {
  const memory = memoryStore([spent]);
  let isLocked = true;
  let puts = 0;
  const store: CredentialStore = {
    ...memory,
    async put(entry) {
      puts++;
      if (isLocked) throw new Error('The keychain is locked.');
      await memory.put(entry);
    },
  };
  const told: boolean[] = [];
  const clock = steppedClock(start);
  const tokenProvider = createTokenProvider({
    store,
    http: scriptedHttp(granted).http,
    clock,
    log: recordingLog(),
    issuer: () => spent.issuer,
    newId: () => 'revision-1',
    onUnsaved: (isUnsaved) => void told.push(isUnsaved),
  });
  const use = async () => {
    const { accessToken } = await tokenProvider.bearerOf(id, never);
    await tokenProvider.settled();
    return accessToken;
  };
  const unlock = () => void (isLocked = false);
  return { memory, clock, use, unlock, told, puts: () => puts };
}

test('a refreshed sign-in that cannot be stored is told once, and no more once it is stored', async () => {
  const { memory, clock, use, unlock, told } = locked();
  expect(await use()).toBe('access-1');
  expect(told).toEqual([true]);
  await clock.advance(60_000);
  expect(await use()).toBe('access-1');
  expect(told).toEqual([true]);
  unlock();
  await clock.advance(60_000);
  expect(await use()).toBe('access-1');
  expect(told).toEqual([true, false]);
  expect(await memory.get(id)).toMatchObject({ refreshToken: 'refresh-1' });
});

test('a secret storage that refuses is not tried again with every request', async () => {
  const { clock, use, puts } = locked();
  for (let request = 0; request < 20; request++) await use();
  expect(puts()).toBe(1);
  await clock.advance(31_000);
  for (let request = 0; request < 20; request++) await use();
  expect(puts()).toBe(2);
});

test('an account that was signed in anew keeps its newer tokens, and nothing is told any more', async () => {
  const { memory, clock, use, unlock, told } = locked();
  await use();
  const newer = { ...spent, accessToken: 'newer', refreshToken: 'newer', expiresAtMs: start + 1e9 };
  await memory.put(newer);
  unlock();
  await clock.advance(60_000);
  await use();
  expect(await memory.get(id)).toEqual(newer);
  expect(told).toEqual([true, false]);
});
