import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { withoutTokens, type Credential } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import type { BearerToken } from '../../../../src/core/auth/bearerToken.ts';
import type { Rotation } from '../../../../src/core/pool/selectAccount.ts';
import { PoolError } from '../../../../src/core/pool/failure.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import {
  noPreferences,
  withMove,
  withPreferences,
  type PoolPreferences,
} from '../../../../src/core/pool/preferences.ts';
import type { Cooldowns } from '../../../../src/core/pool/cooldown.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import {
  ResponsesError,
  type ResponsesFailureKind,
} from '../../../../src/core/responses/retry/failure.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';

const minuteMs = 60_000;
const signal = new AbortController().signal;

/** Accounts a, b and c, and a backend that knows how much of each is used. */
function world(
  options: {
    ids?: readonly string[];
    rotation?: Rotation;
    preferred?: string | undefined;
    probe?: (id: string, signal: AbortSignal) => Promise<void>;
  } = {},
) {
  const { ids = ['a', 'b', 'c'] } = options;
  const clock = steppedClock();
  const store = memoryStore(ids.map((id) => credential({ id, email: `${id}@example.com` })));
  const shared = createLocalValue(noStoredQuota);
  const quota = createQuotaStore({ shared, clock, log: silentLog });
  const preferences = createLocalValue<PoolPreferences>(noPreferences);
  const rests = createLocalValue<Cooldowns>({});
  const usage: Record<string, { percent: number; refused?: boolean; resetsAtMs?: number }> = {};
  const revoked = new Set<string>();
  const probed: string[] = [];
  const { rotation = 'sequential', preferred } = options;

  const toGrant = ({ id, accountId, accessToken }: Credential): BearerToken => ({
    credentialId: id,
    accountId,
    accessToken,
  });
  const tell = (id: string) => {
    const { percent, refused = false, resetsAtMs } = usage[id] ?? { percent: 10 };
    const resets = resetsAtMs === undefined ? {} : { resetsAtMs };
    quota.record({
      credentialId: id,
      source: 'usage',
      observedAtMs: clock.now(),
      windows: [
        {
          kind: 'fiveHour',
          label: '5h',
          minutes: 300,
          usedPercent: percent,
          ...resets,
        },
      ],
      limitReached: refused,
    });
  };
  const bearerOf = async (id: string) => {
    const entry = store.entries.get(id);
    if (!entry) throw new AuthError({ kind: 'notSignedIn' });
    if (revoked.has(id)) {
      await store.put(withoutTokens(entry, 'revoked'));
      throw new AuthError({ kind: 'sessionEnded', reason: 'revoked' });
    }
    return toGrant(entry);
  };
  const pool = createPool({
    store,
    quota,
    preferences,
    cooldowns: rests,
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    rotation: () => rotation,
    preferred: () => preferred,
    async probe(id, probeSignal) {
      probed.push(id);
      if (options.probe) await options.probe(id, probeSignal);
      else tell(id);
    },
    tokenProvider: {
      bearerOf,
      replaceRejected: async ({ credentialId }) => bearerOf(credentialId),
    },
  });
  const who = async () => (await pool.getToken(signal)).credentialId;
  const fail = async (id: string, kind: ResponsesFailureKind, more: object = {}) =>
    (await pool.failOver(await bearerOf(id), { kind, ...more }, signal))?.credentialId;
  return {
    pool,
    clock,
    store,
    quota,
    preferences,
    rests,
    usage,
    revoked,
    probed,
    tell,
    who,
    fail,
  };
}

const spentUntil = (resetsAtMs: number) => ({ percent: 100, refused: true, resetsAtMs });

