import { beforeEach, expect, test } from 'vitest';
import type { HttpResponse } from '../../../src/base/http.ts';
import { createApiKeyEntry } from '../../../src/vscode/signIn/apiKeyEntry.ts';
import { memoryStore, recordingLog } from '../../support/credentials.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../support/streams.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());

const key = 'sk-canary-0123456789abcdef';

function open(...answers: (() => HttpResponse)[]) {
  const store = memoryStore();
  const log = recordingLog();
  const { http, sent } = scriptedHttp(...answers);
  const enter = createApiKeyEntry({
    store,
    http,
    clock: steppedClock(1000),
    log,
    userAgent: 'codex_chat/0.0.0',
    api: () => 'https://api.test/v1',
  });
  return { store, log, enter, sent };
}

async function answer(text: string | undefined): Promise<void> {
  const before = editor.inputs.length;
  editor.inputs.at(-1)?.answer(text);
  await expect.poll(() => editor.inputs.length, { timeout: 10_000 }).toBe(before + 1);
}

test('a key is tried at the API, stored, and named without a letter of it', async () => {
  const { store, log, enter, sent } = open(() => statusOf(200, { data: [] }));
  const work = enter();
  await settled();
  expect(editor.inputs[0]?.prompt).toContain('api.test');
  editor.inputs[0]?.answer(key);
  const id = await work;
  expect(sent.map(({ url }) => url)).toEqual(['https://api.test/v1/models']);
  expect(store.entries.get(id ?? '')).toMatchObject({
    kind: 'apiKey',
    accessToken: key,
    issuer: 'https://api.test/v1',
  });
  expect([...log.lines, JSON.stringify(editor.messages), id].join()).not.toContain('canary');
});

test('what is no key, and what the API does not take, is asked for again with the reason', async () => {
  const { store, enter, sent } = open(
    () => statusOf(401, { error: { code: 'invalid_api_key' } }),
    () => statusOf(500, {}),
  );
  const work = enter();
  await settled();
  await answer('hello');
  expect(sent).toEqual([]);
  expect(editor.inputs.at(-1)?.prompt).toContain('rejected this key');
  await answer(key);
  expect(editor.inputs.at(-1)?.prompt).toContain('rejected this key');
  await answer(key);
  expect(editor.inputs.at(-1)?.prompt).toContain('status 500');
  editor.inputs.at(-1)?.answer(undefined);
  expect([await work, store.entries.size]).toEqual([undefined, 0]);
});
