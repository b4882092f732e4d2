import type { Behaviour } from '../../backend/backend.ts';
import {
  added,
  answer,
  call,
  completed,
  created,
  deltas,
  done,
  failed,
  incomplete,
  message,
  thought,
  wire,
  type Json,
} from './events.ts';

/** What must come of a case. What is not named is not looked at. */
export interface Wanted {
  /** Text parts as a person sees them at the end, joined by "|". */
  text?: string;
  calls?: readonly string[];
  refusal?: string;
  /** Requests that reached the backend. */
  sent: number;
  failure?: string;
  status?: string;
  /** The first waits between requests, ms; a range where the backend gave no hint. */
  firstWait?: readonly [least: number, most: number];
}

export interface Case {
  group: string;
  name: string;
  /** Behaviours of the backend, the last one for ever. */
  script: readonly Behaviour[];
  wanted: Wanted;
}

const good: Behaviour = { kind: 'sse', events: answer('The answer.') };
const recovered = { text: 'The answer.', sent: 2 } as const;
const backoff = [200, 300] as const;

function raw(body: string, type = 'text/event-stream'): Behaviour {
  return { kind: 'status', status: 200, body, headers: { 'content-type': type } };
}

function sse(events: Json[], then?: 'drop' | 'reset' | 'stall' | 'eof'): Behaviour {
  return { kind: 'sse', events, ...(then === undefined ? {} : { then }) };
}

function of(group: string, rows: readonly (readonly [string, readonly Behaviour[], Wanted])[]) {
  return rows.map(([name, script, wanted]): Case => ({ group, name, script, wanted }));
}

function completedResponse(text: string): Json {
  return { status: 'completed', output: [message(text)] };
}

const half = [created, ...deltas('Half an ans')];
const always = (failure: string, sent = 6) => ({ sent, failure });