describe('choosing an account', () => {
  test('with one account nothing is asked ahead', async () => {
    const { who, probed } = world({ ids: ['a'] });
    expect(await who()).toBe('a');
    expect(probed).toEqual([]);
  });

  test('of three accounts, one spent and one revoked, the first request goes to the good one', async () => {
    const { who, usage, revoked, clock, probed, pool } = world();
    usage['a'] = spentUntil(clock.now() + 90 * minuteMs);
    revoked.add('b');
    expect(await who()).toBe('c');
    expect(probed).toEqual(['a', 'b', 'c']);
    expect(pool.entries().map(({ condition }) => condition.kind)).toEqual([
      'coolingDown',
      'signedOut',
      'ready',
    ]);
  });

  test('accounts behind the chosen one are not asked', async () => {
    const { who, probed } = world();
    expect(await who()).toBe('a');
    expect(probed).toEqual(['a']);
  });

  test('figures that are fresh are believed without asking', async () => {
    const { who, probed, usage, tell, clock } = world();
    usage['a'] = spentUntil(clock.now() + 90 * minuteMs);
    tell('a');
    tell('b');
    expect(await who()).toBe('b');
    expect(probed).toEqual([]);
  });

  test('the same account is used for as long as it can be', async () => {
    const { who, fail, clock, usage } = world();
    usage['a'] = { percent: 50 };
    expect(await who()).toBe('a');
    expect(await fail('a', 'rateLimited', { retryAfterMs: 2 * minuteMs })).toBe('b');
    await clock.advance(3 * minuteMs);
    // The chat stays where its prompt cache is warm, though the first account is ready again.
    expect(await who()).toBe('b');
  });

  test('a new chat goes back to the first account in the order', async () => {
    const { who, fail, clock, pool } = world();
    await who();
    await fail('a', 'rateLimited', { retryAfterMs: 2 * minuteMs });
    await clock.advance(3 * minuteMs);
    pool.startNew();
    expect(await who()).toBe('a');
  });

  test('least used takes the account with most left, and then stays with it', async () => {
    const { who, usage, pool } = world({ rotation: 'leastUsed' });
    usage['a'] = { percent: 60 };
    usage['b'] = { percent: 20 };
    usage['c'] = { percent: 40 };
    expect(await who()).toBe('b');
    usage['b'] = { percent: 90 };
    expect(await who()).toBe('b');
    pool.startNew();
    expect(pool.current()?.id).toBe('b');
  });

  test('the account of the workspace goes first', async () => {
    const { who } = world({ preferred: 'c' });
    expect(await who()).toBe('c');
  });

  test.each([
    ['sequential', 'a'],
    ['off', 'c'],
  ] as const)(
    'a chosen account that has ended stands for nobody who rests: %s',
    async (rotation, shown) => {
      const { pool, store, usage, clock, tell } = world({
        ids: ['a', 'c'],
        preferred: 'c',
        rotation,
      });
      usage['a'] = spentUntil(clock.now() + 90 * minuteMs);
      tell('a');
      await store.put(withoutTokens(store.entries.get('c')!, 'revoked'));
      await settled();
      expect(pool.current()?.id).toBe(shown);
    },
  );

  test('without rotation only the chosen account is used', async () => {
    const { who, usage, clock, probed, fail } = world({ rotation: 'off', preferred: 'b' });
    usage['b'] = spentUntil(clock.now() + 90 * minuteMs);
    expect(await who()).toBe('b');
    expect(await fail('b', 'usageLimit')).toBeUndefined();
    expect(probed).toEqual([]);
  });

  test('an account that is switched off is passed over', async () => {
    const { who, preferences } = world();
    await preferences.change((old) => withPreferences(old, 'a', { off: true }), signal);
    expect(await who()).toBe('b');
  });

  test('the order of the person counts', async () => {
    const { who, preferences } = world();
    await preferences.change((old) => withMove(old, ['a', 'b', 'c'], 'b', -1), signal);
    expect(await who()).toBe('b');
  });

  test('an account at its ceiling is left alone until its window resets', async () => {
    const { who, preferences, usage, clock, pool } = world();
    usage['a'] = { percent: 81, resetsAtMs: clock.now() + 30 * minuteMs };
    await preferences.change((old) => withPreferences(old, 'a', { ceilingPercent: 80 }), signal);
    expect(await who()).toBe('b');
    usage['a'] = { percent: 0 };
    await clock.advance(31 * minuteMs);
    pool.startNew();
    expect(await who()).toBe('a');
  });
});

