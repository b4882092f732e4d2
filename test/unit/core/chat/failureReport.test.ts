import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpError, type Http, type HttpResponse } from '../../../../src/base/http.ts';
import { failureReport } from '../../../../src/core/chat/messages/failureReport.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { userMessage } from '../../../../src/core/responses/request/input.ts';
import type { ResponsesRequest } from '../../../../src/core/responses/request/request.ts';
import { inChunks, scriptedHttp, sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic, countingGrants, run } from '../responses/harness.ts';

async function reportOf(http: Http, request = classic, tokenProvider = countingGrants()) {
  const { failure, report } = await run(http, request, { tokenProvider });
  if (!failure) throw new Error('The request was to fail.');
  return failureReport(new ResponsesError(failure, { attempts: 1, report }));
}

const text = (delta: string) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta,
});

describe('a report of a failure', () => {
  test('tells facts, request, answer and each attempt', async () => {
    const refusal = () =>
      statusOf(
        400,
        {
          error: {
            message: 'Unsupported parameter',
            code: 'unsupported_parameter',
            param: 'top_p',
          },
        },
        { 'x-request-id': 'req_1', 'set-cookie': '__cf_bm=abc', 'x-new-thing': '1' },
      );
    const { http } = scriptedHttp(() => new HttpError('reset', 'chatgpt.com'), refusal);
    expect(JSON.parse(await reportOf(http))).toMatchObject({
      kind: 'badRequest',
      status: 400,
      code: 'unsupported_parameter',
      requestId: 'req_1',
      detail: 'Unsupported parameter',
      attempts: 2,
      exchange: {
        request: {
          method: 'POST',
          url: 'chatgpt.com/backend-api/codex/responses',
          headers: {
            authorization: '<14 characters>',
            'chatgpt-account-id': '<6 characters>',
            originator: 'codex_chat',
          },
          body: {
            model: 'gpt-5.5',
            effort: 'medium',
            verbosity: 'low',
            instructionsBytes: 9,
            items: { message: 1 },
            tools: {},
          },
        },
        response: {
          status: 400,
          headers: { 'content-type': 'application/json', 'x-request-id': 'req_1' },
          otherHeaders: ['set-cookie', 'x-new-thing'],
          error:
            '{"error":{"message":"Unsupported parameter","code":"unsupported_parameter","param":"top_p"}}',
        },
        attempts: [
          '1: network, no answer, 0 to 0 ms, 0 bytes, 0 events',
          '2: badRequest, status 400, 250 to 250 ms, 92 bytes, 0 events',
        ],
        unknown: [],
      },
    });
  });

  test('names what came and was not known, without what stood in it', async () => {
    const events = [
      { type: 'response.in_progress' },
      {
        type: 'response.brand_new',
        list: [{ a: 'secret' }],
        note: 'secret',
        deep: { deep: { x: 1 } },
      },
      { type: 'response.brand_new' },
      { type: 'response.output_text.delta', output_index: 0 },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'hologram', id: 'h1', data: 'secret' },
      },
      { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'No.' } } },
    ];
    const written = await reportOf(scriptedHttp(() => streamOf(sseBytes(events))).http);
    expect(JSON.parse(written)['exchange']['unknown']).toEqual([
      {
        what: 'event',
        type: 'response.brand_new',
        count: 2,
        shape: '{type: string, list: [1 × object], note: string, deep: {deep: object}}',
      },
      {
        what: 'malformed',
        type: 'response.output_text.delta',
        count: 1,
        shape: '{type: string, output_index: number}',
      },
      {
        what: 'item',
        type: 'hologram',
        count: 1,
        shape: '{type: string, id: string, data: string}',
      },
    ]);
    expect(written).not.toContain('secret');
  });

  test('tells of a page that it was one, and nothing of it', async () => {
    const page = () =>
      statusOf(502, '<html><title>Bad gateway at host7</title></html>', {
        'content-type': 'text/html',
      });
    const written = await reportOf(scriptedHttp(page).http);
    expect(written).toContain('a page of 48 characters');
    expect(written).not.toContain('host7');
  });

  test('of a fault of ours names the class alone', () => {
    expect(JSON.parse(failureReport(new TypeError('secret')))).toEqual({
      kind: 'internal',
      detail: 'TypeError',
    });
  });
});

/** Sixteen characters and more, none of which a wire's own name could hold in a row of twelve. */
const canary = fc
  .tuple(fc.string({ unit: 'grapheme-ascii', minLength: 16, maxLength: 50 }), fc.nat(1e9))
  .map(([noise, number]) => `Q${number}Prompt ${noise} Z${number}Text\n"${noise.toUpperCase()}`);

const canaries = fc.record({
  token: fc.stringMatching(/^[A-Za-z0-9_]{24,60}$/),
  account: fc.uuid(),
  mail: fc.stringMatching(/^[a-z]{6,12}\.[a-z]{4,9}@[a-z]{4,10}\.example$/),
  prompt: canary,
  instructions: canary,
  argument: canary,
  output: canary,
  answer: canary,
  turnState: fc.stringMatching(/^[A-Za-z0-9]{24,40}$/),
  cookie: fc.stringMatching(/^[A-Za-z0-9]{24,40}$/),
});
type Canaries = typeof canaries extends fc.Arbitrary<infer T> ? T : never;

