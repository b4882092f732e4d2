import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/async/clock.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { checkApiKey, readApiKey, toApiKeyCredential } from '../../../../src/core/auth/apiKey.ts';
import type { CredentialKind } from '../../../../src/core/auth/credential.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { toCredential } from '../../../../src/core/auth/tokens.ts';
import { createModels } from '../../../../src/core/models/models.ts';
import { selectAccount, type Candidate } from '../../../../src/core/pool/selectAccount.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import { noPreferences, type PoolPreferences } from '../../../../src/core/pool/preferences.ts';
import type { Cooldowns } from '../../../../src/core/pool/cooldown.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { userMessage } from '../../../../src/core/responses/request/input.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../../backend/backend.ts';
import { practiceApiKey } from '../../../backend/world.ts';
import { memoryStore } from '../../../support/credentials.ts';
import { classic } from '../responses/harness.ts';

/** A key of the API beside a ChatGPT account, over real sockets against the stand-in. */
const ada = 'ada@example.com';
const headers = { 'user-agent': 'codex_chat/0.0.0 (linux; x64)' };
const never = new AbortController().signal;
let backend: Backend;
const http = createHttp();

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await http.close();
  await backend.stop();
});

async function world(options: { withAccount?: boolean; api?: () => string } = {}) {
  const { withAccount = true, api = () => backend.apiBaseUrl } = options;
  const clock = systemClock;
  const key = await toApiKeyCredential(practiceApiKey, backend.apiBaseUrl, clock.now());
  const { accessToken, refreshToken, idToken } = backend.control.mint(ada);
  const account = toCredential({ accessToken, refreshToken, idToken }, backend.issuer, clock.now());
  const store = memoryStore(withAccount ? [key, account] : [key]);
  const issuer = (kind?: CredentialKind) => (kind === 'apiKey' ? api() : backend.issuer);
  const platform = { store, http: http.request, issuer, clock, log: silentLog };
  const tokenProvider = createTokenProvider(platform);
  const chosen = { id: undefined as string | undefined };
  const probed: string[] = [];
  const pool = createPool({
    ...platform,
    tokenProvider,
    quota: createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log: silentLog }),
    preferences: createLocalValue<PoolPreferences>(noPreferences),
    cooldowns: createLocalValue<Cooldowns>({}),
    rotation: () => 'sequential',
    preferred: () => chosen.id,
    async probe(id) {
      probed.push(id);
    },
  });
  await pool.ready;
  const client = createResponses({
    http: http.request,
    tokenProvider: pool,
    baseUrl: () => backend.baseUrl,
    identity: { originator: 'codex_chat', userAgent: headers['user-agent'] },
    clock,
    random: () => 0,
    log: silentLog,
  });
  const ask = () =>
    client.stream(
      {
        ...classic,
        model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true, defaultVerbosity: 'low' },
        input: [userMessage('Hello')],
        turnState: { value: 'state', credentialId: key.id },
      },
      () => {},
      never,
    );
  return { key, account, store, pool, tokenProvider, chosen, probed, ask };
}

const paths = () => backend.control.requests('/responses').map(({ path }) => path);

test('a key that is chosen goes to the API, with nothing of the ways of Codex clients (S1-25)', async () => {
  const { key, chosen, ask, probed } = await world();
  chosen.id = key.id;
  const answer = await ask();
  expect([answer.credentialId, answer.usage?.output]).toEqual([key.id, expect.any(Number)]);
  expect(paths()).toEqual(['/v1/responses']);
  expect(probed).not.toContain(key.id);
});

test('a key is never shown to another server than the one that it was entered for', async () => {
  const { key, chosen, ask } = await world();
  chosen.id = key.id;
  await ask();
  const others = backend.control.requests().filter(({ path }) => !path.startsWith('/v1/'));
  expect(JSON.stringify(others)).not.toContain(practiceApiKey);
  backend.control.clearRequests();
  const moved = await world({ withAccount: false, api: () => `${backend.url}/elsewhere` });
  await expect(moved.ask()).rejects.toMatchObject({ failure: { kind: 'otherIssuer' } });
  expect(backend.control.requests()).toEqual([]);
});

test('nobody is billed without having chosen it, even at a limit', async () => {
  const { ask, account } = await world();
  expect((await ask()).credentialId).toBe(account.id);
  backend.control.setUsage(ada, { fiveHourPercent: 100 });
  await expect(ask()).rejects.toMatchObject({ failure: { kind: 'usageLimit' } });
  expect(new Set(paths())).toEqual(new Set(['/backend-api/codex/responses']));
});

test('a key that is the only account is used without a choice', async () => {
  const { ask, key } = await world({ withAccount: false });
  expect((await ask()).credentialId).toBe(key.id);
});

