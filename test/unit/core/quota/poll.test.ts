import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import { HttpError } from '../../../../src/base/http.ts';
import { createLocalLeases, LeaseError, type Leases } from '../../../../src/base/storage/leases.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue, type SharedValue } from '../../../../src/base/storage/sharedValue.ts';
import { createQuotaPoll } from '../../../../src/core/quota/poll/quotaPoll.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import {
  windowNames,
  type QuotaSnapshot,
} from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { UsageError } from '../../../../src/core/quota/poll/usageError.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Options {
  windows?: number;
  random?: () => number;
  leases?: Leases;
  accounts?: string[];
  focused?: number | undefined;
  /** Windows hear of what others wrote only when they look. */
  isDeaf?: boolean;
}

/** What one window knows of a value of which nothing tells it. */
function deafTo<T>(shared: SharedValue<T>): SharedValue<T> {
  let seen = shared.current();
  return {
    current: () => seen,
    read: async () => (seen = shared.current()),
    change: async (next, signal) => (seen = await shared.change(next, signal)),
    save: async (next, signal) => (seen = await shared.save(next, signal)),
    onDidChange: () => ({ dispose() {} }),
  };
}

/** Windows of the editor by a clock that stands still, and a backend that counts. */
function open(options: Options = {}) {
  const clock = steppedClock();
  const startMs = clock.now();
  const shared = createLocalValue(noStoredQuota);
  const leases = options.leases ?? createLocalLeases();
  const attention = createEmitter<void>();
  const asked: { id: string; ms: number }[] = [];
  const world = {
    focused: 'focused' in options ? options.focused : 0,
    inUse: 'cred' as string | undefined,
    accounts: options.accounts ?? ['cred'],
    fault: undefined as Error | undefined,
    plan: 'plus',
    takesMs: 0,
    atOnce: 0,
    most: 0,
  };
  const reading = (credentialId: string, source: QuotaSnapshot['source']): QuotaSnapshot => ({
    credentialId,
    source,
    observedAtMs: clock.now(),
    plan: world.plan,
    windows: [
      { ...windowNames(300), minutes: 300, usedPercent: 42, resetsAtMs: clock.now() + 5 * hourMs },
    ],
  });
  const fetch = async (id: string, signal: AbortSignal) => {
    asked.push({ id, ms: clock.now() - startMs });
    world.most = Math.max(world.most, ++world.atOnce);
    try {
      if (world.takesMs > 0) await clock.delay(world.takesMs, signal);
      if (world.fault) throw world.fault;
      return reading(id, 'usage');
    } finally {
      world.atOnce--;
    }
  };
  const windows = Array.from({ length: options.windows ?? 1 }, (_, index) => {
    const mine = options.isDeaf ? deafTo(shared) : shared;
    const book = createQuotaStore({ shared: mine, clock, log: silentLog });
    const poll = createQuotaPoll({
      fetch,
      book,
      leases,
      credentialId: () => world.inUse,
      credentialIds: () => world.accounts,
      clock,
      random: options.random ?? (() => 0),
      isActive: () => world.focused === index,
      onDidChangeActive: attention.event,
      log: silentLog,
    });
    return { book, poll };
  });
  const change = (next: Partial<typeof world>) => {
    Object.assign(world, next);
    attention.fire();
  };
  /** An answer to a prompt, with figures or without. */
  const answer = (withFigures: boolean, index = 0) => {
    if (withFigures) windows[index]!.book.record(reading('cred', 'headers'));
    else windows[index]!.book.noteSilence('cred');
  };
  const { book, poll } = windows[0]!;
  const minutes = () => asked.map(({ ms }) => Math.round((ms / minuteMs) * 100) / 100);
  return { clock, asked, minutes, world, windows, book, poll, change, answer, startMs };
}