describe('what the person chose for the chat', () => {
  test('goes before the account of the workspace, until the next chat', async () => {
    const { who, pool } = world({ rotation: 'off', preferred: 'a' });
    expect(await who()).toBe('a');
    pool.use('b');
    expect([await who(), pool.current()?.id]).toEqual(['b', 'b']);
    pool.startNew();
    expect(await who()).toBe('a');
  });

  test('is left when it is spent', async () => {
    const { who, pool, usage, clock } = world({ preferred: 'a', ids: ['a', 'b'] });
    pool.use('b');
    usage['b'] = spentUntil(clock.now() + 90 * minuteMs);
    expect(await who()).toBe('a');
  });
});

test('without rotation a spent account is told, not one of another issuer before it', async () => {
  const { store, usage, clock, pool, tell } = world({ rotation: 'off', ids: ['a', 'b'] });
  await store.put(credential({ id: 'a', issuer: 'https://other.test' }));
  usage['b'] = spentUntil(clock.now() + 90 * minuteMs);
  tell('b');
  await expect(pool.getToken(signal)).rejects.toMatchObject({
    failure: { kind: 'usageLimit', credentialId: 'b' },
  });
});

describe('asking ahead', () => {
  const probing = (probe: (id: string, signal: AbortSignal) => Promise<void>, more = {}) =>
    world({ probe, ...more });

  test('no account is asked twice within a minute, whatever becomes of it', async () => {
    const step = fc.record({
      kind: fc.constantFrom('ask', 'fail', 'new', 'wait'),
      at: fc.nat(2),
      seconds: fc.integer({ min: 1, max: 70 }),
    });
    const rotations = fc.constantFrom<Rotation>('sequential', 'leastUsed', 'off');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), rotations, async (steps, rotation) => {
        const asked: { id: string; atMs: number }[] = [];
        const made: ReturnType<typeof world> = probing(
          async (id) => {
            asked.push({ id, atMs: made.clock.now() });
            throw new Error('no answer');
          },
          { rotation },
        );
        for (const { kind, at, seconds } of steps) {
          if (kind === 'ask') await Promise.all([made.who(), made.who()]).catch(() => {});
          else if (kind === 'fail') {
            await made.fail(['a', 'b', 'c'][at] ?? 'a', 'usageLimit', { retryAfterMs: 30_000 });
          } else if (kind === 'new') made.pool.startNew();
          else await made.clock.advance(seconds * 1_000);
        }
        for (const [index, one] of asked.entries()) {
          const before = asked.slice(0, index).findLast(({ id }) => id === one.id);
          expect(one.atMs - (before?.atMs ?? -Infinity)).toBeGreaterThanOrEqual(minuteMs);
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each(['sequential', 'leastUsed'] as const)(
    'what never answers holds a question up for five seconds at most (%s)',
    async (rotation) => {
      const made = probing(() => new Promise(() => {}), { rotation });
      let got: string | undefined;
      void made.who().then((id) => (got = id));
      await settled();
      await made.clock.advance(4_999);
      expect(got).toBeUndefined();
      await made.clock.advance(1);
      expect(got).toBe('a');
    },
  );

  test('an abort ends the asking at once with its reason', async () => {
    const made = probing(() => new Promise(() => {}));
    const abort = new AbortController();
    const asking = made.pool.getToken(abort.signal);
    await made.clock.advance(1_000);
    abort.abort(new Error('stopped'));
    await expect(asking).rejects.toThrow('stopped');
    expect(made.clock.timers).toEqual([]);
  });

  test('least used asks for all once, and in a chat that is under way for none but its own (S0-27)', async () => {
    const { who, probed, clock } = world({ rotation: 'leastUsed' });
    await who();
    await who();
    expect(probed.toSorted()).toEqual(['a', 'b', 'c']);
    await clock.advance(20 * minuteMs);
    const id = await who();
    expect(probed.slice(3)).toEqual([id]);
  });
});

describe('when no account is ready', () => {
  test('a ceiling that all have reached is said with the account that opens first', async () => {
    const { pool, preferences, usage, clock } = world({ ids: ['a', 'b'] });
    for (const [id, minutes] of [
      ['a', 90],
      ['b', 30],
    ] as const) {
      usage[id] = { percent: 85, resetsAtMs: clock.now() + minutes * minuteMs };
      await preferences.change((old) => withPreferences(old, id, { ceilingPercent: 80 }), signal);
    }
    const error = await pool.getToken(signal).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PoolError);
    expect(error).toMatchObject({
      failure: { kind: 'ceiling', credentialId: 'b', opensAtMs: clock.now() + 30 * minuteMs },
    });
  });

  test('nothing is sent while all are spent, and the time of the first is told', async () => {
    const { pool, usage, clock } = world({ ids: ['a', 'b'] });
    usage['a'] = spentUntil(clock.now() + 90 * minuteMs);
    usage['b'] = spentUntil(clock.now() + 40 * minuteMs);
    const error = await pool.getToken(signal).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ResponsesError);
    expect(error).toMatchObject({
      attempts: 0,
      failure: {
        kind: 'usageLimit',
        credentialId: 'b',
        plan: 'plus',
        resetsAtMs: clock.now() + 40 * minuteMs,
      },
    });
  });

  test('a spent account is asked once more before it is given up, for a reset may have been bought', async () => {
    const { who, usage, tell, clock, probed } = world({ ids: ['a'] });
    usage['a'] = spentUntil(clock.now() + 90 * minuteMs);
    tell('a');
    await clock.advance(2 * minuteMs);
    usage['a'] = { percent: 0 };
    expect(await who()).toBe('a');
    expect(probed).toEqual(['a']);
  });

  test('an account that only rests is tried when there is no other', async () => {
    const { who, fail } = world({ ids: ['a'] });
    expect(await fail('a', 'unauthorized')).toBeUndefined();
    expect(await who()).toBe('a');
  });

  test('the reason of a session that has just ended is not lost', async () => {
    const { who, revoked } = world({ ids: ['a'] });
    revoked.add('a');
    await expect(who()).rejects.toMatchObject({ failure: { kind: 'sessionEnded' } });
    await expect(who()).rejects.toMatchObject({ failure: { kind: 'sessionEnded' } });
  });

  test('a secret storage that cannot be read is told as such', async () => {
    const { who, store, pool } = world({ ids: ['a'] });
    await pool.ready;
    store.list = () => Promise.reject(new Error('keyring'));
    await expect(who()).rejects.toMatchObject({ failure: { kind: 'storeFailed' } });
  });

  test('without any account one has to sign in', async () => {
    const { who } = world({ ids: [] });
    await expect(who()).rejects.toMatchObject({ failure: { kind: 'notSignedIn' } });
  });
});

describe('moving on', () => {
  test('a usage limit moves on, rests until its reset and comes back by itself', async () => {
    const { fail, who, pool, clock } = world();
    await who();
    const resetsAtMs = clock.now() + 30 * minuteMs;
    expect(await fail('a', 'usageLimit', { resetsAtMs })).toBe('b');
    expect(pool.entries()[0]?.condition).toEqual({
      kind: 'coolingDown',
      reason: 'usageLimit',
      untilMs: resetsAtMs,
    });
    let told = 0;
    pool.onDidChange(() => told++);
    await clock.advance(31 * minuteMs);
    expect(told).toBeGreaterThan(0);
    expect(pool.entries()[0]?.condition.kind).toBe('ready');
  });

  const cured: readonly ResponsesFailureKind[] = [
    'usageLimit',
    'usageNotIncluded',
    'billing',
    'rateLimited',
    'unauthorized',
  ];
  const notCured: readonly ResponsesFailureKind[] = [
    'contextOverflow',
    'invalidPrompt',
    'policy',
    'tooLarge',
    'badRequest',
    'notFound',
    'model',
    'forbidden',
    'blocked',
    'server',
    'overloaded',
    'network',
    'cut',
    'stalled',
    'garbled',
    'empty',
    'malformed',
    'resting',
    'wrongShape',
    'staleReasoning',
  ];
  test.each(cured)('%s moves on to another account', async (kind) => {
    const { fail, who } = world();
    await who();
    expect(await fail('a', kind)).toBe('b');
  });
  test.each(notCured)('%s would fail with every account, so none is tried', async (kind) => {
    const { fail, who, rests } = world();
    await who();
    expect(await fail('a', kind)).toBeUndefined();
    expect(rests.current()).toEqual({});
  });

  test('a session that ends in the middle of a turn lets another account go on', async () => {
    const { pool, revoked } = world();
    const bearer = await pool.getToken(signal);
    revoked.add('a');
    expect((await pool.replaceRejected(bearer, signal)).credentialId).toBe('b');
  });

  test('an accepted request ends the rest of its account', async () => {
    const { fail, pool, rests } = world({ ids: ['a'] });
    await fail('a', 'unauthorized');
    expect(Object.keys(rests.current())).toEqual(['a']);
    pool.settle('a');
    await Promise.resolve();
    expect(rests.current()).toEqual({});
  });

  test('a refusal that came without a time ends when the figures say so', async () => {
    const { fail, usage, tell, clock, pool } = world();
    await pool.getToken(signal);
    await fail('a', 'usageLimit');
    await clock.advance(minuteMs);
    usage['a'] = { percent: 3 };
    tell('a');
    expect(pool.entries()[0]?.condition.kind).toBe('ready');
  });
});

test('no request ever goes to an account that is off, signed out, at its ceiling or known to be spent', async () => {
  const states = fc.array(
    fc.constantFrom('good', 'off', 'signedOut', 'ceiling', 'spent', 'revoked'),
    { minLength: 1, maxLength: 5 },
  );
  const rotations = fc.constantFrom<Rotation>('sequential', 'leastUsed', 'off');
  await fc.assert(
    fc.asyncProperty(states, rotations, fc.nat(4), async (kinds, rotation, at) => {
      const ids = kinds.map((_, index) => `id${index}`);
      const preferred = ids[at];
      const { pool, store, preferences, usage, revoked, clock, tell } = world({
        ids,
        rotation,
        preferred,
      });
      for (const [index, kind] of kinds.entries()) {
        const id = ids[index] ?? '';
        if (kind === 'off')
          await preferences.change((old) => withPreferences(old, id, { off: true }), signal);
        if (kind === 'ceiling') {
          await preferences.change(
            (old) => withPreferences(old, id, { ceilingPercent: 5 }),
            signal,
          );
        }
        if (kind === 'spent') usage[id] = spentUntil(clock.now() + 60 * minuteMs);
        if (kind === 'signedOut') {
          await store.put(withoutTokens(credential({ id }), 'expired'));
        }
        if (kind === 'revoked') revoked.add(id);
        tell(id);
      }
      const bearer = await pool.getToken(signal).catch(() => undefined);
      const chosen = kinds[ids.indexOf(bearer?.credentialId ?? '')];
      const isUsable = rotation !== 'off' && kinds.includes('good');
      expect([undefined, 'good']).toContain(chosen);
      if (isUsable) expect(chosen).toBe('good');
    }),
    { numRuns: 300 },
  );
});
