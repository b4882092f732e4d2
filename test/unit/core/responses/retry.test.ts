import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { HttpError } from '../../../../src/base/http.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { readRetryAfterMs } from '../../../../src/core/responses/retry/retryHint.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { classic, countingGrants, run } from './harness.ts';

const errors = z
  .array(
    z.object({
      name: z.string(),
      status: z.number(),
      headers: z.optional(z.record(z.string(), z.string())),
      body: z.unknown(),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(
        join(import.meta.dirname, '../../../fixtures/responses/http_errors.json'),
        'utf8',
      ),
    ),
  );

const good = () => streamOf(fixtureBytes('ok_plain.sse'));

/** Kind of the failure and number of requests when a recorded refusal is given every time. */
const refusals: Record<string, [kind: string, sent: number]> = {
  usage_limit: ['usageLimit', 1],
  usage_limit_no_reset: ['usageLimit', 1],
  usage_limit_only_in_seconds: ['usageLimit', 1],
  usage_not_included: ['usageNotIncluded', 1],
  rate_limit_retry_after: ['rateLimited', 6],
  rate_limit_plain: ['rateLimited', 6],
  rate_limit_retry_after_ms: ['rateLimited', 6],
  rate_limit_http_date: ['rateLimited', 6],
  overloaded: ['overloaded', 6],
  slow_down: ['rateLimited', 6],
  gateway_html: ['server', 6],
  token_expired: ['unauthorized', 3],
  token_invalidated: ['unauthorized', 3],
  cf_challenge: ['blocked', 1],
  cf_block: ['blocked', 1],
  deactivated_workspace: ['billing', 1],
  ctx: ['contextOverflow', 1],
  bad_image: ['badRequest', 1],
  cyber: ['policy', 1],
  instructions_required: ['wrongShape', 2],
  stream_required: ['badRequest', 1],
  store_false: ['badRequest', 1],
  input_list: ['badRequest', 1],
  no_system: ['badRequest', 1],
  unsupported_param: ['badRequest', 1],
  unsupported_prev_id_over_http: ['badRequest', 1],
  model_not_supported: ['model', 1],
  verbosity: ['badRequest', 1],
  lite_context: ['wrongShape', 2],
  lite_tools: ['wrongShape', 2],
  id_too_long: ['badRequest', 1],
  orphan_call: ['badRequest', 1],
  orphan_output: ['badRequest', 1],
  encrypted: ['staleReasoning', 2],
  item_not_found: ['staleReasoning', 2],
};

/** A message in deltas of three characters, and the end. */
function wholeItem(text: string): Uint8Array {
  const place = { output_index: 0, content_index: 0 };
  const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
  return sseBytes([
    ...(text.match(/.{1,3}/g) ?? []).map((delta) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
    })),
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id: 'resp_2', output: [] } },
  ]);
}

describe('a refusal', () => {
  test.each(errors)(
    '$name is named by what can be done, and asked for no more than helps',
    async (error) => {
      const headers = { ...error.headers };
      if (headers['retry-after'] === '<HTTP-date>') {
        headers['retry-after'] = new Date(1_795_219_204_000).toUTCString();
      }
      const { http, sent } = scriptedHttp(() => statusOf(error.status, error.body, headers));
      const { failure } = await run(http);
      expect([failure?.kind, sent.length]).toEqual(refusals[error.name]);
    },
  );

  test('says when a usage limit ends, from either form of the reset', async () => {
    const resets = async (body: object) =>
      (await run(scriptedHttp(() => statusOf(429, { error: body })).http)).failure?.resetsAtMs;
    const type = 'usage_limit_reached';
    expect(await resets({ type, resets_at: 1_795_225_000, resets_in_seconds: 1 })).toBe(
      1_795_225_000_000,
    );
    expect(await resets({ type, resets_in_seconds: 7200 })).toBe(1_795_219_200_000 + 7_200_000);
    expect(await resets({ type })).toBeUndefined();
  });

  test('shows no markup and no token of its body', async () => {
    const message = '<b>Bad</b> token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x was sent';
    const { failure } = await run(scriptedHttp(() => statusOf(400, { detail: message })).http);
    expect(failure?.detail).toBe('Bad token <token> was sent');
  });
});