/** OBSERVED.md 1: how streams end. */
const endings = of('endings', [
  ['1.1 created, then close, always', [sse([created], 'drop')], always('cut')],
  ['1.2 text, then close, always', [sse(half, 'drop')], { ...always('cut'), text: 'Half an ans' }],
  ['1.2 text, then close, once', [sse(half, 'drop'), good], { ...recovered, firstWait: backoff }],
  ['1.2 text, then reset, once', [sse(half, 'reset'), good], recovered],
  ['1.2 text, then a polite end, once', [sse(half, 'eof'), good], recovered],
  [
    '1.3 a whole message, then close: the message comes again',
    [sse([created, ...deltas('Whole.'), done(message('Whole.'))], 'drop'), sse(answer('Whole.'))],
    { text: 'Whole.', sent: 2 },
  ],
  [
    '1.3 a whole final message, then close: nothing is asked again',
    [sse([created, done(message('Whole.', { phase: 'final_answer' }))], 'drop'), good],
    { text: 'Whole.', sent: 1, status: 'cut' },
  ],
  [
    '1.4 a whole comment, then close: it stays, the answer follows',
    [sse([created, done(message('I look.', { phase: 'commentary' }))], 'drop'), good],
    { text: 'I look.|The answer.', sent: 2 },
  ],
  [
    '1.5 deltas, then close: they restart from zero',
    [sse(half, 'drop'), sse(answer('Half an answer.'))],
    { text: 'Half an answer.', sent: 2 },
  ],
  [
    '1.6 a whole call, then close: it stands and is not asked for again',
    [sse([created, done(call('c1'))], 'drop'), good],
    { calls: ['c1'], sent: 1, status: 'cut' },
  ],
  [
    '1.6 half a call, then close: it is not run',
    [
      sse(
        [
          created,
          added(call('c1', 'read_file', '')),
          { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"pa' },
        ],
        'drop',
      ),
      good,
    ],
    { ...recovered, calls: [] },
  ],
  [
    '1.6 thoughts and a whole call, then close',
    [sse([created, done(thought('I think.')), done(call('c1'), 1)], 'reset'), good],
    { calls: ['c1'], sent: 1 },
  ],
  ['1.8 silence after the start, once', [sse([created], 'stall'), good], recovered],
  ['1.8 silence in the text, once', [sse(half, 'stall'), good], recovered],
  ['1.8 silence, always', [sse(half, 'stall')], always('stalled')],
  ['1.11 no headers, once', [{ kind: 'stall' }, good], recovered],
  [
    '1.12 completed, the socket stays open',
    [sse(answer('The answer.'), 'stall')],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '1.13 completed, then a late failure',
    [raw(wire([...answer('The answer.'), failed({ code: 'server_error' })]))],
    { text: 'The answer.', sent: 1 },
  ],
  ['1.15 an empty body', [raw(''), good], recovered],
  ['1.15 an empty body, always', [raw('')], always('cut')],
  [
    '1.15 JSON that is no answer where a stream was promised',
    [raw('{"ok":true}', 'application/json'), good],
    always('malformed', 1),
  ],
  [
    '1.15 JSON with an error that may pass',
    [raw('{"error":{"type":"server_error","message":"Busy."}}', 'application/json'), good],
    recovered,
  ],
  [
    '1.15 JSON with an error that will not pass',
    [raw('{"error":{"type":"invalid_request_error","message":"No."}}'), good],
    always('badRequest', 1),
  ],
  [
    '1.15 JSON with the whole response',
    [
      raw(
        JSON.stringify({ object: 'response', id: 'r', ...completedResponse('The answer.') }),
        'application/json',
      ),
    ],
    { text: 'The answer.', sent: 1, status: 'completed' },
  ],
  ['1.15 HTML where a stream was promised', [raw('<html>Hi</html>', 'text/html'), good], recovered],
  ['1.15 HTML, always', [raw('<html>Hi</html>', 'text/html')], always('malformed')],
  [
    '1.16 response.done in place of completed',
    [raw(wire([...answer('The answer.').slice(0, -1), { ...completed(), type: 'response.done' }]))],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '1.17 the last event lacks its blank line',
    [raw(wire(answer('The answer.')).trimEnd())],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '1.18 completed without an id',
    [
      raw(
        wire([...answer('The answer.').slice(0, -1), { type: 'response.completed', response: {} }]),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '1.19 completed without usage',
    [
      raw(
        wire([
          ...answer('The answer.').slice(0, -1),
          { type: 'response.completed', response: { id: 'r', usage: null } },
        ]),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  ['1.20 completed with nothing before it, once', [sse([created, completed()]), good], recovered],
  [
    '1.20 completed with nothing before it, always',
    [sse([created, completed()])],
    always('empty', 2),
  ],
  [
    '1.20 thoughts and nothing else, once',
    [sse([created, done(thought('Hm.')), completed()]), good],
    recovered,
  ],
  [
    'a bare terminal event without a response',
    [raw(wire([...answer('The answer.').slice(0, -1), { type: 'response.completed' }]))],
    { text: 'The answer.', sent: 1 },
  ],
]);

/** OBSERVED.md 2, and everything that the event-stream standard allows. */
const shapes = of('shapes', [
  [
    '2.1 data that is not JSON',
    [raw(wire([created, 'data: {oops', 'data: hello', ...answer('The answer.')]))],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.2 unknown events and comments',
    [
      raw(
        wire([
          ': hi',
          created,
          { type: 'response.new_thing', x: 1 },
          'event: ping\ndata: {}',
          ...answer('The answer.'),
        ]),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.3 an unknown item',
    [
      sse([
        created,
        done({ type: 'telepathy', id: 't' }),
        done(message('The answer.'), 1),
        completed(),
      ]),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.4 every event twice',
    [sse(answer('The answer.').flatMap((event) => [event, event]))],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.4 a finished call twice',
    [sse([created, done(call('c1')), done(call('c1')), completed()])],
    { calls: ['c1'], sent: 1 },
  ],
  [
    '2.4 the same call at two places',
    [sse([created, done(call('c1')), done(call('c1'), 1), completed()])],
    { calls: ['c1'], sent: 1 },
  ],
  ['2.5 no created event', [sse(answer('The answer.').slice(1))], { text: 'The answer.', sent: 1 }],
  [
    '2.6 finished items alone',
    [sse([done(message('The answer.')), completed()])],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.7 deltas alone',
    [sse([created, ...deltas('The answer.'), completed()])],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.8 text in completed.output alone',
    [sse([created, completed({ output: [message('The answer.')] })])],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.8 a call in completed.output alone',
    [sse([created, completed({ output: [call('c1')] })])],
    { calls: ['c1'], sent: 1 },
  ],
  [
    '2.9 the finished text differs from its deltas',
    [sse([created, ...deltas('The ansxxx'), done(message('The answer.')), completed()])],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.9 text.done differs, no finished item',
    [
      sse([
        created,
        ...deltas('The ansxxx'),
        {
          type: 'response.output_text.done',
          output_index: 0,
          content_index: 0,
          text: 'The answer.',
        },
        completed(),
      ]),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  ['2.10 CRLF', [raw(wire(answer('The answer.'), '\r\n'))], { text: 'The answer.', sent: 1 }],
  [
    '2.10 no space, no event line',
    [
      raw(
        answer('The answer.')
          .map((event) => `data:${JSON.stringify(event)}\n\n`)
          .join(''),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.10 data over many lines',
    [
      raw(
        answer('The answer.')
          .map((event) => `${JSON.stringify(event, undefined, 1).replaceAll(/^/gm, 'data: ')}\n\n`)
          .join(''),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.10 id and retry lines',
    [
      raw(
        answer('The answer.')
          .map((event) => `id: 7\nretry: 10\ndata: ${JSON.stringify(event)}\n\n`)
          .join(''),
      ),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  ['2.11 CR alone', [raw(wire(answer('The answer.'), '\r'))], { text: 'The answer.', sent: 1 }],
  [
    '2.12 a byte order mark',
    [raw(`\uFEFF${wire(answer('The answer.'))}`)],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.13 UTF-8 cut every seven bytes',
    [{ kind: 'fixture', name: 'fmt_utf8', chunkBytes: 7 }],
    { text: 'héllo 🦀 日本語 naïve', sent: 1 },
  ],
  [
    '2.13 UTF-8 byte by byte',
    [{ kind: 'fixture', name: 'fmt_utf8', chunkBytes: 1 }],
    { text: 'héllo 🦀 日本語 naïve', sent: 1 },
  ],
  [
    '2.14 [DONE] after the end',
    [raw(`${wire(answer('The answer.'))}data: [DONE]\n\n`)],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.14 [DONE] and no terminal event, once',
    [raw(`${wire(half)}data: [DONE]\n\n`), good],
    recovered,
  ],
  [
    '2.15 an unknown event of 10 MB',
    [raw(wire([created, { type: 'x', pad: 'x'.repeat(10_000_000) }, ...answer('The answer.')]))],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.16 an error event, once',
    [sse([created, { type: 'error', code: 'server_error', message: 'oops' }]), good],
    recovered,
  ],
  [
    '2.16 an error event that tells of a limit',
    [
      sse([
        created,
        { type: 'error', error: { code: 'usage_limit_reached', resets_in_seconds: 60 } },
      ]),
    ],
    always('usageLimit', 1),
  ],
  [
    '2.17 a refusal',
    [{ kind: 'fixture', name: 'ok_refusal' }],
    { refusal: 'I cannot help with that.', sent: 1 },
  ],
  [
    '2.17 a refusal in the finished item alone',
    [
      sse([
        done({
          type: 'message',
          role: 'assistant',
          content: [{ type: 'refusal', refusal: 'No.' }],
        }),
        completed(),
      ]),
    ],
    { refusal: 'No.', sent: 1 },
  ],
  [
    '2.18 a comment and a final answer',
    [
      sse([
        done(message('I look.', { phase: 'commentary' })),
        done(message('The answer.', { phase: 'final_answer' }), 1),
        completed(),
      ]),
    ],
    { text: 'I look.|The answer.', sent: 1 },
  ],
  [
    '2.20 another model serves',
    [
      {
        kind: 'status',
        status: 200,
        body: wire(answer('The answer.')),
        headers: { 'content-type': 'text/event-stream', 'openai-model': 'gpt-other' },
      },
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    '2.21 a rate-limit event',
    [{ kind: 'fixture', name: 'ok_rate_limits_event' }],
    { text: 'with limits', sent: 1 },
  ],
  [
    'two calls whose deltas interleave',
    [{ kind: 'fixture', name: 'ok_parallel_interleaved' }],
    { calls: ['call_0', 'call_1'], sent: 1 },
  ],
  [
    'a call of a freeform tool',
    [{ kind: 'fixture', name: 'ok_custom_tool_call' }],
    { calls: ['call_0'], sent: 1 },
  ],
  [
    'late deltas of a finished message',
    [
      sse([
        created,
        ...deltas('The answer.'),
        done(message('The answer.')),
        ...deltas(' late'),
        completed(),
      ]),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    'two messages whose deltas interleave',
    [
      sse([
        ...deltas('One', 0),
        ...deltas('Two', 1),
        ...deltas('!', 0),
        ...deltas('!', 1),
        done(message('One!'), 0),
        done(message('Two!'), 1),
        completed(),
      ]),
    ],
    { text: 'One!|Two!', sent: 1 },
  ],
  [
    'content in two parts',
    [
      sse([
        done({
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'The ' },
            { type: 'output_text', text: 'answer.' },
          ],
        }),
        completed(),
      ]),
    ],
    { text: 'The answer.', sent: 1 },
  ],
  [
    'output indexes from one on',
    [sse([...deltas('The answer.', 3), done(message('The answer.'), 3), completed()])],
    { text: 'The answer.', sent: 1 },
  ],
  [
    'unreadable arguments stay as they are',
    [sse([done(call('c1', 'read_file', '{"pa')), completed()])],
    { calls: ['c1'], sent: 1 },
  ],
  [
    'no content type at all',
    [
      {
        kind: 'status',
        status: 200,
        body: wire(answer('The answer.')),
        headers: { 'content-type': '' },
      },
    ],
    { text: 'The answer.', sent: 1 },
  ],
]);

const inStream = (error: Json | null): Behaviour => sse([created, failed(error)]);

/** OBSERVED.md 3: failures inside a stream that began well. */
const failures = of('in-stream failures', [
  ...(
    [
      ['context_length_exceeded', 'contextOverflow'],
      ['insufficient_quota', 'billing'],
      ['credit_balance_exhausted', 'billing'],
      ['organization_spend_limit_exceeded', 'billing'],
      ['project_spend_limit_exceeded', 'billing'],
      ['usage_not_included', 'usageNotIncluded'],
      ['invalid_prompt', 'invalidPrompt'],
      ['cyber_policy', 'policy'],
      ['bio_policy', 'policy'],
      ['misalignment_policy_violation', 'policy'],
      ['usage_limit_reached', 'usageLimit'],
      ['invalid_image', 'badRequest'],
      ['unsupported_value', 'badRequest'],
      ['string_above_max_length', 'badRequest'],
    ] as const
  ).map(
    ([code, failure]) =>
      [`3 ${code} is final`, [inStream({ code, message: 'No.' })], always(failure, 1)] as const,
  ),
  ...(
    [
      ['server_is_overloaded', 'overloaded'],
      ['slow_down', 'rateLimited'],
      ['rate_limit_exceeded', 'rateLimited'],
      ['server_error', 'server'],
      ['previous_response_not_found', 'server'],
      ['websocket_connection_limit_reached', 'server'],
      ['something_new', 'server'],
    ] as const
  ).flatMap(
    ([code, failure]) =>
      [
        [`3 ${code}, once`, [inStream({ code, message: 'Busy.' }), good], recovered],
        [`3 ${code}, always`, [inStream({ code, message: 'Busy.' })], always(failure)],
      ] as const,
  ),
  ['3 the error is null', [inStream(null), good], recovered],
  ['3 there is no response', [sse([created, { type: 'response.failed' }]), good], recovered],
  [
    '3 a hint in seconds',
    [inStream({ code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' }), good],
    { ...recovered, firstWait: [1500, 1500] },
  ],
  [
    '3 a hint in ms',
    [inStream({ code: 'rate_limit_exceeded', message: 'try again in 28ms' }), good],
    { ...recovered, firstWait: [28, 28] },
  ],
  [
    '3 a hint of several seconds',
    [inStream({ code: 'rate_limit_exceeded', message: 'try again in 6 seconds' }), good],
    { ...recovered, firstWait: [6000, 6000] },
  ],
  [
    '3 a hint in minutes is told, not slept',
    [inStream({ code: 'rate_limit_exceeded', message: 'try again in 1m30s' })],
    always('rateLimited', 1),
  ],
  [
    '3 a header beats the words',
    [
      inStream({
        code: 'rate_limit_exceeded',
        message: 'try again in 9s',
        headers: { 'retry-after': '2' },
      }),
      good,
    ],
    { ...recovered, firstWait: [2000, 2000] },
  ],
  [
    '3 overloaded with a header',
    [inStream({ code: 'server_is_overloaded', headers: { 'retry-after': '2' } }), good],
    { ...recovered, firstWait: [2000, 2000] },
  ],
  [
    '3 cut at the length limit',
    [sse([...half, done(message('Half an ans')), incomplete('max_output_tokens')])],
    { text: 'Half an ans', sent: 1, status: 'incomplete' },
  ],
  [
    '3 cut by the content filter',
    [sse([created, incomplete('content_filter')])],
    { sent: 1, status: 'incomplete' },
  ],
  [
    '3 text, then a failure, once',
    [sse([...half, failed({ code: 'server_error' })]), good],
    recovered,
  ],
  [
    '1.14 a failure, then completed',
    [sse([created, failed({ code: 'invalid_prompt' }), ...answer('x')])],
    always('invalidPrompt', 1),
  ],
]);

const http = (
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
): Behaviour => ({
  kind: 'status',
  status,
  body,
  headers,
});

/** OBSERVED.md 4: refusals before the stream. */
const statuses = of('statuses', [
  ['4 reset before the headers, once', [{ kind: 'drop' }, good], recovered],
  [
    '4 reset before the headers, four times',
    [{ kind: 'drop' }, { kind: 'drop' }, { kind: 'drop' }, { kind: 'drop' }, good],
    { text: 'The answer.', sent: 5 },
  ],
  ['4 reset before the headers, always', [{ kind: 'drop' }], always('network')],
  ...[500, 502, 503, 504, 520, 529, 408].flatMap(
    (status) =>
      [
        [`4 ${status}, once`, [http(status), good], { ...recovered, firstWait: backoff }],
        [`4 ${status}, always`, [http(status)], always('server')],
      ] as const,
  ),
  [
    '4 502 with a page',
    [http(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }), good],
    recovered,
  ],
  [
    '4 500 with Retry-After',
    [http(500, '', { 'retry-after': '3' }), good],
    { ...recovered, firstWait: [3000, 3000] },
  ],
  [
    '4 503 with Retry-After',
    [http(503, '', { 'retry-after': '4' }), good],
    { ...recovered, firstWait: [4000, 4000] },
  ],
  [
    '4 503 overloaded, once',
    [http(503, { error: { code: 'server_is_overloaded' } }), good],
    recovered,
  ],
  ['4 503 slow down, once', [http(503, { error: { code: 'slow_down' } }), good], recovered],
  [
    '4 429 without a hint, once',
    [http(429, { detail: 'Too many requests' }), good],
    { ...recovered, firstWait: backoff },
  ],
  [
    '4 429 without a hint, always',
    [http(429, { detail: 'Too many requests' })],
    always('rateLimited'),
  ],
  [
    '4 429 with Retry-After',
    [http(429, '', { 'retry-after': '2' }), good],
    { ...recovered, firstWait: [2000, 2000] },
  ],
  ['4 429 with Retry-After 0', [http(429, '', { 'retry-after': '0' }), good], { ...recovered }],
  ['4 429 with an hour', [http(429, '', { 'retry-after': '3600' })], always('rateLimited', 1)],
  [
    '4 429 with milliseconds',
    [http(429, '', { 'retry-after-ms': '1500' }), good],
    { ...recovered, firstWait: [1500, 1500] },
  ],
  ['4 429 usage limit', [{ kind: 'httpError', name: 'usage_limit' }], always('usageLimit', 1)],
  [
    '4 429 usage limit without a reset',
    [{ kind: 'httpError', name: 'usage_limit_no_reset' }],
    always('usageLimit', 1),
  ],
  [
    '4 429 usage limit in seconds',
    [{ kind: 'httpError', name: 'usage_limit_only_in_seconds' }],
    always('usageLimit', 1),
  ],
  [
    '4 429 not included',
    [{ kind: 'httpError', name: 'usage_not_included' }],
    always('usageNotIncluded', 1),
  ],
  [
    '4 429 of a member limit',
    [
      http(
        429,
        { error: { type: 'usage_limit_reached' } },
        { 'x-codex-rate-limit-reached-type': 'workspace_member_usage_limit_reached' },
      ),
    ],
    always('usageLimit', 1),
  ],
  ['4 400 any', [http(400, { detail: 'Input must be a list' })], always('badRequest', 1)],
  [
    '4 400 any, with Retry-After',
    [http(400, { detail: 'Input must be a list' }, { 'retry-after': '1' })],
    always('badRequest', 1),
  ],
  ['4 400 context', [{ kind: 'httpError', name: 'ctx' }], always('contextOverflow', 1)],
  ['4 400 image', [{ kind: 'httpError', name: 'bad_image' }], always('badRequest', 1)],
  ['4 400 policy', [{ kind: 'httpError', name: 'cyber' }], always('policy', 1)],
  ['4 400 model', [{ kind: 'httpError', name: 'model_not_supported' }], always('model', 1)],
  ['4 400 wrong shape, then right', [{ kind: 'httpError', name: 'lite_context' }, good], recovered],
  [
    '4 400 stale reasoning, then right',
    [{ kind: 'httpError', name: 'encrypted' }, good],
    recovered,
  ],
  ['4 402', [http(402, { detail: { code: 'deactivated_workspace' } })], always('billing', 1)],
  ['4 403 JSON', [http(403, { detail: 'Forbidden' })], always('forbidden', 1)],
  [
    '4 403 Cloudflare challenge',
    [{ kind: 'httpError', name: 'cf_challenge' }],
    always('blocked', 1),
  ],
  ['4 403 Cloudflare block', [{ kind: 'httpError', name: 'cf_block' }], always('blocked', 1)],
  ['4 404', [http(404, { detail: 'Not found' })], always('notFound', 1)],
  ['4 409', [http(409, { detail: 'Conflict' })], always('badRequest', 1)],
  ['4 413', [http(413)], always('tooLarge', 1)],
  ['4 422', [http(422, { detail: 'Unprocessable' })], always('badRequest', 1)],
  ['4 401 once', [http(401, { error: { code: 'token_expired' } }), good], recovered],
  ['4 401 twice', [http(401), http(401), good], { text: 'The answer.', sent: 3 }],
  ['4 401 always', [http(401)], always('unauthorized', 3)],
  [
    '4 401 after text was cut',
    [sse(half, 'drop'), http(401), good],
    { text: 'The answer.', sent: 3 },
  ],
  [
    '4 503, 429, a cut and then good: one budget',
    [http(503), http(429), sse(half, 'drop'), good],
    { text: 'The answer.', sent: 4 },
  ],
]);

export const cases: readonly Case[] = [...endings, ...shapes, ...failures, ...statuses];