describe('how often', () => {
  test('asks soon when nothing is known, then every quarter of an hour while idle', async () => {
    const { clock, minutes } = open();
    await clock.advance(46 * minuteMs);
    expect(minutes()).toEqual([0, 15, 30, 45]);
  });

  test('asks every five minutes for half an hour after an answer that told nothing', async () => {
    const { clock, minutes, answer } = open();
    await clock.advance(minuteMs);
    answer(false);
    await clock.advance(61 * minuteMs);
    expect(minutes()).toEqual([0, 1.03, 6.03, 11.03, 16.03, 21.03, 26.03, 41.03, 56.03]);
  });

  test('does not ask while answers tell the figures', async () => {
    const { clock, minutes, answer } = open();
    for (let minute = 0; minute < 120; minute++) {
      answer(true);
      await clock.advance(minuteMs);
    }
    expect(minutes()).toEqual([]);
  });

  test('asks within seconds after an answer without figures, but not twice in half a minute', async () => {
    const { clock, asked, answer } = open();
    answer(true);
    await clock.advance(minuteMs);
    for (let second = 0; second < 60; second += 5) {
      answer(false);
      await clock.advance(5_000);
    }
    expect(asked.map(({ ms }) => (ms - minuteMs) / 1000)).toEqual([2, 32]);
  });

  test('waits longer by chance, never less', async () => {
    const { clock, minutes } = open({ random: () => 0.5 });
    await clock.advance(40 * minuteMs);
    expect(minutes()).toEqual([0.03, 16.52, 33.03]);
  });

  test('believes what is known when the window opens and the account is found', async () => {
    const { clock, asked, answer, change } = open({ focused: undefined });
    answer(true);
    change({ inUse: undefined });
    change({ focused: 0 });
    change({ inUse: 'cred' });
    await clock.advance(5 * minuteMs - 1);
    expect(asked).toEqual([]);
  });

  test.each([
    ['nobody looks', { focused: undefined }],
    ['nobody is signed in', { inUse: undefined, accounts: [] }],
  ])('runs no timer and asks nothing while %s', async (_, change) => {
    const first = open();
    first.change(change);
    expect(first.clock.timers).toEqual([]);
    await first.clock.advance(8 * hourMs);
    expect(first.asked).toEqual([]);
  });

  test('does not ask at once after the machine slept, but when it had time to wake', async () => {
    const { clock, minutes, asked } = open({ random: () => 0.5 });
    await clock.advance(minuteMs);
    await clock.sleep(8 * hourMs);
    await clock.advance(10_000);
    expect(asked).toHaveLength(1);
    await clock.advance(10_000);
    expect(minutes()).toEqual([0.03, 481.25]);
  });
});

describe('at once', () => {
  test('for another account, not for the same one', async () => {
    const { clock, asked, change } = open();
    await clock.advance(minuteMs);
    change({});
    await clock.advance(minuteMs);
    change({ inUse: 'other', accounts: ['cred', 'other'] });
    await clock.advance(10_000);
    expect(asked).toEqual([
      { id: 'cred', ms: 0 },
      { id: 'other', ms: 2 * minuteMs },
    ]);
    change({ inUse: 'cred' });
    await clock.advance(10_000);
    expect(asked.at(-1)).toEqual({ id: 'cred', ms: 2 * minuteMs + 12_000 });
  });

  test.each([
    ['a 401 or 429', ({ poll }: ReturnType<typeof open>) => poll.want('cred')],
    [
      'a refusal',
      ({ book, clock }: ReturnType<typeof open>) =>
        book.record({
          credentialId: 'cred',
          source: 'limitError',
          observedAtMs: clock.now(),
          windows: [],
          limitReached: true,
        }),
    ],
    [
      'another plan',
      ({ book, clock }: ReturnType<typeof open>) =>
        book.record({
          credentialId: 'cred',
          source: 'headers',
          observedAtMs: clock.now(),
          windows: [],
          plan: 'pro',
        }),
    ],
  ])('after %s, once for all that come together', async (_, happen) => {
    const all = open({ windows: 3 });
    await all.clock.advance(minuteMs);
    for (let index = 0; index < 4; index++) {
      happen(all);
      await all.clock.advance(200);
    }
    all.world.plan = 'pro';
    await all.clock.advance(4 * minuteMs);
    expect(all.asked).toHaveLength(2);
    expect(all.asked[1]?.ms).toBeGreaterThanOrEqual(minuteMs + 2_000);
    expect(all.asked[1]?.ms).toBeLessThanOrEqual(minuteMs + 2_600);
  });
});

