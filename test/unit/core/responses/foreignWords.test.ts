import { expect, test } from 'vitest';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { quotaNotices } from '../../../../src/core/quota/text/quotaNotices.ts';
import { resolveModel } from '../../../../src/core/models/resolve.ts';
import { bundledModels } from '../../../../src/core/models/bundled.ts';
import { scriptedHttp, sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { run } from './harness.ts';

/** Words that every plain object has a value for. */
const words = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];

test.each(words)('the word %s of the backend means nothing to the client', async (word) => {
  const refused = await run(scriptedHttp(() => statusOf(400, { error: { code: word } })).http);
  expect(refused.failure).toMatchObject({ kind: 'badRequest', code: word });
  const error = { code: word, message: word };
  const failed = await run(
    scriptedHttp(() => streamOf(sseBytes([{ type: 'response.failed', response: { error } }]))).http,
  );
  expect(failed.failure?.kind).toBe('server');
  expect(errorMessage(new ResponsesError(failed.failure ?? { kind: 'empty' }), 0).title).toMatch(
    /^Codex/,
  );
  const odd = await run(scriptedHttp(() => streamOf(sseBytes([{ type: word }]))).http);
  expect(odd.failure?.kind).toBe('cut');
});

test.each(words)('the word %s of the backend means nothing to quota and models', (word) => {
  const state = {
    credentialId: 'c',
    windows: [],
    others: [],
    refused: false,
    observedAtMs: 0,
    reachedType: word,
  };
  for (const remark of quotaNotices(state, [], 0)) expect(remark).toBeTypeOf('string');
  const { effort } = resolveModel(bundledModels, '', word);
  expect(effort).toBeTypeOf('string');
});