describe('a retry', () => {
  test('waits as long as the backend asks, and longer each time where it does not', async () => {
    const hinted = await run(
      scriptedHttp(() => statusOf(429, {}, { 'retry-after': '2' }), good).http,
    );
    expect(hinted.clock.waits).toEqual([2000]);
    const plain = await run(scriptedHttp(() => statusOf(503, '')).http);
    expect(plain.clock.waits).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test('is not made when the wait would be longer than a minute; the time is told instead', async () => {
    const { http, sent } = scriptedHttp(() => statusOf(429, {}, { 'retry-after': '3600' }));
    const { failure } = await run(http);
    expect(sent.length).toBe(1);
    expect(failure).toMatchObject({ kind: 'rateLimited', retryAfterMs: 3_600_000 });
  });

  test('goes out with a fresh token after a 401', async () => {
    const tokenProvider = countingGrants();
    const { http, sent } = scriptedHttp(() => statusOf(401, {}), good);
    const { answer } = await run(http, classic, { tokenProvider });
    expect(answer?.status).toBe('completed');
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);
  });

  test.each([
    ['a refusal', () => statusOf(503, '')],
    ['a cut', () => streamOf(fixtureBytes('drop_mid_text.sse'))],
  ])('goes out with the token of now after the wait that follows %s', async (_, broken) => {
    const tokenProvider = countingGrants();
    const { http, sent } = scriptedHttp(broken, broken, good);
    // Somebody else refreshes the token while the client waits.
    const onEvent = ({ type }: TurnEvent) =>
      void (type === 'retry' && tokenProvider.refreshElsewhere());
    const { answer } = await run(http, classic, { tokenProvider, onEvent });
    expect(answer?.status).toBe('completed');
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-0',
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(tokenProvider.renewals()).toBe(0);
  });

  test('tries the other body shape once when the shape was refused', async () => {
    const { http, sent } = scriptedHttp(
      () => statusOf(400, { detail: 'Instructions are required' }),
      good,
    );
    await run(http, { ...classic, model: { ...classic.model, lite: true } });
    expect(sent.map(({ body }) => JSON.parse(body ?? '')['instructions'])).toEqual([
      undefined,
      'Be brief.',
    ]);
  });

  test('takes back exactly what the broken attempt had shown and not finished', async () => {
    const { http } = scriptedHttp(() => streamOf(fixtureBytes('drop_mid_text.sse')), good);
    const { events, shown } = await run(http);
    const reset = events.find((event) => event.type === 'reset');
    expect(reset?.attempt).toBe(1);
    expect(shown).toEqual([{ kind: 'text', text: 'Hello from the fake backend.' }]);
  });

  test('sends finished items along, so that they are not made twice', async () => {
    const { http, sent } = scriptedHttp(
      () => streamOf(fixtureBytes('drop_after_message_item.sse')),
      good,
    );
    const { shown } = await run(http);
    const input: unknown = JSON.parse(sent[1]?.body ?? '')['input'];
    expect(JSON.stringify(input)).toContain('whole item');
    expect(shown[0]).toEqual({ kind: 'text', text: 'whole item' });
  });

  test('neither shows nor keeps an item twice that the backend writes once more', async () => {
    const { http } = scriptedHttp(
      () => streamOf(fixtureBytes('drop_after_message_item.sse')),
      () => streamOf(wholeItem('whole item')),
    );
    const { shown, answer } = await run(http);
    expect(shown).toEqual([{ kind: 'text', text: 'whole item' }]);
    expect(answer?.items.length).toBe(1);
  });

  test('shows what the backend writes when it only begins like what is kept', async () => {
    const { http } = scriptedHttp(
      () => streamOf(fixtureBytes('drop_after_message_item.sse')),
      () => streamOf(wholeItem('whole items are better')),
    );
    const { shown, answer } = await run(http);
    expect(shown.map(({ text }) => text)).toEqual(['whole item', 'whole items are better']);
    expect(answer?.items.length).toBe(2);
  });

  test('is not made for calls that were finished before the break', async () => {
    const call = {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'read_file',
      arguments: '{}',
    };
    const { http, sent } = scriptedHttp(() =>
      streamOf(sseBytes([{ type: 'response.output_item.done', output_index: 0, item: call }])),
    );
    const { answer } = await run(http);
    expect(sent.length).toBe(1);
    expect(answer?.status).toBe('cut');
    expect(answer?.items).toEqual([call]);
  });

  test.each([
    ['dns', 6],
    ['refused', 6],
    ['tls', 2],
  ] as const)(
    'follows a network fault of the kind %s, and says which it was',
    async (kind, count) => {
      const { http, sent } = scriptedHttp(() => new HttpError(kind, 'chatgpt.com'));
      const { failure } = await run(http);
      expect(sent.length).toBe(count);
      expect(failure).toMatchObject({ kind: 'network', transport: kind, host: 'chatgpt.com' });
    },
  );

  test('follows bytes that are not UTF-8, which no answer of the backend holds', async () => {
    const torn = new Uint8Array([...fixtureBytes('drop_mid_text.sse'), 0xff, 0xfe, 0xff]);
    const { http } = scriptedHttp(() => streamOf(torn), good);
    const { events, shown } = await run(http);
    expect(events.find((event) => event.type === 'retry')?.failure.kind).toBe('malformed');
    expect(shown).toEqual([{ kind: 'text', text: 'Hello from the fake backend.' }]);
  });

  test('is not made after a proxy that said no', async () => {
    const options = { proxy: 'proxy.example:8080', proxyStatus: 407 };
    const { http, sent } = scriptedHttp(() => new HttpError('proxy', 'chatgpt.com', options));
    const { failure } = await run(http);
    expect(sent.length).toBe(1);
    expect(failure).toMatchObject({ kind: 'network', transport: 'proxy', ...options });
  });

  test('takes a page of a proxy for what it is', async () => {
    const page = () => ({
      ...statusOf(200, '<html>Sign in to the hotel</html>'),
      headers: { 'content-type': 'text/html' },
    });
    const { failure } = await run(scriptedHttp(page).http);
    expect(failure?.kind).toBe('malformed');
  });
});

describe('a stop', () => {
  test('ends the wait before a retry and rejects with its own reason', async () => {
    const abort = new AbortController();
    const reason = new Error('stopped');
    const { http, sent } = scriptedHttp(() => {
      abort.abort(reason);
      return statusOf(503, '');
    });
    await expect(run(http, classic, { signal: abort.signal })).rejects.toBe(reason);
    expect(sent.length).toBe(1);
  });

  test('lets nothing of the answer through afterwards, not even of bytes that have come', async () => {
    const abort = new AbortController();
    let after = 0;
    const onEvent = ({ type }: TurnEvent) => {
      if (abort.signal.aborted) after++;
      else if (type === 'put') abort.abort(new Error('stopped'));
    };
    await expect(
      run(scriptedHttp(good).http, classic, { signal: abort.signal, onEvent }),
    ).rejects.toThrow('stopped');
    expect(after).toBe(0);
  });
});

describe('a hint when to try again (S0-41)', () => {
  const now = Date.parse('2026-11-21T00:00:00Z');
  const plain = { headers: {} };
  test.each<[string, Parameters<typeof readRetryAfterMs>[0], number | undefined]>([
    ['seconds', { headers: { 'retry-after': '2' } }, 2000],
    ['zero', { headers: { 'retry-after': '0' } }, 0],
    ['decimals', { headers: { 'retry-after': '1.5' } }, 1500],
    ['a date', { headers: { 'retry-after': 'Sat, 21 Nov 2026 00:00:04 GMT' } }, 4000],
    ['a past date', { headers: { 'retry-after': 'Fri, 20 Nov 2026 00:00:00 GMT' } }, 0],
    ['milliseconds', { headers: { 'retry-after-ms': '1500', 'retry-after': '9' } }, 1500],
    [
      'headers of the event',
      { headers: { 'retry-after': '9' }, errorHeaders: { 'retry-after': '2' } },
      2000,
    ],
    ['a reset', { ...plain, resetsAt: now / 1000 + 30 }, 30_000],
    ['a reset in seconds', { ...plain, resetsInSeconds: 7 }, 7000],
    ['words', { ...plain, message: 'Please try again in 1.5s.' }, 1500],
    ['words in ms', { ...plain, message: 'try again in 28ms' }, 28],
    ['words in minutes and seconds', { ...plain, message: 'Try again in 1m30s.' }, 90_000],
    ['long words', { ...plain, message: 'try again in 2 hours and 5 minutes' }, 7_500_000],
    ['words under a header', { headers: { 'retry-after': '2' }, message: 'try again in 9s' }, 2000],
    ['nothing', { ...plain, message: 'Slow down, 5 s is not a hint.' }, undefined],
    ['rubbish', { headers: { 'retry-after': 'soon' } }, undefined],
  ])('is read from %s', (_, source, expected) => {
    expect(readRetryAfterMs(source, now)).toBe(expected);
  });
});
