import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../../../src/base/http.ts';
import { failureFromEvent } from '../../../../src/core/responses/retry/classify.ts';
import { decideRetry } from '../../../../src/core/responses/retry/retry.ts';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { countingGrants, run } from './harness.ts';

const created = { type: 'response.created', response: { id: 'resp_1' } };
const good = () => streamOf(fixtureBytes('ok_plain.sse'));
const failing = (...events: object[]) =>
  scriptedHttp(() => streamOf(sseBytes([created, ...events])));

/** Every way in which a stream brings an error. */
const carriers: [string, (error: object) => object][] = [
  ['response.failed', (error) => ({ type: 'response.failed', response: { error } })],
  ['error with the error in it', (error) => ({ type: 'error', error })],
  ['error with the fields beside it', (error) => ({ ...error, type: 'error' })],
  ['response.error', (error) => ({ type: 'response.error', error })],
];

const hopeless: [kind: string, error: Record<string, unknown>][] = [
  ['badRequest', { type: 'invalid_request_error', message: 'No.' }],
  ['badRequest', { type: 'invalid_request_error', code: 'a_code_nobody_listed' }],
  ['badRequest', { code: 'unsupported_parameter' }],
  ['badRequest', { code: 'unsupported_value', param: 'text.verbosity' }],
  ['badRequest', { code: 'string_above_max_length', param: 'input[3].call_id' }],
  ['badRequest', { code: 'array_above_max_length' }],
  ['badRequest', { code: 'integer_below_min_value' }],
  ['badRequest', { code: 'invalid_function_parameters' }],
  ['badRequest', { code: 'invalid_image_url' }],
  ['badRequest', { code: 'missing_required_parameter' }],
  ['badRequest', { code: 'unknown_parameter' }],
  ['forbidden', { type: 'permission_error' }],
  ['forbidden', { type: 'permission_denied_error', code: 'permission_denied' }],
  ['forbidden', { code: 'unsupported_country_region_territory' }],
  ['forbidden', { code: 'account_deactivated' }],
  ['notFound', { type: 'not_found_error' }],
  ['notFound', { code: 'vector_store_not_found' }],
  ['billing', { type: 'insufficient_quota' }],
  ['billing', { type: 'insufficient_quota', code: 'billing_hard_limit_reached' }],
  ['usageLimit', { type: 'usage_limit_reached' }],
  ['model', { code: 'model_not_found' }],
  ['model', { code: 'model_deprecated' }],
  ['model', { type: 'invalid_request_error', message: 'The model `x` does not exist.' }],
  ['contextOverflow', { type: 'invalid_request_error', code: 'context_length_exceeded' }],
  ['policy', { code: 'content_policy_violation' }],
  ['tooLarge', { type: 'request_too_large' }],
  ['badRequest', { status: 400, code: 'strange' }],
  ['badRequest', { code: 422 }],
];

const passing: [kind: string, error: Record<string, unknown> | null][] = [
  ['server', { type: 'server_error' }],
  ['server', { type: 'api_error', message: 'Internal error' }],
  ['server', { code: 'internal_server_error' }],
  ['server', { code: 'gateway_timeout' }],
  ['server', { code: 'request_timeout' }],
  ['server', { type: 'timeout_error' }],
  ['server', { code: 'service_unavailable' }],
  ['server', { code: 'invalid_upstream_response' }],
  ['server', { code: 'unknown_error' }],
  ['server', { code: 'something_new', type: 'new_type' }],
  ['server', { code: null, type: null, message: null }],
  ['server', {}],
  ['server', { status: 503 }],
  ['overloaded', { type: 'overloaded_error' }],
  ['overloaded', { type: 'invalid_request_error', code: 'server_is_overloaded' }],
  ['rateLimited', { type: 'rate_limit_error' }],
  ['rateLimited', { type: 'tokens', code: 'rate_limit_exceeded' }],
  ['rateLimited', { type: 'invalid_request_error', code: 'rate_limit_exceeded' }],
  ['rateLimited', { code: 'too_many_requests' }],
  ['rateLimited', { code: 429 }],
];