test('a key that the API rejects is signed out with its own words, and an account goes on', async () => {
  const { ask, key, account, chosen, store, pool } = await world();
  chosen.id = key.id;
  backend.control.setApiKeys([]);
  expect((await ask()).credentialId).toBe(account.id);
  expect(store.entries.get(key.id)).toMatchObject({
    accessToken: '',
    signedOutReason: 'keyRejected',
  });
  expect(backend.control.requests('/oauth/token')).toEqual([]);
  const [entry] = pool.entries().filter(({ id }) => id === key.id);
  expect(entry?.condition).toEqual({ kind: 'signedOut', reason: 'keyRejected' });
});

test('the models of a key are those of the API that can write, days of them hidden', async () => {
  const { tokenProvider, key } = await world();
  const models = createModels({
    http: http.request,
    baseUrl: () => backend.baseUrl,
    tokenProvider: {
      getToken: (signal) => tokenProvider.bearerOf(key.id, signal),
      replaceRejected: tokenProvider.replaceRejected,
    },
    log: silentLog,
    headers: () => ({ originator: 'codex_chat', ...headers }),
  });
  await models.refresh(never);
  expect(models.current().models.map(({ slug, hidden, lite }) => [slug, hidden, lite])).toEqual([
    ['gpt-5.5', false, false],
    ['gpt-5.5-2026-04-01', true, false],
    ['gpt-5.1-codex', false, false],
  ]);
  models.dispose();
});

test.each([
  ['taken', practiceApiKey, undefined],
  ['not known', 'sk-practice-of-somebody-else', { kind: 'badKey' }],
])('a key that is %s is told as such when it is entered', async (_, text, failure) => {
  const credential = await toApiKeyCredential(text, backend.apiBaseUrl, 0);
  const check = checkApiKey({ http: http.request, headers }, credential, never);
  if (failure) await expect(check).rejects.toMatchObject({ failure });
  else await expect(check).resolves.toBeUndefined();
});

test('an API that fails or is not there says nothing about the key', async () => {
  backend.control.scriptFor('/v1/models', { kind: 'status', status: 503, body: {} });
  const credential = await toApiKeyCredential(practiceApiKey, backend.apiBaseUrl, 0);
  const source = { http: http.request, headers };
  await expect(checkApiKey(source, credential, never)).rejects.toMatchObject({
    failure: { kind: 'apiFailed', status: 503 },
  });
  const nowhere = { ...credential, issuer: 'http://127.0.0.1:9/v1' };
  await expect(checkApiKey(source, nowhere, never)).rejects.toMatchObject({
    failure: { kind: 'unreachable' },
  });
});

test('what is pasted is read without its quotes, and nothing else is taken for a key', async () => {
  expect(readApiKey(` "${practiceApiKey}"\n`)).toBe(practiceApiKey);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const key = readApiKey(text);
      return key === undefined || /^[\w-]{20,300}$/.test(key);
    }),
  );
});

test('neither the id nor the name of a key tells a part of it', async () => {
  const key = fc.stringMatching(/^sk-[A-Za-z0-9]{40}$/);
  await fc.assert(
    fc.asyncProperty(key, async (text) => {
      const { accessToken, ...shown } = await toApiKeyCredential(text, 'https://api.test/v1', 0);
      const words = JSON.stringify(shown);
      expect(accessToken).toBe(text);
      for (let at = 3; at + 6 <= text.length; at++) {
        expect(words).not.toContain(text.slice(at, at + 6));
      }
    }),
    { numRuns: 50 },
  );
});

test('never is a billed account picked but the chosen one, or where there are no others', () => {
  const candidate = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    kind: fc.constantFrom<CredentialKind>('chatgpt', 'imported', 'apiKey'),
    condition: fc.constantFrom<Candidate['condition']>(
      { kind: 'ready' },
      { kind: 'off' },
      { kind: 'signedOut', reason: 'revoked' },
      { kind: 'coolingDown', reason: 'usageLimit', untilMs: 1 },
    ),
    usedPercent: fc.option(fc.nat({ max: 100 }), { nil: undefined }),
  });
  const id = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined });
  fc.assert(
    fc.property(
      fc.uniqueArray(candidate, { selector: (one) => one.id }),
      fc.record({
        rotation: fc.constantFrom('sequential' as const, 'leastUsed' as const, 'off' as const),
        sticky: id,
        preferred: id,
      }),
      (candidates, wishes) => {
        const picked = candidates.find((one) => one.id === selectAccount(candidates, wishes));
        if (picked?.kind !== 'apiKey') return;
        const isChosen = [wishes.sticky, wishes.preferred].includes(picked.id);
        const others = candidates.filter(
          ({ kind, condition }) => kind !== 'apiKey' && condition.kind !== 'signedOut',
        );
        expect(isChosen || others.length === 0).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});
