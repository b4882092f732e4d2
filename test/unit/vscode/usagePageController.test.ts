import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { createScheduledPrompts } from '../../../src/core/chat/scheduledPrompts.ts';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { createLedgerTracker } from '../../../src/core/ledger/tracker.ts';
import type { Condition } from '../../../src/core/pool/condition.ts';
import type { PoolEntry } from '../../../src/core/pool/accountList.ts';
import type { QuotaWindow } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../src/core/quota/store/record.ts';
import { toWebview } from '../../../src/shared/protocol/messages.ts';
import type { UnsequencedMessage } from '../../../src/vscode/chat/messageBatcher.ts';
import { createUsagePageController } from '../../../src/vscode/usage/usagePageController.ts';
import { createLimitMessages } from '../../../src/vscode/usage/limitMessages.ts';
import { recordingLog } from '../../support/credentials.ts';
import { editor, Uri } from '../../support/vscode.ts';
import { createPoolWorld } from './poolWorld.ts';

const sending = {
  warning: () => undefined,

  onDidChange: createEmitter<void>().event,
};
const show = { type: 'usage/show', span: 'day', scope: 'day' } as const;

async function world(
  options: {
    entries?: readonly PoolEntry[];
    refreshAll?: () => Promise<void>;
    ledger?: readonly LedgerEntry[] | Error;
  } = {},
) {
  const platform = createPoolWorld();
  await platform.pool.ready;
  const { clock, quota, accounts } = platform;
  const fixed = options.entries;
  const pool = fixed
    ? { ...platform.pool, entries: () => fixed, current: () => fixed[0], next: () => fixed[1] }
    : platform.pool;
  const told: UnsequencedMessage[] = [];
  const change = createEmitter<void>();
  const log = recordingLog();
  let ids = 0;
  const held = createScheduledPrompts({
    isBusy: () => false,
    onDidEndTurn: createEmitter<void>().event,
    clock,
    newId: () => `held-${++ids}`,
    log,
  });
  const tracker = createLedgerTracker({ now: clock.now });
  const asked: string[] = [];
  const host = createUsagePageController({
    tell: (message) => told.push(message),
    pool,
    quota: fixed ? { current: (id) => fixed.find((one) => one.id === id)?.quota } : quota,
    poll: { refreshAll: options.refreshAll ?? (async () => void asked.push('refresh')) },
    tracker,
    readLedger: async () => void asked.push('ledger'),
    async allEntries() {
      if (options.ledger instanceof Error) throw options.ledger;
      return options.ledger ?? [];
    },
    titleOf: () => undefined,
    chatId: () => 'chat',
    accounts,
    workspaceAccount: () => undefined,
    banner: createLimitMessages({
      sending: () => sending,
      scheduled: () => held,
      onDidChangeScheduled: held.onDidChange,
      onDidChangeWarning: sending.onDidChange,
      send: (message) => told.push(message),
    }),
    onDidChange: change.event,
    now: clock.now,
    log,
  });
  const types = () => told.map(({ type }) => type);
  return { ...platform, host, told, types, change, held, tracker, asked, log };
}

/** The messages as the page gets them; fails when the page would not take one. */
function asPage(told: readonly UnsequencedMessage[]) {
  return told.map((message, seq) => toWebview.parse({ ...message, seq }));
}