describe('when it fails', () => {
  test('backs off up to an hour, also when somebody comes and goes and in other windows', async () => {
    const { poll, book, clock, minutes, world, change } = open({ windows: 2 });
    world.fault = new UsageError({ kind: 'refused', status: 500 });
    await clock.advance(1);
    expect(book.current('cred')?.problem).toBe('refused 500');
    change({ focused: 1 });
    await clock.advance(200 * minuteMs);
    expect(minutes()).toEqual([0, 5, 15, 35, 75, 135, 195].map((at) => Math.max(at, 0)));
    world.fault = undefined;
    await poll.refresh();
    expect(book.current('cred')?.problem).toBeUndefined();
  });

  test('leaves the backend alone for as long as it asks', async () => {
    const { clock, minutes, world } = open();
    world.fault = new UsageError({ kind: 'refused', status: 429, retryAfterMs: 20 * minuteMs });
    await clock.advance(25 * minuteMs);
    expect(minutes()).toEqual([0, 20]);
  });

  test('tells all windows why, and passes the failure on to who asked', async () => {
    const { windows, world, clock } = open({ windows: 2, focused: undefined });
    world.fault = new HttpError('dns', 'chatgpt.com');
    await expect(windows[0]!.poll.refresh()).rejects.toBe(world.fault);
    await clock.advance(2_000);
    expect(windows.map(({ book }) => book.current('cred')?.problem)).toEqual([
      'unreachable chatgpt.com',
      'unreachable chatgpt.com',
    ]);
  });

  test('asks without a hold where none can be had', async () => {
    const leases: Leases = { hold: () => Promise.reject(new LeaseError('read-only')) };
    const { clock, asked } = open({ leases });
    await clock.advance(1);
    expect(asked).toHaveLength(1);
  });

  test('ends the request under way and all timers when disposed of', async () => {
    const { poll, clock, asked, world, book } = open();
    world.takesMs = hourMs;
    await clock.advance(1);
    poll.dispose();
    book.dispose();
    await settled();
    expect([asked.length, clock.timers, book.current('cred')?.problem]).toEqual([1, [], undefined]);
  });
});

describe('over several windows', () => {
  test('who asks at the same time shares one request', async () => {
    const { windows, asked, world, clock } = open({ windows: 3, focused: undefined });
    world.takesMs = 1_000;
    const all = Promise.all(windows.map(({ poll }) => poll.refresh()));
    await settled();
    await clock.advance(3_000);
    await all;
    expect(asked).toHaveLength(1);
  });

  test('looks at what another one was told before it asks itself', async () => {
    const { clock, minutes, change } = open({ windows: 2, isDeaf: true });
    await clock.advance(minuteMs);
    change({ focused: 1 });
    await clock.advance(14 * minuteMs - 1);
    expect(minutes()).toEqual([0]);
    await clock.advance(2 * minuteMs);
    expect(minutes()).toEqual([0, 15]);
  });

  test('eight hours of work need no more requests than one window, wherever the focus is', async () => {
    const use = fc.record({
      focus: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      kind: fc.constantFrom('told', 'silent', 'idle', 'idle'),
      minutes: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(use, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (uses, random) => {
          const all = open({ windows: 3, random: () => random });
          all.world.takesMs = 300;
          for (const { focus, kind, minutes } of uses) {
            all.change({ focused: focus });
            if (kind !== 'idle') all.answer(kind === 'told', focus ?? 0);
            const before = all.asked.length;
            await all.clock.advance(minutes * minuteMs);
            if (focus === undefined) expect(all.asked.length - before).toBe(0);
          }
          expect(all.world.most).toBeLessThanOrEqual(1);
          const gaps = all.asked.slice(1).map(({ ms }, index) => ms - all.asked[index]!.ms);
          const silent = uses.filter(({ kind }) => kind === 'silent').length;
          expect(gaps.filter((ms) => ms < 5 * minuteMs).length).toBeLessThanOrEqual(silent);
          expect(gaps.every((ms) => ms >= 30_000)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });
});

test('asks for who has just signed in, also unfocused, but not where another window knows', async () => {
  const { windows, asked } = open({ windows: 2, focused: undefined });
  await Promise.all(windows.map(({ poll }) => poll.learn('cred')));
  expect(asked).toHaveLength(1);
});

describe('accounts that are not in use', () => {
  test('are asked for once, one at a time, and again when their window has started anew', async () => {
    const { clock, asked, world } = open({ accounts: ['cred', 'b', 'c'] });
    world.takesMs = 500;
    await clock.advance(5 * hourMs);
    const of = (id: string) =>
      asked.filter((each) => each.id === id).map(({ ms }) => ms / minuteMs);
    expect([of('b').length, of('c').length, world.most]).toEqual([1, 1, 1]);
    await clock.advance(2 * minuteMs);
    expect(of('b').length).toBe(2);
    expect(of('cred').length).toBeGreaterThan(15);
  });

  test('are all asked for when the page is open, but not twice in half a minute', async () => {
    const { poll, asked, clock, world, windows } = open({
      windows: 2,
      accounts: ['cred', 'b'],
      focused: undefined,
    });
    await Promise.all([poll.refreshAll(), windows[1]!.poll.refreshAll()]);
    expect(asked.map(({ id }) => id)).toEqual(['cred', 'b']);
    await clock.advance(31_000);
    world.fault = new UsageError({ kind: 'unreadable' });
    await poll.refreshAll();
    expect(asked).toHaveLength(4);
  });
});
