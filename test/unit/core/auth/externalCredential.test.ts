import { expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import type { Credential } from '../../../../src/core/auth/credential.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { steppedClock } from '../../../support/steppedClock.ts';

const minuteMs = 60_000;
const signal = new AbortController().signal;

/** A login of another program that is good for ten minutes, and no way to the issuer at all. */
function world() {
  const clock = steppedClock();
  const borrowed = credential({
    kind: 'imported',
    id: 'imported.ada',
    refreshToken: '',
    accessToken: 'theirs-0',
    expiresAtMs: clock.now() + 10 * minuteMs,
  });
  const store = memoryStore([borrowed]);
  const asked: string[] = [];
  let owners: Credential | undefined = borrowed;
  let reads = 0;
  const tokenProvider = createTokenProvider({
    store,
    clock,
    log: silentLog,
    issuer: () => borrowed.issuer,
    http: async ({ url }) => {
      asked.push(url);
      throw new Error('nobody may ask');
    },
    async readBorrowed() {
      reads++;
      return owners;
    },
  });
  const signedOut: string[] = [];
  tokenProvider.onDidSignOut(({ credential: { id } }) => signedOut.push(id));
  return {
    clock,
    store,
    asked,
    signedOut,
    reads: () => reads,
    token: async () => (await tokenProvider.bearerOf('imported.ada', signal)).accessToken,
    replaceRejected: async () =>
      tokenProvider.replaceRejected(await tokenProvider.bearerOf('imported.ada', signal), signal),
    ownerHas: (next: Partial<Credential> | undefined) =>
      (owners = next && { ...borrowed, ...next }),
  };
}

test('a borrowed token is used until it runs out, and the issuer is never asked', async () => {
  const { token, clock, asked, reads } = world();
  expect(await token()).toBe('theirs-0');
  await clock.advance(7 * minuteMs);
  for (let call = 0; call < 20; call++) expect(await token()).toBe('theirs-0');
  expect(reads()).toBe(1);
  expect(asked).toEqual([]);
});

test('what its owner has renewed is taken over', async () => {
  const { token, clock, ownerHas, store, asked } = world();
  await clock.advance(7 * minuteMs);
  ownerHas({ accessToken: 'theirs-1', expiresAtMs: clock.now() + 60 * minuteMs });
  expect(await token()).toBe('theirs-1');
  expect(store.entries.get('imported.ada')?.accessToken).toBe('theirs-1');
  expect(asked).toEqual([]);
});

test('one that has run out ends the session once, with no word to the issuer (S3-3)', async () => {
  const { token, clock, asked, signedOut } = world();
  await clock.advance(11 * minuteMs);
  const failure = { failure: { kind: 'sessionEnded', reason: 'expired' } };
  await expect(token()).rejects.toMatchObject(failure);
  await expect(token()).rejects.toMatchObject(failure);
  expect(signedOut).toEqual(['imported.ada']);
  expect(asked).toEqual([]);
});

test('one that the backend has rejected is read again, and given up when it is the same', async () => {
  const { replaceRejected, ownerHas, asked } = world();
  ownerHas({ accessToken: 'theirs-1' });
  expect((await replaceRejected()).accessToken).toBe('theirs-1');
  await expect(replaceRejected()).rejects.toMatchObject({ failure: { kind: 'sessionEnded' } });
  expect(asked).toEqual([]);
});

test('the login of somebody else is not taken for it', async () => {
  const { token, clock, ownerHas } = world();
  await clock.advance(7 * minuteMs);
  ownerHas({ id: 'imported.grace', accessToken: 'others' });
  expect(await token()).toBe('theirs-0');
});
