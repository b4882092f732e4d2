import { chatInMemory, notesOf } from '../../../support/chats.ts';
import { expect, test, vi } from 'vitest';
import type { HttpResponse } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createSession } from '../../../../src/core/chat/session.ts';
import { createModels } from '../../../../src/core/models/models.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { classic, countingGrants } from '../responses/harness.ts';

const headers = () => ({});
const network = {
  baseUrl: () => 'https://chatgpt.com/backend-api',
  tokenProvider: countingGrants(),
};
const refused = (slug: string) =>
  statusOf(400, {
    detail: `The '${slug}' model is not supported when using Codex with a ChatGPT account.`,
  });
const good = () => streamOf(fixtureBytes('ok_plain.sse'));

/** A session on the models of the bundle, of which one is chosen. */
async function ask(chosen: string, ...answers: readonly (() => HttpResponse)[]) {
  const { http, sent } = scriptedHttp(...answers);
  const models = createModels({ ...network, http, headers, log: silentLog });
  let ids = 0;
  const session = createSession({
    ...chatInMemory(),
    responses: createResponses({
      ...network,
      http,
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock: skippingClock(),
      random: () => 0.5,
      log: silentLog,
    }),
    basis: () => {
      const { model, notes } = models.resolve(chosen, '');
      return { ...classic, model, notes, windowTokens: 1000 };
    },
    noteModelGone: models.noteGone,
    clock: skippingClock(),
    newId: () => `id-${++ids}`,
    log: silentLog,
    onTurnEvent: () => {},
    onFailure: () => {},
  });
  const send = async () => {
    session.send({ text: 'Hello?', attachments: [] });
    await vi.waitFor(() => expect(session.isBusy()).toBe(false), { interval: 1 });
  };
  await send();
  const slugs = () => sent.map(({ body }): unknown => JSON.parse(body ?? '')['model']);
  return { turn: session.turns()[0], slugs, send };
}

test('a model that the backend refuses gives way to its successor, and the turn says so', async () => {
  const { turn, slugs, send } = await ask('gpt-5.5', () => refused('gpt-5.5'), good);
  expect(slugs()).toEqual(['gpt-5.5', 'gpt-6-sol']);
  expect(turn?.status).toBe('done');
  expect(notesOf(turn)).toEqual([
    'The model “gpt-5.5” isn’t available. Using its successor GPT-6-Sol.',
  ]);
  await send();
  expect(slugs().at(-1)).toBe('gpt-6-sol');
  expect(slugs().length).toBe(3);
});

test('so does a model that is refused inside the stream', async () => {
  const failed = { type: 'error', error: { code: 'model_deprecated', message: 'Gone.' } };
  const { turn, slugs } = await ask('gpt-5.6-luna', () => streamOf(sseBytes([failed])), good);
  expect(slugs()).toEqual(['gpt-5.6-luna', 'gpt-6-luna']);
  expect(turn?.status).toBe('done');
});

test('so does a model that neither body shape finds', async () => {
  const missing = () => statusOf(404, { detail: 'Model not found gpt-6-sol' });
  const { turn, slugs } = await ask('gpt-6-sol', missing, missing, good);
  expect(slugs()).toEqual(['gpt-6-sol', 'gpt-6-sol', 'gpt-6.1-sol']);
  expect(turn?.status).toBe('done');
});

test('a stored choice that no catalogue lists is sent as its successor, and the turn says so', async () => {
  const { turn, slugs } = await ask('gpt-5.1-codex-max', good);
  expect(slugs()).toEqual(['gpt-5.5']);
  expect(notesOf(turn)?.join()).toContain('its successor GPT-5.5');
});

test('a second refusal in the same turn is told, and costs no further request', async () => {
  const { turn, slugs } = await ask('gpt-5.5', () => refused('any'));
  expect(slugs().length).toBe(2);
  expect(turn?.failure?.kind).toBe('model');
});
