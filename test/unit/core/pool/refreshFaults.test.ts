import { noteText } from '../../../../src/core/chat/messages/noteText.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/async/clock.ts';
import { HttpError, type Http, type HttpResponse } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import { createAccountSwitchNote } from '../../../../src/core/chat/turn/accountSwitchNote.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import type { Rotation } from '../../../../src/core/pool/selectAccount.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import { noPreferences, type PoolPreferences } from '../../../../src/core/pool/preferences.ts';
import type { Cooldowns } from '../../../../src/core/pool/cooldown.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { fixtureBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic } from '../responses/harness.ts';

/* The pool on real grants: one account's trouble with the sign-in server, or with its token. */

const never = new AbortController().signal;
const start = credential().refreshedAtMs;
const hourMs = 3_600_000;

interface Account {
  id: string;
  /** The access token has run out. */
  isSpent?: boolean;
  /** What the sign-in server says to its refresh token; default: new tokens. */
  refresh?: () => HttpResponse | Error;
  /** The backend takes none of its tokens. */
  isRejected?: boolean;
}

function world(
  accounts: readonly Account[],
  rotation: Rotation = 'sequential',
  rests: Cooldowns = {},
) {
  const clock: Clock = {
    now: () => start,
    // Deadlines and the ends of rests never come here; short waits are over at once.
    delay: (ms) => (ms < 5_000 ? Promise.resolve() : new Promise(() => {})),
  };
  const store = memoryStore(
    accounts.map(({ id, isSpent }) =>
      credential({
        id,
        email: `${id}@example.com`,
        accessToken: `${id} 0`,
        refreshToken: `${id} r0`,
        expiresAtMs: isSpent ? start - 1 : start + hourMs,
      }),
    ),
  );
  const refreshes: string[] = [];
  const asked: string[] = [];
  const http: Http = async ({ url, headers, body = '' }) => {
    if (!url.includes('issuer.test')) {
      const token = (headers['authorization'] ?? '').replace('Bearer ', '');
      asked.push(token);
      const account = accounts.find(({ id }) => token.startsWith(`${id} `));
      return account?.isRejected
        ? statusOf(401, { error: { code: 'token_expired' } })
        : streamOf(fixtureBytes('ok_plain.sse'));
    }
    const [id = '', count = ''] = String(JSON.parse(body).refresh_token).split(' r');
    refreshes.push(id);
    const answer = accounts.find((account) => account.id === id)?.refresh?.();
    if (answer instanceof Error) throw answer;
    const next = Number(count) + 1;
    const tokens = { access_token: `${id} ${next}`, refresh_token: `${id} r${next}` };
    return answer ?? statusOf(200, { ...tokens, expires_in: 3600 });
  };
  const issuer = () => 'https://issuer.test';
  const tokenProvider = createTokenProvider({ store, http, clock, log: silentLog, issuer });
  const pool = createPool({
    store,
    tokenProvider,
    quota: createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log: silentLog }),
    preferences: createLocalValue<PoolPreferences>(noPreferences),
    cooldowns: createLocalValue(rests),
    probe: async () => {},
    rotation: () => rotation,
    preferred: () => undefined,
    issuer,
    clock,
    log: silentLog,
  });
  const client = createResponses({
    http,
    tokenProvider: pool,
    baseUrl: () => 'https://backend.test',
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/1' },
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  const turn = async () => {
    const events: TurnEvent[] = [];
    const end = await client
      .stream(classic, (event) => void events.push(event), never)
      .then(({ credentialId }) => credentialId)
      .catch((error: unknown) => error);
    const chat = createAccountSwitchNote((id) => id);
    const notes = events
      .flatMap((event) => (event.type === 'attempt' ? (chat.note(event, start) ?? []) : []))
      .map((note) => noteText(note, start));
    return { end, notes };
  };
  return { pool, store, turn, refreshes, asked };
}

const faults: [string, () => HttpResponse | Error][] = [
  ['cannot be reached', () => new HttpError('dns', 'issuer.test')],
  ['breaks the connection', () => new HttpError('reset', 'issuer.test')],
  ['answers 500', () => statusOf(500, '')],
  ['answers 401 with a page of the network', () => statusOf(401, '<html>Log in</html>')],
  ['answers 429', () => statusOf(429, '')],
  ['gives an answer that cannot be used', () => statusOf(200, 'hello')],
];

test.each(faults)(
  'the next ready account goes on, visibly, when the sign-in server %s',
  async (_, refresh) => {
    const { turn, store } = world([{ id: 'ada', isSpent: true, refresh }, { id: 'grace' }]);
    expect(await turn()).toEqual({
      end: 'grace',
      notes: ['ada@example.com could not be refreshed. Continuing with grace@example.com.'],
    });
    expect(store.entries.get('ada')?.refreshToken).toBe('ada r0');
  },
);

test.each(faults)(
  'the next ready account goes on in the middle of a turn, when the sign-in server %s',
  async (_, refresh) => {
    const { turn } = world([{ id: 'ada', isRejected: true, refresh }, { id: 'grace' }]);
    const { end, notes } = await turn();
    expect([end, notes.length]).toEqual(['grace', 1]);
  },
);

test.each(faults)(
  'the only account says what happened when the sign-in server %s',
  async (_, refresh) => {
    const { turn } = world([{ id: 'ada', isSpent: true, refresh }]);
    const { end } = await turn();
    expect(end).toBeInstanceOf(AuthError);
    const { kind, message } = errorMessage(end, start);
    expect(kind).toBe('signInUnreachable');
    expect(message).toMatch(/issuer\.test|sign-in server/);
  },
);

test('a fault of one account moves no chat on where accounts do not take over', async () => {
  const refresh = () => statusOf(500, '');
  const { turn, refreshes } = world(
    [{ id: 'ada', isSpent: true, refresh }, { id: 'grace' }],
    'off',
  );
  const { end } = await turn();
  expect([end instanceof AuthError, refreshes]).toEqual([true, ['ada']]);
});

test('what ends one account lets the others go on, and the first fault is told when all fail', async () => {
  const { turn } = world([
    { id: 'ada', isSpent: true, refresh: () => statusOf(503, '') },
    { id: 'grace', isSpent: true, refresh: () => statusOf(400, { error: 'invalid_grant' }) },
  ]);
  const { end } = await turn();
  expect(end).toMatchObject({ failure: { kind: 'issuerFailed', status: 503 } });
});

test.each<[string, () => HttpResponse, string]>([
  [
    'an ended session leads to the account that is left alone for a while',
    () => statusOf(400, { error: 'invalid_grant' }),
    'grace',
  ],
  [
    'a passing fault is told, for it is over sooner than the pause of the other account',
    () => statusOf(503, ''),
    'issuerFailed',
  ],
])('%s', async (_, refresh, expected) => {
  const rests = {
    grace: { reason: 'rateLimited', sinceMs: start, untilMs: start + 60_000 },
  } as const;
  const { turn } = world(
    [{ id: 'ada', isSpent: true, refresh }, { id: 'grace' }],
    'sequential',
    rests,
  );
  const { end } = await turn();
  expect(end instanceof AuthError ? end.failure.kind : end).toBe(expected);
});

test('a 401 that stays refreshes the token once, and then the turn ends', async () => {
  const { turn, refreshes, asked } = world([{ id: 'ada', isRejected: true }]);
  const { end } = await turn();
  expect(end instanceof ResponsesError && end.failure.kind).toBe('unauthorized');
  expect([refreshes, asked]).toEqual([['ada'], ['ada 0', 'ada 1']]);
});

test('a token that another window has stored is tried before any is refreshed', async () => {
  const { turn, refreshes, asked, store } = world([{ id: 'ada', isRejected: true }]);
  const before = store.entries.get('ada')!;
  const get = store.get;
  let reads = 0;
  store.get = async (id) => {
    if (++reads === 2) store.entries.set('ada', { ...before, accessToken: 'ada other' });
    return get(id);
  };
  await turn();
  expect([refreshes, asked]).toEqual([['ada'], ['ada 0', 'ada other', 'ada 1']]);
});

test('no account is ever refreshed twice in a turn for 401s, however many there are', async () => {
  const account = fc.record({ isRejected: fc.boolean(), isSpent: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(account, { minLength: 1, maxLength: 4 }), async (list) => {
      const accounts = list.map((each, i) => ({ ...each, id: `account${i}` }));
      const { turn, refreshes, asked } = world(accounts);
      const { end } = await turn();
      const good = accounts.find(({ isRejected }) => !isRejected);
      if (good && accounts.indexOf(good) < 3) expect(end).toBe(good.id);
      for (const { id, isSpent } of accounts) {
        // One more when it had run out before it was ever rejected.
        const count = refreshes.filter((each) => each === id).length;
        expect(count).toBeLessThanOrEqual(isSpent ? 2 : 1);
      }
      expect(asked.length).toBeLessThanOrEqual(6);
    }),
    { numRuns: 60 },
  );
});
