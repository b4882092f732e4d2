import { beforeEach, describe, expect, test } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import type { PoolEntry } from '../../../../src/core/pool/accountList.ts';
import {
  accountInUse,
  createAccountFollower,
  quotaAccountIds,
  quotaAccountInUse,
} from '../../../../src/core/pool/accountInUse.ts';
import { recordingLog } from '../../../support/credentials.ts';
import { poolEntry } from '../../../support/poolEntry.ts';
import { settled } from '../../../support/steppedClock.ts';

const signedOut = { condition: { kind: 'signedOut', reason: 'revoked' } } as const;

function createWorld() {
  const change = createEmitter<void>();
  const did: string[] = [];
  const log = recordingLog();
  const failing = { models: false, quota: false };
  const signals: AbortSignal[] = [];
  let entries: PoolEntry[] = [];
  const pool = {
    entries: () => entries,
    current: () => entries[0],
    onDidChange: change.event,
  };
  return {
    pool,
    did,
    log,
    failing,
    signals,
    set(...next: PoolEntry[]) {
      entries = next;
      change.fire();
    },
    follow: () =>
      createAccountFollower({
        pool,
        models: {
          reset: () => void did.push('reset models'),
          async refresh(signal) {
            signals.push(signal);
            did.push('read models');
            if (failing.models) throw new Error('no models of canary@home.example');
          },
        },
        poll: {
          async learn(id) {
            did.push(`read quota of ${id}`);
            if (failing.quota) throw new Error('no quota of canary@home.example');
          },
        },
        quota: { clear: (id) => void did.push(`clear ${id}`) },
        log,
      }),
  };
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => (world = createWorld()));

describe('the account in use', () => {
  test('is none while the first account is signed out', () => {
    world.set(poolEntry(signedOut));
    expect([accountInUse(world.pool), quotaAccountInUse(world.pool)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('has a quota unless it is an API key', () => {
    world.set(poolEntry({ id: 'key', kind: 'apiKey' }));
    expect([accountInUse(world.pool)?.id, quotaAccountInUse(world.pool)]).toEqual([
      'key',
      undefined,
    ]);
    world.set(poolEntry({ id: 'ada' }));
    expect(quotaAccountInUse(world.pool)).toBe('ada');
  });

  test('the accounts with a quota are those that are signed in and no keys', () => {
    const key = poolEntry({ id: 'key', kind: 'apiKey' });
    world.set(poolEntry({ id: 'a' }), key, poolEntry({ id: 'out', ...signedOut }));
    expect(quotaAccountIds(world.pool)).toEqual(['a']);
  });
});

describe('following the account in use', () => {
  test('reads models and quota of the account that is in use at the start', () => {
    world.set(poolEntry({ id: 'a' }));
    world.follow();
    expect(world.did).toEqual(['read models', 'read quota of a']);
  });

  test('does nothing while nobody is signed in, and nothing when the same account stays', () => {
    world.follow();
    world.set(poolEntry(signedOut));
    expect(world.did).toEqual([]);
    world.set(poolEntry());
    world.set(poolEntry({ label: 'Work' }));
    expect(world.did).toEqual(['read models', 'read quota of a']);
  });

  test('drops the models of the account before, and reads no quota of an API key', () => {
    world.set(poolEntry({ id: 'a' }), poolEntry({ id: 'key', kind: 'apiKey' }));
    world.follow();
    world.did.length = 0;
    world.set(poolEntry({ id: 'key', kind: 'apiKey' }), poolEntry({ id: 'a' }));
    expect(world.did).toEqual(['reset models', 'read models']);
  });

  test('drops the quota of an account that is gone, and of no other', () => {
    world.set(poolEntry({ id: 'a' }), poolEntry({ id: 'b' }));
    world.follow();
    world.set(poolEntry({ id: 'b' }), poolEntry({ id: 'a' }));
    world.did.length = 0;
    world.set(poolEntry({ id: 'b' }));
    expect(world.did).toEqual(['clear a']);
  });

  test('logs what cannot be read, without the words of the error', async () => {
    world.failing.models = world.failing.quota = true;
    world.set(poolEntry());
    world.follow();
    await settled();
    expect(world.log.lines).toHaveLength(2);
    expect(world.log.lines.join()).not.toContain('canary');
  });

  test('ends with its reading when it is disposed', () => {
    world.set(poolEntry());
    const follower = world.follow();
    world.did.length = 0;
    follower.dispose();
    world.set(poolEntry({ id: 'b' }));
    expect([world.did, world.signals[0]?.aborted]).toEqual([[], true]);
  });
});
