import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../../../src/base/log.ts';
import { createTitles, type TitlesDeps } from '../../../../../src/core/chat/titles/titles.ts';
import { createLedgerTracker } from '../../../../../src/core/ledger/tracker.ts';
import { bundledModels } from '../../../../../src/core/models/bundled.ts';
import type { Model } from '../../../../../src/core/models/catalogue.ts';
import { createResponses } from '../../../../../src/core/responses/client.ts';
import { createHttp } from '../../../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../../../backend/backend.ts';
import { asRecord } from '../../../../backend/values.ts';
import { skippingClock } from '../../../../support/manualClock.ts';

/** Titles by the client as it is shipped, over real sockets, against the practice backend. */
let backend: Backend;
const http = createHttp();
const start = { prompt: 'Fix the login page of the shop, please. It is slow.', answer: 'Done.' };

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await http.close();
  await backend.stop();
});

const modelOf = (slug: string): Model => {
  const model = bundledModels.find((one) => one.slug === slug);
  if (!model) throw new Error(`There is no model ${slug}.`);
  return model;
};

function createWorld(overrides: Partial<TitlesDeps> = {}) {
  const { accessToken, accountId } = backend.control.mint('ada@example.com');
  const bearer = { credentialId: 'ada', accountId, accessToken };
  const clock = skippingClock();
  const tracker = createLedgerTracker({ now: clock.now });
  let ids = 0;
  const responses = createResponses({
    http: http.request,
    tokenProvider: { getToken: async () => bearer, replaceRejected: async () => bearer },
    baseUrl: () => backend.baseUrl,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/1.0.0' },
    clock,
    random: () => 0,
    log: silentLog,
  });
  const titles = createTitles({
    responses,
    model: () => modelOf('gpt-5.5'),
    isAffordable: () => true,
    tracker,
    onTurnEvent: () => undefined,
    clock,
    newId: () => `01a1fb67-d99b-7c30-a295-${String(ids++).padStart(12, '0')}`,
    log: silentLog,
    ...overrides,
  });
  return { titles, tracker };
}

const asked = () => backend.control.requests('/codex/responses');

describe('a title', () => {
  test.each(['gpt-5.5', 'gpt-6.1-sol'])(
    'is asked for once for each chat, with %s',
    async (slug) => {
      const { titles } = createWorld({ model: () => modelOf(slug) });
      expect(await titles.ask('chat', start)).toBe('Fix the login page of the');
      expect(await titles.ask('chat', start)).toBeUndefined();
      expect(asked()).toHaveLength(1);
      expect(await titles.ask('other', start)).toBe('Fix the login page of the');
    },
  );

  test('is asked for with the lowest effort, under its own kind, with excerpts alone', async () => {
    const { titles } = createWorld();
    const long = { prompt: 'p'.repeat(5000), answer: 'a'.repeat(5000) };
    await titles.ask('chat', long);
    const [request] = asked();
    const body = asRecord(request?.body);
    expect(asRecord(body['reasoning'])).toEqual({ effort: 'low' });
    expect(JSON.parse(request?.headers['x-codex-turn-metadata'] ?? '')).toEqual({
      request_kind: 'title',
    });
    const input = JSON.stringify(body['input']);
    expect(input.match(/p{100,}/)?.[0]).toHaveLength(1500);
    expect(input.match(/a{100,}/)?.[0]).toHaveLength(1500);
  });

  test('is in the ledger as its own kind, with its tokens', async () => {
    const { titles, tracker } = createWorld();
    await titles.ask('chat', start);
    const [entry] = tracker.entries();
    expect(entry).toMatchObject({
      kind: 'title',
      chatId: 'chat',
      model: 'gpt-5.5',
      effort: 'low',
      requests: 1,
      outcome: 'done',
    });
    expect(entry?.tokens?.input).toBeGreaterThan(20);
  });

  test('comes with the same recovery as an answer', async () => {
    backend.control.script({ kind: 'httpError', name: 'overloaded' }, { kind: 'drop' });
    const { titles, tracker } = createWorld();
    expect(await titles.ask('chat', start)).toBe('Fix the login page of the');
    expect(tracker.entries()[0]?.failed).toHaveLength(2);
  });

  test('that fails is no error: nothing rejects, and no second request is made', async () => {
    backend.control.script({ kind: 'status', status: 400, body: { detail: 'No.' } });
    const { titles, tracker } = createWorld();
    expect(await titles.ask('chat', start)).toBeUndefined();
    expect(await titles.ask('chat', start)).toBeUndefined();
    expect(asked()).toHaveLength(1);
    expect(tracker.entries()[0]?.outcome).toBe('failed');
  });

  test.each<[string, Partial<TitlesDeps>]>([
    ['titles are off', { model: () => undefined }],
    ['a limit is near', { isAffordable: () => false }],
  ])('is not asked for when %s, but may be later', async (_, overrides) => {
    const { titles } = createWorld(overrides);
    expect(await titles.ask('chat', start)).toBeUndefined();
    expect(asked()).toEqual([]);
  });

  test('that is odd is refused', async () => {
    const sentence = 'I am sorry, but I cannot give this chat a title because of its contents.';
    backend.control.script({ kind: 'text', text: sentence });
    expect(await createWorld().titles.ask('chat', start)).toBeUndefined();
  });

  test.each(['forget', 'dispose'] as const)('is aborted by %s', async (how) => {
    backend.control.script({ kind: 'stall' });
    const { titles, tracker } = createWorld();
    const title = titles.ask('chat', start);
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    titles[how]('chat');
    expect(await title).toBeUndefined();
    expect(tracker.entries()[0]?.outcome).toBe('stopped');
    expect(asked()).toHaveLength(1);
  });
});