beforeEach(() => {
  editor.reset();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('the page', () => {
  test('gets all three kinds of figures when it opens, before and after the ledger is read', async () => {
    const { host, types, asked, told } = await world();
    const done = host.handle(show);
    expect(types()).toEqual(['usage/accounts', 'usage/plot', 'usage/ledger']);
    await done;
    expect([types().length, asked]).toEqual([6, ['ledger']]);
    asPage(told);
  });

  test('is told nothing while it is closed', async () => {
    const { host, types, change, quota, clock } = await world();
    change.fire();
    await host.handle({ type: 'usage/refresh' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types()).toEqual([]);
    await host.handle(show);
    change.fire();
    void host.handle({ type: 'usage/hide' });
    const before = types().length;
    quota.record({ credentialId: 'a', source: 'usage', observedAtMs: clock.now(), windows: [] });
    change.fire();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types().length).toBe(before);
  });

  test('that closes while the ledger is read is told nothing more', async () => {
    const { host, types } = await world();
    const done = host.handle(show);
    void host.handle({ type: 'usage/hide' });
    await done;
    expect(types().length).toBe(3);
  });

  test('that was built anew is told nothing until it is opened again', async () => {
    const { host, types, change } = await world();
    await host.handle(show);
    const before = types().length;
    host.tellAgain();
    change.fire();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types().length).toBe(before);
  });

  test('is told once for a bunch of changes', async () => {
    const { host, types, change } = await world();
    await host.handle(show);
    const before = types().length;
    for (let n = 0; n < 50; n++) change.fire();
    await vi.advanceTimersByTimeAsync(199);
    expect(types().length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(types().length).toBe(before + 3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types().length).toBe(before + 3);
  });

  test('is told nothing any more once all is over', async () => {
    const { host, types, change } = await world();
    await host.handle(show);
    const before = types().length;
    change.fire();
    host.dispose();
    change.fire();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(types().length).toBe(before);
  });

  test('may refresh again after a refresh that failed', async () => {
    let times = 0;
    const { host, told } = await world({
      async refreshAll() {
        times++;
        throw new Error('no network');
      },
    });
    await host.handle(show);
    for (const _time of [1, 2]) {
      await Promise.resolve(host.handle({ type: 'usage/refresh' })).catch(() => {});
    }
    expect(times).toBe(2);
    const last = asPage(told).findLast((message) => message.type === 'usage/accounts');
    expect(last?.accounts.refreshing).toBe(false);
  });

  test('does nothing by asking about what is not there', async () => {
    const { host, did, preferences, held, types } = await world();
    held.hold({ text: 'Hello', untilMs: 1e15, send: () => {}, giveBack: () => {} });
    const before = types().length;
    for (const action of ['use', 'signOut', 'turnOff', 'redeem', 'rename'] as const) {
      await host.handle({ type: 'usage/act', accountId: 'nobody', action });
      await host.handle({ type: 'usage/act', accountId: '__proto__', action });
    }
    void host.handle({ type: 'scheduled/send', id: 'nobody' });
    void host.handle({ type: 'scheduled/cancel', id: 'nobody' });
    expect([did, preferences.current().accounts, held.list().length]).toEqual([[], {}, 1]);
    expect([types().length, editor.messages, editor.inputs]).toEqual([before, [], []]);
  });

  test('that asks about an account that is gone sees the one in use', async () => {
    const { host, told } = await world();
    await host.handle({ ...show, accountId: 'nobody' });
    const plots = asPage(told).filter((message) => message.type === 'usage/plot');
    expect(plots.map(({ plot }) => plot.accountId)).toEqual(['a', 'a']);
  });
});

describe('exporting', () => {
  test('asks where to, and writes nothing without an answer', async () => {
    const { host } = await world();
    await host.handle({ type: 'usage/export', scope: 'day' });
    expect([editor.saveDialogs, editor.files.size, editor.messages]).toEqual([1, 0, []]);
  });

  test('writes where the person says', async () => {
    const { host } = await world();
    editor.saveTo = Uri.parse('file:///workspace/usage.csv');
    await host.handle({ type: 'usage/export', scope: 'day' });
    expect([...editor.files.keys()]).toEqual(['file:///workspace/usage.csv']);
  });

  const turn = (change: Partial<LedgerEntry>): LedgerEntry => ({
    version: 1,
    id: 'turn',
    revision: 1,
    atMs: 0,
    endedAtMs: 0,
    chatId: 'chat',
    credentialId: 'a',
    spans: [],
    model: 'some-model',
    effort: 'low',
    requests: 1,
    failed: [],
    shares: [],
    kind: 'turn',
    outcome: 'done',
    ...change,
  });
  const written = () =>
    [...editor.files].map(([path, text]) => {
      const [, ...rows] = text.trim().split('\r\n');
      return { path, rows: rows.map((row) => row.split(',')) };
    });

  test('writes what the table shows, or all there is', async () => {
    const { host, tracker, clock } = await world({ ledger: [turn({ id: 'of-old' })] });
    const nowMs = clock.now();
    const at = (agoMs: number) => ({ atMs: nowMs - agoMs, endedAtMs: nowMs - agoMs });
    tracker.absorb([
      turn({ id: 'fresh', ...at(60_000), chatId: 'other' }),
      turn({ id: 'of-another', ...at(60_000), credentialId: 'b' }),
      turn({ id: 'of-thursday', ...at(2 * 86_400_000) }),
    ]);
    for (const scope of ['day', 'week', 'chat', undefined] as const) {
      editor.saveTo = Uri.parse(`file:///workspace/${scope ?? 'all'}.csv`);
      await host.handle({ type: 'usage/export', scope });
    }
    expect(written().map(({ path, rows }) => [path, rows.map((row) => row[4])])).toEqual([
      ['file:///workspace/day.csv', ['fresh']],
      ['file:///workspace/week.csv', ['fresh', 'of-thursday']],
      ['file:///workspace/chat.csv', ['of-thursday']],
      ['file:///workspace/all.csv', ['of-old']],
    ]);
  });

  test('names the accounts as people know them, and one that is gone by its id', async () => {
    const { host } = await world({ ledger: [turn({}), turn({ credentialId: 'gone' })] });
    editor.saveTo = Uri.parse('file:///workspace/usage.csv');
    await host.handle({ type: 'usage/export' });
    expect(written()[0]?.rows.map((row) => row[5])).toEqual(['a@home.example', 'gone']);
  });

  test.each(['write', 'read'])('says so when it cannot %s, and logs no path', async (which) => {
    const failure = new Error('EACCES: /home/somebody/usage.csv');
    const { host, log } = await world(which === 'read' ? { ledger: failure } : {});
    editor.saveTo = Uri.parse('file:///workspace/usage.csv');
    if (which === 'write') editor.diskError = failure;
    await host.handle({ type: 'usage/export' });
    expect(editor.messages.map(({ severity }) => severity)).toEqual(['error']);
    expect(log.lines.join('\n')).not.toContain('/home/');
  });
});

/** Figures as nobody should write them. */
const odd = fc.oneof(
  fc.double(),
  fc.constantFrom(100.0001, 100, 0, -1, -0, Number.NaN, Infinity, -Infinity, 1e300, 55.5),
);
const words = fc.oneof(
  fc.string({ maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom('', 'x'.repeat(5_000), '🦊'.repeat(3_000), '</script><b>'),
);
const kinds = fc.constantFrom<QuotaWindow['kind']>('fiveHour', 'weekly', 'other');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const quotaWindow: fc.Arbitrary<QuotaWindow> = fc
  .record({
    kind: kinds,
    label: fc.constantFrom('5h', 'wk', '24h', ''),
    name: words,
    usedPercent: odd,
    resetsAtMs: maybe(odd),
  })
  .map(({ resetsAtMs, ...one }) => ({
    ...one,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  }));

const quotaState: fc.Arbitrary<QuotaState> = fc.record({
  credentialId: fc.constant('a'),
  observedAtMs: odd,
  windows: fc.array(quotaWindow, { maxLength: 12 }),
  others: fc.array(
    fc.record({ id: words, name: words, windows: fc.array(quotaWindow, { maxLength: 10 }) }),
    { maxLength: 25 },
  ),
  told: fc.constant([{ source: 'usage' as const, atMs: 1 }]),
  refused: fc.boolean(),
  credits: fc.record({ hasCredits: fc.boolean(), unlimited: fc.boolean(), balance: words }),
  spend: fc.record({ reached: fc.boolean(), usedPercent: odd, limit: words }),
  resets: fc.record({ available: odd }),
  promo: words,
  problem: words,
});

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>(
    { kind: 'ready' },
    { kind: 'off' },
    { kind: 'signedOut', reason: 'revoked' },
    { kind: 'otherIssuer', issuer: 'https://other.test' },
  ),
  fc.record({
    kind: fc.constant('coolingDown' as const),
    reason: fc.constant('usageLimit' as const),
    untilMs: odd,
  }),
  fc.record({ kind: fc.constant('ceiling' as const), percent: odd }),
);

const poolEntry: fc.Arbitrary<Omit<PoolEntry, 'id'>> = fc
  .record({
    label: words,
    account: words,
    kind: fc.constantFrom<PoolEntry['kind']>('chatgpt', 'imported', 'environment'),
    plan: maybe(words),
    ceilingPercent: maybe(odd),
    condition,
    quota: maybe(quotaState),
  })
  .map(({ ceilingPercent, ...one }) => ({
    ...one,
    preferences: ceilingPercent === undefined ? {} : { ceilingPercent },
  }));

test('whatever the figures are, the page can read every message about them', async () => {
  const scopes = fc.constantFrom(
    'window' as const,
    'day' as const,
    'week' as const,
    'chat' as const,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(poolEntry, { maxLength: 4 }), scopes, async (all, scope) => {
      const entries = all.map((one, at): PoolEntry => ({ ...one, id: `id-${at}` }));
      const { host, told, tracker, clock } = await world({ entries });
      for (const { id, quota } of entries) {
        const windows = (quota?.windows ?? []).slice(0, 3);
        tracker.reading({ credentialId: id, observedAtMs: clock.now() - 60_000, windows });
      }
      await host.handle({ ...show, scope });
      asPage(told);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('of sixty accounts the page gets as many as it takes', async () => {
  const entry = fc.sample(poolEntry, { seed: 7, numRuns: 60 });
  const entries = entry.map((one, at): PoolEntry => ({ ...one, id: `id-${at}` }));
  const { host, told } = await world({ entries });
  await host.handle(show);
  const [first] = asPage(told);
  expect(first?.type === 'usage/accounts' && first.accounts.list.length).toBe(50);
});

test('an account with the longest address there is can be shown', async () => {
  const [one] = fc.sample(poolEntry, { seed: 1, numRuns: 1 });
  const id = `${'0'.repeat(36)}.${'x'.repeat(254)}@home.example`;
  const { host, told } = await world({ entries: one ? [{ ...one, id }] : [] });
  await host.handle(show);
  asPage(told);
});

test('no token is in any message', async () => {
  const { host, told, quota, clock, held } = await world();
  for (const id of ['a', 'b', 'c']) {
    const windows = [{ kind: 'fiveHour' as const, label: '5h', usedPercent: 3 }];
    quota.record({ credentialId: id, source: 'usage', observedAtMs: clock.now(), windows });
  }
  held.hold({ text: 'Hello', untilMs: 1e15, account: 'a', send: () => {}, giveBack: () => {} });
  for (const scope of ['window', 'day', 'week', 'chat'] as const) {
    await host.handle({ ...show, scope });
  }
  const all = JSON.stringify(asPage(told));
  expect(all).toContain('a@home.example');
  expect(all).not.toMatch(/canary-|refresh-0/);
});

test('held messages are told in short and told again to a page that has forgotten them', async () => {
  const { host, told, held } = await world();
  const text = `\n\n  First line ${'x'.repeat(3_000)}\nSecond line`;
  held.hold({
    text,
    untilMs: Number.NaN,
    account: 'y'.repeat(9_000),
    send: () => {},
    giveBack: () => {},
  });
  host.tellAgain();
  const messages = asPage(told);
  expect(messages.map(({ type }) => type)).toEqual(['scheduled', 'scheduled']);
  const [one] = messages.flatMap((message) =>
    message.type === 'scheduled' ? message.prompts : [],
  );
  expect(one?.text).toMatch(/^First line x+$/);
  expect(one?.text.length).toBeLessThanOrEqual(200);
});