describe('an error inside the stream', () => {
  for (const [how, carry] of carriers) {
    test.each(hopeless)(`ends the turn after one request: %s, ${how}, %o`, async (kind, error) => {
      // An event has a type of its own, so there the type of the error cannot stand beside it.
      if (how.includes('beside') && 'type' in error) return;
      const { type: _type, ...rest } = error;
      const { http, sent } = failing(carry(how.includes('beside') ? rest : error));
      const { failure } = await run(http);
      expect(sent.length).toBe(1);
      expect(failure?.kind).toBe(kind);
    });

    test.each(passing)(`is retried: %s, ${how}, %o`, async (kind, error) => {
      if (how.includes('beside') && error !== null && 'type' in error) return;
      const { type: _type, ...rest } = error ?? {};
      const event = carry(how.includes('beside') ? rest : (error ?? {}));
      const { http, sent } = failing(event);
      const { failure } = await run(http);
      expect(sent.length).toBe(6);
      expect(failure?.kind).toBe(kind);
    });
  }

  test.each([
    { type: 'authentication_error' },
    { code: 'invalid_api_key' },
    { code: 'token_revoked' },
    { code: 'strange', status: 401 },
  ])('is treated as a status of 401: %o', async (error) => {
    const tokenProvider = countingGrants();
    const { http, sent } = scriptedHttp(
      () => streamOf(sseBytes([created, { type: 'error', error }])),
      good,
    );
    const { answer } = await run(http, undefined, { tokenProvider });
    expect(answer?.status).toBe('completed');
    expect(tokenProvider.renewals()).toBe(1);
    expect(sent[1]?.headers['authorization']).toBe('Bearer token-1');
  });

  test('is told in its own words', async () => {
    const message = 'Unsupported parameter: foo.';
    const { http } = failing({ type: 'error', error: { type: 'invalid_request_error', message } });
    const { failure } = await run(http);
    expect(failure?.detail).toBe(message);
    const words = errorMessage(new ResponsesError(failure ?? { kind: 'server' }), 0);
    expect(words.message).toContain(message);
  });

  test('is told in its own words under the name response.error, too', async () => {
    const { http, sent } = failing({
      type: 'response.error',
      code: 'invalid_prompt',
      message: 'Bad.',
    });
    const { failure } = await run(http);
    expect([failure?.kind, failure?.detail, sent.length]).toEqual(['invalidPrompt', 'Bad.', 1]);
  });

  test.each(['words', 7, null, [], { error: 'nested' }])(
    'of an odd shape is a failure that is retried, not an event that is overlooked: %o',
    async (error) => {
      const { failure } = await run(failing({ type: 'response.failed', response: { error } }).http);
      expect(failure?.kind).toBe('server');
    },
  );

  test('takes status and headers that stand beside it', async () => {
    const { http, clock } = await (async () => {
      const { http: scripted } = scriptedHttp(
        () =>
          streamOf(
            sseBytes([
              {
                type: 'error',
                status: 429,
                error: { message: 'x' },
                headers: { 'retry-after': '3' },
              },
            ]),
          ),
        good,
      );
      const result = await run(scripted);
      return { http: result.answer, clock: result.clock };
    })();
    expect(http?.status).toBe('completed');
    expect(clock.waits).toEqual([3000]);
  });

  test('never throws and always has a kind, whatever its fields hold', () => {
    const field = fc.oneof(fc.string(), fc.constant(null), fc.constant('__proto__'));
    fc.assert(
      fc.property(field, field, field, fc.string(), (code, type, param, message) => {
        const failure = failureFromEvent({ code, type, param, message }, {}, 0);
        expect(typeof failure.kind).toBe('string');
        const decision = decideRetry(failure, { attempt: 1, failures: {}, random: 0 });
        expect(['giveUp', 'retry']).toContain(decision.action);
      }),
    );
  });
});

const json = (body: unknown, type = 'application/json; charset=utf-8'): HttpResponse =>
  statusOf(200, body, { 'content-type': type });