const places = ['json', 'text', 'html', 'event', 'failed', 'headers', 'echo', 'nested'] as const;

function answerWith(place: (typeof places)[number], all: Canaries): HttpResponse {
  const planted = Object.values(all).join(' ; ');
  const headers = {
    'set-cookie': all.cookie,
    'x-codex-turn-state': all.turnState,
    'x-odd': planted,
  };
  const refused = (error: object) => ({ type: 'response.failed', response: { error } });
  const error = {
    code: planted,
    message: planted,
    type: planted,
    param: planted,
    plan_type: planted,
  };
  switch (place) {
    case 'json':
      return statusOf(
        400,
        { error, [planted]: planted, list: [planted, { [planted]: 1 }] },
        headers,
      );
    case 'text':
      return statusOf(403, planted, { ...headers, 'content-type': 'text/plain' });
    case 'html':
      return statusOf(503, `<p title="${planted}">${planted}`, { 'content-type': 'text/html' });
    case 'echo':
      return statusOf(400, { detail: JSON.stringify({ input: Object.values(all) }) }, headers);
    case 'nested':
      return statusOf(400, JSON.stringify(JSON.stringify(planted)), headers);
    case 'headers':
      return statusOf(
        400,
        {},
        { ...headers, server: planted, 'x-request-id': planted, date: all.mail, via: all.token },
      );
    case 'event':
      return {
        ...streamOf(
          sseBytes([
            { type: planted, [planted]: planted },
            { type: 'new', [planted]: [planted], deep: { [planted]: { planted } } },
            { type: 'response.output_text.delta', delta: [planted] },
            { type: 'response.output_item.done', item: { type: planted, [planted]: planted } },
            refused({ code: 'invalid_prompt', message: 'No.' }),
          ]),
        ),
        headers: { 'content-type': 'text/event-stream', ...headers },
      };
    case 'failed': {
      const events = [refused({ ...error, code: 'invalid_prompt' })];
      const type = { 'content-type': 'text/event-stream' };
      return {
        status: 200,
        headers: { ...type, ...headers },
        body: inChunks(sseBytes(events), 64),
      };
    }
  }
}

function requestWith(all: Canaries): ResponsesRequest {
  return {
    ...classic,
    instructions: all.instructions,
    input: [
      userMessage(`${all.prompt} ${all.mail}`),
      { type: 'function_call', call_id: 'c1', name: 'read_file', arguments: all.argument },
      { type: 'function_call_output', call_id: 'c1', output: all.output },
    ],
  };
}

/** Without white space and the escapes of JSON, at any depth. */
const plain = (written: string) => written.replaceAll(/\s+|\\+[nrtbf]?/g, '');

/** Every twelve characters of the text. */
function windows(secret: string): string[] {
  const form = plain(secret);
  return Array.from({ length: Math.max(0, form.length - 11) }, (_, at) => form.slice(at, at + 12));
}

test('no report ever holds twelve characters of a token, an address, a prompt, a call or an answer', async () => {
  await fc.assert(
    fc.asyncProperty(canaries, fc.constantFrom(...places), async (all, place) => {
      const bearer = { credentialId: 'c1', accountId: all.account, accessToken: all.token };
      const tokenProvider = {
        ...countingGrants(),
        getToken: async () => bearer,
        replaceRejected: async () => bearer,
      };
      const begun = () => streamOf(sseBytes([text(all.answer)]));
      const { http } = scriptedHttp(begun, () => answerWith(place, all));
      const written = plain(await reportOf(http, requestWith(all), tokenProvider));
      expect(new TextEncoder().encode(written).byteLength).toBeLessThanOrEqual(16_000);
      for (const [name, secret] of Object.entries(all)) {
        const leaked = windows(secret).filter((window) => written.includes(window));
        expect({ place, name, leaked }).toEqual({ place, name, leaked: [] });
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a report stays within 16 kB however much is planted', async () => {
  const long = (at: number) => `x-${at}-${'é'.repeat(200)}`;
  const headers = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [`x-header-${at}-${'y'.repeat(30)}`, long(at)]),
  );
  const strangers = Array.from({ length: 200 }, (_, at) => ({
    type: `response.new_${at}`,
    ...Object.fromEntries(Array.from({ length: 30 }, (__, key) => [`key_${key}`, { a: 1 }])),
  }));
  const message = 'ü"\\\n'.repeat(20_000);
  const failed = { type: 'response.failed', response: { error: { code: 'x', message } } };
  const { http } = scriptedHttp(() => ({
    ...streamOf(sseBytes([...strangers, failed])),
    headers: { 'content-type': 'text/event-stream', ...headers },
  }));
  const written = await reportOf(http);
  expect(new TextEncoder().encode(written).byteLength).toBeLessThanOrEqual(16_000);
  expect(JSON.parse(written)['exchange']['unknown'].length).toBeLessThanOrEqual(20);
  expect(JSON.stringify(JSON.parse(written)['exchange']['unknown']).length).toBeLessThan(4_000);
});
