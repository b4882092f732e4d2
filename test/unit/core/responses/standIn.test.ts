import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../../src/base/async/clock.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { BearerTokenSource } from '../../../../src/core/auth/bearerToken.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { userMessage, type InputItem } from '../../../../src/core/responses/request/input.ts';
import type { ResponsesRequest } from '../../../../src/core/responses/request/request.ts';
import type { Answer, TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../../backend/backend.ts';
import { seal } from '../../../backend/seal.ts';
import { classic, paint } from './harness.ts';

/** The client as it is shipped, over real sockets, against the stand-in backend. */
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

const lite: ResponsesRequest = {
  ...classic,
  model: { ...classic.model, slug: 'gpt-6.1-sol', lite: true },
};

function tokenProvider(accessLifetimeS = 3600): BearerTokenSource {
  const mint = (lifetime: number) => {
    const { accessToken, accountId } = backend.control.mint('ada@example.com', {
      accessLifetimeS: lifetime,
    });
    return { credentialId: 'ada', accountId, accessToken };
  };
  return { getToken: async () => mint(accessLifetimeS), replaceRejected: async () => mint(3600) };
}

async function ask(
  request: ResponsesRequest,
  options: {
    tokenProvider?: BearerTokenSource;
    signal?: AbortSignal;
    idleTimeoutMs?: number;
    baseUrl?: string;
  } = {},
) {
  const events: TurnEvent[] = [];
  const client = createResponses({
    http: http.request,
    tokenProvider: options.tokenProvider ?? tokenProvider(),
    baseUrl: () => options.baseUrl ?? backend.baseUrl,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0 (linux; x64)' },
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    ...(options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }),
  });
  const signal = options.signal ?? new AbortController().signal;
  let answer: Answer | undefined;
  let failure: ResponsesError['failure'] | undefined;
  try {
    answer = await client.stream(request, (event) => events.push(event), signal);
  } catch (error) {
    if (!(error instanceof ResponsesError)) throw error;
    failure = error.failure;
  }
  const texts = paint(events).filter(({ kind }) => kind === 'text');
  return { answer, failure, events, text: texts.map(({ text }) => text).join('') };
}

const half = [
  { type: 'response.created', response: { id: 'resp_1' } },
  { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'one two' },
];

const posts = () => backend.control.requests('/codex/responses').length;