const message = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'All of it.' }],
};
const whole = { id: 'resp_1', object: 'response', status: 'completed', output: [message] };

describe('a 200 with a JSON body', () => {
  const types = ['application/json', 'text/event-stream', ''];

  test.each(types)(
    'is the answer when it is a whole response object, sent as "%s"',
    async (type) => {
      const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
      for (const body of [
        whole,
        { response: whole },
        { type: 'response.completed', response: whole },
      ]) {
        const { http, sent } = scriptedHttp(() => json(body, type));
        const { shown, answer } = await run(http);
        expect(shown).toEqual([{ kind: 'text', text: 'All of it.' }]);
        expect([answer?.status, answer?.items.length, sent.length]).toEqual(['completed', 1, 1]);
      }
      const counted = await run(scriptedHttp(() => json({ ...whole, usage }, type)).http);
      expect(counted.answer?.usage?.total).toBe(7);
    },
  );

  test('is incomplete or failed when it says so', async () => {
    const details = { reason: 'max_output_tokens' };
    const cut = { ...whole, status: 'incomplete', incomplete_details: details };
    const { answer } = await run(scriptedHttp(() => json(cut)).http);
    expect(answer).toMatchObject({ status: 'incomplete', incompleteReason: 'max_output_tokens' });
    const broken = {
      ...whole,
      status: 'failed',
      error: { code: 'invalid_prompt', message: 'Bad.' },
    };
    const { http, sent } = scriptedHttp(() => json(broken));
    const { failure } = await run(http);
    expect([failure?.kind, failure?.detail, sent.length]).toEqual(['invalidPrompt', 'Bad.', 1]);
  });

  test.each(hopeless)(
    'ends the turn when it holds an error of the kind %s: %o',
    async (kind, error) => {
      for (const type of types) {
        const { http, sent } = scriptedHttp(() => json({ error }, type));
        const { failure } = await run(http);
        expect([failure?.kind, sent.length]).toEqual([kind, 1]);
      }
    },
  );

  test.each(passing)('is asked for again when its error may pass: %s, %o', async (kind, error) => {
    const { http, sent } = scriptedHttp(() => json({ error: error ?? {} }));
    const { failure } = await run(http);
    expect([failure?.kind, sent.length]).toEqual([kind, 6]);
  });

  test.each([
    [{ detail: 'Unsupported parameter: top_p' }, 'badRequest', 1],
    [{ message: 'Your request was refused.' }, 'badRequest', 1],
    [{ detail: 'Too many requests' }, 'rateLimited', 6],
    [{ detail: 'Internal Server Error' }, 'server', 6],
    [{ error: 'Service temporarily unavailable' }, 'server', 6],
    [{ detail: { code: 'usage_limit_reached', message: 'Spent.' } }, 'usageLimit', 1],
    [{ ok: true }, 'malformed', 1],
    [[], 'malformed', 1],
    [{ id: 'resp_1', object: 'response', status: 'in_progress', output: [] }, 'malformed', 1],
  ])('%o comes to %s after %i requests', async (body, kind, count) => {
    const { http, sent } = scriptedHttp(() => json(body));
    const { failure } = await run(http);
    expect([failure?.kind, sent.length]).toEqual([kind, count]);
  });

  test('says what the body says', async () => {
    const { failure } = await run(scriptedHttp(() => json({ detail: 'Unsupported: x.' })).http);
    expect(failure?.detail).toBe('Unsupported: x.');
  });

  test('means the same however its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(`\uFEFF \n${JSON.stringify(whole)}`);
    for (let size = 1; size < 40; size++) {
      const { shown } = await run(scriptedHttp(() => streamOf(bytes, size)).http);
      expect(shown).toEqual([{ kind: 'text', text: 'All of it.' }]);
    }
  });

  test('is read as a stream when it is one, whatever its type says', async () => {
    const stream = { ...good(), headers: { 'content-type': 'application/json' } };
    const { shown } = await run(scriptedHttp(() => stream).http);
    expect(shown).toEqual([{ kind: 'text', text: 'Hello from the fake backend.' }]);
  });
});
