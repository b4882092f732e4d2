import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { readLimitError, readQuotaEvent } from '../../../../src/core/quota/decode/events.ts';
import { readQuotaHeaders } from '../../../../src/core/quota/decode/headers.ts';
import { createQuotaStore, type QuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import type { QuotaSnapshot } from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { fetchUsage } from '../../../../src/core/quota/poll/fetchUsage.ts';
import { UsageError } from '../../../../src/core/quota/poll/usageError.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { type Backend, startBackend } from '../../../backend/backend.ts';
import { steppedClock } from '../../../support/steppedClock.ts';

const email = 'a@example.test';
const never = new AbortController().signal;
const client = createHttp();
let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({ pace: 0, accounts: [{ email, plan: 'plus' }] });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

const nowMs = 1_795_220_000_000;
const resetAt = nowMs / 1000 + 3600;

const headers = (used: unknown, credentialId = 'cred', atMs = nowMs) =>
  readQuotaHeaders(
    {
      'x-codex-primary-used-percent': String(used),
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String(resetAt),
    },
    credentialId,
    atMs,
    'accepted',
  );
const event = (used: unknown, credentialId = 'cred', atMs = nowMs) =>
  readQuotaEvent(
    {
      type: 'codex.rate_limits',
      rate_limits: { primary: { used_percent: used, window_minutes: 300, reset_at: resetAt } },
    },
    credentialId,
    atMs,
  );
const usage = (used: number, credentialId = 'cred', atMs = nowMs): Promise<QuotaSnapshot> => {
  backend.control.setUsage(email, { fiveHourPercent: used });
  const bearer = { credentialId, ...backend.control.mint(email) };
  return fetchUsage(
    {
      http: client.request,
      baseUrl: backend.baseUrl,
      tokenProvider: { getToken: async () => bearer, replaceRejected: async () => bearer },
      clock: { now: () => atMs },
      headers: {},
    },
    never,
  );
};

type Told = QuotaSnapshot | undefined;
type Read = (used: number, credentialId?: string, atMs?: number) => Told | Promise<Told>;
const sources: [string, Read][] = [
  ['headers', headers],
  ['event', event],
  ['usage', usage],
];

/** A book that was told 42 % by an answer a second ago. */
function open() {
  const clock = steppedClock(nowMs);
  const book = createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log: silentLog });
  book.record(headers(42, 'cred', nowMs - 1000)!);
  return { book, clock };
}

async function tell(book: QuotaStore, reading: Told | Promise<Told>): Promise<void> {
  const told = await reading;
  if (told) book.record(told);
}

const figure = (book: QuotaStore, id = 'cred') =>
  book.current(id)?.windows.find(({ label }) => label === '5h')?.usedPercent;

describe.each(sources)('figures by %s', (source, read) => {
  test('that are newer and contradict the known ones win, with their source', async () => {
    const { book } = open();
    await tell(book, read(17));
    expect(figure(book)).toBe(17);
    expect(book.current('cred')?.shownElsewhere?.[0]).toEqual({ source, atMs: nowMs });
  });

  test('that are older than the known ones change nothing', async () => {
    const { book } = open();
    await tell(book, read(17, 'cred', nowMs - 2000));
    expect(figure(book)).toBe(42);
    expect(book.current('cred')?.shownElsewhere?.[0]?.source).toBe('headers');
  });

  test('of another account never show with this one', async () => {
    const { book } = open();
    await tell(book, read(17, 'other'));
    expect([figure(book), figure(book, 'other')]).toEqual([42, 17]);
  });

  test('of the same moment as others come to the same in either order', async () => {
    const [one, other] = [open().book, open().book];
    await tell(one, read(17));
    await tell(one, headers(18));
    await tell(other, headers(18));
    await tell(other, read(17));
    expect(figure(one)).toBe(18);
    expect(one.current('cred')).toEqual(other.current('cred'));
  });
});

test.each(['', 'many', 'NaN', '-1', 'null', '1e3', {}])(
  'figures that are no numbers leave the known ones be: %j',
  async (odd) => {
    const { book } = open();
    await tell(book, headers(odd));
    await tell(book, event(odd));
    expect(figure(book)).toBe(42);
  },
);

test('a refusal changes no figure but says until when, also for the right account alone', () => {
  const { book } = open();
  book.record(readLimitError({ resetsAtMs: nowMs + 60_000 }, 'other', nowMs));
  expect([book.current('cred')?.refused, book.current('other')?.refused]).toEqual([false, true]);
  book.record(readLimitError({ resetsAtMs: nowMs + 60_000 }, 'cred', nowMs));
  expect(book.current('cred')).toMatchObject({ refused: true, availableAtMs: nowMs + 60_000 });
  expect(figure(book)).toBe(42);
});

test('a refusal for a limit beside the main one does not spend the main one', () => {
  const told = readQuotaHeaders(
    {
      'x-codex-active-limit': 'codex_other',
      'x-codex-rate-limit-reached-type': 'rate_limit_reached',
      'x-codex-other-primary-used-percent': '100',
      'x-codex-other-primary-window-minutes': '60',
    },
    'cred',
    nowMs,
    'refused',
  );
  expect(told?.limitReached).toBeUndefined();
  const { book } = open();
  book.record(told!);
  expect(book.current('cred')).toMatchObject({ refused: false, others: [{ id: 'codex_other' }] });
});

test('an event of a limit beside the main one is no figure of the main one', () => {
  const told = readQuotaEvent(
    {
      type: 'codex.rate_limits',
      metered_limit_name: 'codex-other',
      limit_name: 'GPT-Other',
      rate_limits: { allowed: false, primary: { used_percent: 99, window_minutes: 300 } },
    },
    'cred',
    nowMs,
  );
  expect(told).toMatchObject({
    windows: [],
    others: [{ id: 'codex_other', name: 'GPT-Other', windows: [{ usedPercent: 99 }] }],
  });
  expect(told?.limitReached).toBeUndefined();
});

test.each([
  ['changes its shape', 'otherShape', 'unreadable'],
  ['is about another account', 'otherAccount', 'otherAccount'],
] as const)('a usage that %s is an error and no figure', async (_, told, kind) => {
  backend.control.setMeters(email, { usage: told });
  const failure = await usage(17).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ failure: { kind } });
});

test('reads every meter that the backend has', async () => {
  backend.control.setMeters(email, {
    plan: 'pro',
    families: [{ id: 'codex_spark', name: 'GPT-Spark', usedPercent: 9, minutes: 300 }],
    codeReviewPercent: 12,
    spend: { reached: true, limit: '20.00', usedPercent: 100 },
    promo: `Buy\n\n  now ${'!'.repeat(500)}`,
    resets: 3,
    unlimitedCredits: true,
  });
  const told = await usage(17);
  expect(told).toMatchObject({
    plan: 'pro',
    spend: { reached: true, limit: '20.00', usedPercent: 100 },
    resets: { available: 3 },
    credits: { unlimited: true },
    others: [
      { id: 'codex_spark', name: 'GPT-Spark', windows: [{ usedPercent: 9 }] },
      { id: 'code_review', name: 'Code review', windows: [{ usedPercent: 12, label: 'wk' }] },
    ],
  });
  expect(told.promo).toMatch(/^Buy now !{1,240}$/);
});
