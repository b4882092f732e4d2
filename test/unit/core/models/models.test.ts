import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HttpError, type Http } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { BearerTokenSource } from '../../../../src/core/auth/bearerToken.ts';
import { bundledModels } from '../../../../src/core/models/bundled.ts';
import { CatalogueError } from '../../../../src/core/models/fetchCatalogue.ts';
import { createModels } from '../../../../src/core/models/models.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { type Backend, startBackend } from '../../../backend/backend.ts';
import { settled } from '../../../support/steppedClock.ts';

const never = new AbortController().signal;
const client = createHttp();
let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({ accounts: [{ email: 'a@example.test', plan: 'plus' }] });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

function open(options: { http?: Http; tokenProvider?: BearerTokenSource } = {}) {
  const bearer = () => ({ credentialId: 'cred', ...backend.control.mint('a@example.test') });
  const models = createModels({
    http: options.http ?? client.request,
    baseUrl: () => backend.baseUrl,
    tokenProvider: options.tokenProvider ?? {
      getToken: async () => bearer(),
      replaceRejected: async () => bearer(),
    },
    log: silentLog,
    headers: () => ({ originator: 'codex-chat', 'user-agent': 'codex-chat/1' }),
  });
  let changes = 0;
  models.onDidChange(() => changes++);
  return { models, changes: () => changes };
}

const asked = () => backend.control.requests('/codex/models');

/** Waits until the backend was asked so often and the answers were taken in. */
async function askedTimes(count: number): Promise<void> {
  await expect.poll(() => asked().length).toBe(count);
  for (let turn = 0; turn < 20; turn++) await settled();
}

test('offers the bundled models until the live ones were read', async () => {
  const { models, changes } = open();
  expect(models.current()).toEqual({ models: bundledModels, source: 'bundled' });
  await models.refresh(never);
  expect(models.current()).toMatchObject({ source: 'live', etag: expect.stringMatching(/^\w+$/) });
  expect(models.current().models.map(({ slug }) => slug)).toEqual(
    bundledModels.map(({ slug }) => slug),
  );
  expect(models.current().models[0]).toMatchObject({
    efforts: ['low', 'medium', 'high', 'xhigh', 'max', 'ultra'],
    minimalClientVersion: '0.144.0',
  });
  expect(changes()).toBe(1);
});

test('tells the backend the client version, the account and the client', async () => {
  await open().models.refresh(never);
  expect(asked()).toMatchObject([
    {
      method: 'GET',
      query: { client_version: '0.169.0' },
      headers: {
        authorization: expect.stringMatching(/^Bearer ./),
        'chatgpt-account-id': expect.any(String),
        originator: 'codex-chat',
        'user-agent': 'codex-chat/1',
      },
    },
  ]);
});

test('reads anew once when an answer names another etag', async () => {
  let sent = 0;
  const http: Http = (request, signal) => (sent++, client.request(request, signal));
  const { models, changes } = open({ http });
  await models.refresh(never);
  const first = models.current().etag ?? '';
  models.noteEtag(`W/"${first}"`);
  models.noteEtag('');
  backend.control.setModels([{ slug: 'gpt-7', display_name: 'GPT-7' }]);
  models.noteEtag('"another"');
  models.noteEtag('"another"');
  await askedTimes(2);
  expect(models.current().models).toMatchObject([{ slug: 'gpt-7' }]);
  expect(changes()).toBe(2);
  // The backend goes on to name an etag that its catalogue does not have.
  models.noteEtag('"another"');
  await settled();
  expect(sent).toBe(2);
});

test('tries again at the next answer when reading anew has failed', async () => {
  const { models } = open();
  await models.refresh(never);
  backend.control.scriptFor('/codex/models', { kind: 'status', status: 500 });
  models.noteEtag('"another"');
  await askedTimes(2);
  models.noteEtag('"another"');
  await askedTimes(3);
});

test('shares one request among all who ask at once, and each may leave on its own', async () => {
  const { models } = open();
  const leaving = new AbortController();
  const left = models.refresh(leaving.signal);
  const stayed = models.refresh(never);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await stayed;
  expect(asked()).toHaveLength(1);
  expect(models.current().source).toBe('live');
});

test.each([
  ['a refusal', { kind: 'status' as const, status: 503, body: 'busy' }],
  ['an answer that is no catalogue', { kind: 'status' as const, status: 200, body: '<html>' }],
  ['an empty list', { kind: 'status' as const, status: 200, body: { models: [] } }],
])('keeps the models it has after %s', async (_, behaviour) => {
  const { models, changes } = open();
  await models.refresh(never);
  const before = models.current();
  backend.control.scriptFor('/codex/models', behaviour);
  await expect(models.refresh(never)).rejects.toThrow(CatalogueError);
  expect([models.current(), changes()]).toEqual([before, 1]);
});

test('renews a rejected token once', async () => {
  const expired = backend.control.mint('a@example.test', { accessLifetimeS: -10 });
  const tokenProvider: BearerTokenSource = {
    getToken: async () => ({ credentialId: 'cred', ...expired }),
    replaceRejected: async () => ({
      credentialId: 'cred',
      ...backend.control.mint('a@example.test'),
    }),
  };
  const { models } = open({ tokenProvider });
  await models.refresh(never);
  expect([asked().length, models.current().source]).toEqual([2, 'live']);
});

test('passes a broken connection on to who asked', async () => {
  const http: Http = async () => {
    throw new HttpError('dns', 'chatgpt.com');
  };
  await expect(open({ http }).models.refresh(never)).rejects.toThrow(HttpError);
});

test('forgets the models of an account that is left, also those still on their way', async () => {
  const { models } = open();
  await models.refresh(never);
  const late = models.refresh(never);
  models.reset();
  await late;
  expect(models.current().source).toBe('bundled');
});

test('resolves a setting against what is on offer now', async () => {
  const { models } = open();
  expect(models.resolve('gpt-5.5', '').model.lite).toBe(false);
  backend.control.setModels([{ slug: 'gpt-7', display_name: 'GPT-7' }]);
  await models.refresh(never);
  expect(models.resolve('gpt-5.5', '')).toMatchObject({
    model: { slug: 'gpt-7' },
    notes: [{ kind: 'modelReplaced', wanted: 'gpt-5.5', used: 'GPT-7', isSuccessor: false }],
  });
});