describe('against the stand-in, the client', () => {
  test.each([
    ['classic', classic],
    ['lite', lite],
  ])('gets an answer in the %s shape, with usage and limits', async (_, request) => {
    const { answer, text, events } = await ask(request);
    expect(answer?.status).toBe('completed');
    expect(text.length).toBeGreaterThan(20);
    expect(answer?.usage?.output).toBeGreaterThan(0);
    const headers = events.find((event) => event.type === 'headers')?.headers;
    expect(headers).toHaveProperty('x-codex-primary-used-percent');
  });

  test('replays a whole talk with reasoning, calls and outputs that the backend accepts', async () => {
    const tools = [
      {
        name: 'read_file',
        description: 'Reads a file of the workspace.',
        parameters: {
          type: 'object',
          properties: { path: { type: 'string' } },
          required: ['path'],
        },
      },
    ];
    for (const request of [classic, lite]) {
      backend.control.script({
        kind: 'call',
        calls: [{ name: 'read_file', arguments: '{"path":"a"}' }],
      });
      const first = await ask({ ...request, tools });
      const call = first.answer?.items.find(({ type }) => type === 'function_call');
      const history: InputItem[] = [
        ...request.input,
        ...(first.answer?.items ?? []),
        { type: 'function_call_output', call_id: call?.['call_id'], output: 'const a = 1;' },
        userMessage('And now?'),
      ];
      const second = await ask({ ...request, tools, input: history });
      expect(second.failure).toBeUndefined();
      expect(second.text).not.toBe('');
    }
  });

  test.each([
    ['classic', classic],
    ['lite', lite],
  ])(
    'goes on in the %s shape from what was kept of an answer that was cut short',
    async (_, request) => {
      const details = { reason: 'max_output_tokens' };
      const end = { type: 'response.incomplete', response: { incomplete_details: details } };
      backend.control.script({ kind: 'sse', events: [...half, end] });
      const first = await ask(request);
      expect(first.answer).toMatchObject({ status: 'incomplete', endTurn: true });
      const input = [...request.input, ...(first.answer?.items ?? []), userMessage('Go on.')];
      const second = await ask({ ...request, input });
      expect(second.answer?.status).toBe('completed');
      const sent = JSON.stringify(backend.control.requests('/codex/responses').at(-1)?.body);
      expect(sent).toContain('one two');
    },
  );

  test('renews a token that has run out, and asks once more', async () => {
    const { answer } = await ask(classic, { tokenProvider: tokenProvider(-60) });
    expect(answer?.status).toBe('completed');
    expect(posts()).toBe(2);
  });

  test.each([
    ['drop', { kind: 'sse', events: half, then: 'drop' }],
    ['reset', { kind: 'sse', events: half, then: 'reset' }],
    ['polite end', { kind: 'sse', events: half, then: 'eof' }],
    ['refused connection', { kind: 'drop' }],
  ] as const)('shows the good answer alone after a %s', async (_, fault) => {
    backend.control.script(fault, { kind: 'text', text: 'All of it.' });
    const { text, answer } = await ask(classic);
    expect(answer?.attempts).toBe(2);
    expect(text).toBe('All of it.');
  });

  test('takes a finished last message for the answer when only the end is missing', async () => {
    backend.control.script({ kind: 'text', text: 'All of it.', then: 'drop' });
    const { text, answer } = await ask(classic);
    expect(text).toBe('All of it.');
    expect(answer).toMatchObject({ status: 'cut', endTurn: true, attempts: 1 });
  });

  test('gives up a stream that falls silent, and gets its answer at the next attempt', async () => {
    backend.control.script(
      { kind: 'sse', events: half, then: 'stall' },
      { kind: 'text', text: 'All of it.' },
    );
    const { text, events } = await ask(classic, { idleTimeoutMs: 150 });
    expect(text).toBe('All of it.');
    const retry = events.find((event) => event.type === 'retry');
    expect(retry?.failure.kind).toBe('stalled');
  });

  test('sends exactly one request for a spent limit, and tells when it opens', async () => {
    backend.control.setUsage('ada@example.com', { fiveHourPercent: 100 });
    const { failure } = await ask(classic);
    expect(failure?.kind).toBe('usageLimit');
    expect(failure?.resetsAtMs).toBeGreaterThan(Date.now());
    expect(posts()).toBe(1);
  });

  test.each([
    ['before the headers', { kind: 'stall' }],
    ['in the text', { kind: 'text', text: 'one two', then: 'stall' }],
  ] as const)('closes its socket soon after a stop %s', async (_, fault) => {
    const wire = await watchedWire(backend.baseUrl);
    try {
      backend.control.script(fault, fault, fault);
      const abort = new AbortController();
      const reason = new Error('stopped');
      const work = ask(classic, { signal: abort.signal, baseUrl: wire.baseUrl });
      const settled = expect(work).rejects.toBe(reason);
      await vi.waitFor(() => expect(posts()).toBe(1));
      expect(wire.open()).toBe(1);
      abort.abort(reason);
      await settled;
      await vi.waitFor(() => expect(wire.open()).toBe(0), { timeout: 1_000 });
      expect(posts()).toBe(1);
    } finally {
      await wire.stop();
    }
  });

  test('sends nothing more after a stop between two attempts', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    backend.control.script(fault, fault, fault);
    const abort = new AbortController();
    const reason = new Error('stopped');
    const work = ask(classic, { signal: abort.signal });
    const settled = expect(work).rejects.toBe(reason);
    await vi.waitFor(() => expect(posts()).toBe(1));
    abort.abort(reason);
    await settled;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(posts()).toBe(1);
  });
});

/** A way to the backend that counts the sockets of the client. */
async function watchedWire(baseUrl: string) {
  const { hostname, port, pathname } = new URL(baseUrl);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    const onward = connect(Number(port), hostname);
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.on('close', () => {
      open.delete(socket);
      onward.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const ownPort = typeof address === 'object' ? address?.port : undefined;
  return {
    baseUrl: `http://127.0.0.1:${ownPort}${pathname}`,
    open: () => open.size,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([
  { type: 'compaction', encrypted_content: seal('compaction', 'another account') },
  { type: 'reasoning', summary: [], encrypted_content: seal('reasoning', 'another account') },
])(
  'an encrypted $type of another account is left out and the request sent once more',
  async (item) => {
    const { answer, events } = await ask({ ...classic, input: [item, ...classic.input] });
    expect(answer?.attempts).toBe(2);
    expect(events.filter(({ type }) => type === 'failed')).toHaveLength(1);
    const sent = backend.control
      .requests('/codex/responses')
      .map(({ body }) => JSON.stringify(body));
    expect(sent.map((body) => body.includes(item.encrypted_content))).toEqual([true, false]);
  },
);
