// oxlint-disable unicorn/no-thenable -- `then` of a behaviour is text
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, type Behaviour, startBackend } from './backend.ts';
import { readSseFixture, sseIndex } from './fixtures.ts';
import { ada, classicBody, get, send } from './testClient.ts';
import { asList, asRecord, asText } from './values.ts';

let backend: Backend;

beforeEach(async () => {
  backend = await startBackend({
    pace: 0,
    accounts: [
      { email: ada, plan: 'plus' },
      { email: 'swapped@example.com', plan: 'plus', windows: 'swapped' },
      { email: 'weekly@example.com', plan: 'plus', windows: 'weeklyOnly' },
    ],
  });
});
afterEach(() => backend.stop());

const ask = (behaviour?: Behaviour, body = classicBody()) => {
  if (behaviour) backend.control.script(behaviour);
  return send(backend, backend.control.mint(ada), body);
};

const textOf = (stream: string) =>
  asText(
    asRecord(JSON.parse(/^data: (.*output_text\.done".*)$/m.exec(stream)?.[1] ?? '{}'))['text'],
  );

const percent = (response: Response, slot: string) =>
  Number(response.headers.get(`x-codex-${slot}-used-percent`));

test.each(sseIndex.map(({ file }) => file).filter((file) => !file.startsWith('drop_')))(
  'plays %s byte for byte, however it is cut',
  async (name) => {
    const bytes = readSseFixture(name);
    for (const chunkBytes of [7, 10_000]) {
      const response = await ask({ kind: 'fixture', name, chunkBytes });
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    }
  },
);

test.each(sseIndex.map(({ file }) => file).filter((file) => file.startsWith('drop_')))(
  'breaks off after %s',
  async (name) => {
    const response = await ask({ kind: 'fixture', name });
    await expect(response.text()).rejects.toThrow();
  },
);

test.each<[string, Behaviour, number]>([
  ['status', { kind: 'status', status: 418, body: { detail: 'x' } }, 418],
  ['httpError', { kind: 'httpError', name: 'overloaded' }, 503],
])(
  'answers by %s at once, even to a request that it would refuse',
  async (_, behaviour, status) => {
    expect((await ask(behaviour, {})).status).toBe(status);
  },
);

test('keeps a scripted answer for the first request that is good', async () => {
  backend.control.script({ kind: 'text', text: 'kept' });
  const late = backend.control.mint(ada, { accessLifetimeS: -1 });
  const statuses = [await send(backend, late, classicBody()), await ask(undefined, {})];
  expect(statuses.map(({ status }) => status)).toEqual([401, 400]);
  expect(textOf(await (await ask()).text())).toBe('kept');
});

test.each(['drop', 'reset'] as const)('ends by %s after the text has gone out', async (then) => {
  const response = await ask({ kind: 'text', text: 'all of it', then });
  const parts: string[] = [];
  const read = async () => {
    for await (const part of response.body ?? []) parts.push(Buffer.from(part).toString());
  };
  await expect(read()).rejects.toThrow();
  expect(parts.join('')).toContain('response.output_item.done');
  expect(parts.join('')).not.toContain('response.completed');
});

test('ends properly but without a terminal event when asked to', async () => {
  const text = await (await ask({ kind: 'text', text: 'x', then: 'eof' })).text();
  expect(text).not.toContain('response.completed');
});

test.each<Behaviour>([{ kind: 'stall' }, { kind: 'text', text: 'x', then: 'stall' }])(
  'says no more after %o',
  async (behaviour) => {
    backend.control.script(behaviour);
    const signal = AbortSignal.timeout(150);
    const tokens = backend.control.mint(ada);
    const whole = send(backend, tokens, classicBody(), {}, signal).then((answer) => answer.text());
    await expect(whole).rejects.toThrow(/aborted/);
  },
);

test('resets the connection before any answer', async () => {
  await expect(ask({ kind: 'drop' })).rejects.toThrow('fetch failed');
});

test('plays what stands behind a delay', async () => {
  const next: Behaviour = { kind: 'httpError', name: 'slow_down' };
  expect((await ask({ kind: 'delay', ms: 5, next })).status).toBe(503);
  const text: Behaviour = { kind: 'text', text: 'late' };
  expect(textOf(await (await ask({ kind: 'delay', ms: 5, next: text })).text())).toBe('late');
});

test('cuts a text into as many deltas as wanted', async () => {
  const text = 'naïve 🦀 '.repeat(40).trim();
  const stream = await (await ask({ kind: 'text', text, deltas: 25 })).text();
  const deltas = [...stream.matchAll(/^data: (.*output_text\.delta".*)$/gm)].map(([, json]) =>
    asText(asRecord(JSON.parse(json ?? '{}'))['delta']),
  );
  expect([deltas.length, deltas.join('')]).toEqual([25, text]);
});

test('sends scripted calls with their ids and names', async () => {
  const calls = [{ name: 'a', arguments: '{"x":1}', callId: 'call_a', namespace: 'functions' }];
  const stream = await (await ask({ kind: 'call', calls })).text();
  expect(stream).toMatch(
    /"type":"function_call",.*"call_id":"call_a","name":"a","namespace":"functi/,
  );
});

test('reads compressed requests', async () => {
  const { accessToken } = backend.control.mint(ada);
  const response = await fetch(`${backend.baseUrl}/codex/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    body: gzipSync(JSON.stringify(classicBody())),
  });
  expect(response.status).toBe(200);
});

test('scripts other endpoints by the end of their path', async () => {
  backend.control.scriptFor('/wham/usage', { kind: 'status', status: 500 });
  const tokens = backend.control.mint(ada);
  const statuses = [
    await get(backend, tokens, '/wham/usage'),
    await get(backend, tokens, '/wham/usage'),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([500, 200]);
});

test('remembers each request, and forgets on demand', async () => {
  await (await ask()).text();
  const [seen] = backend.control.requests('/codex/responses');
  expect([seen?.method, asRecord(seen?.body)['model']]).toEqual(['POST', 'gpt-5.5']);
  backend.control.clearRequests();
  expect(backend.control.requests()).toEqual([]);
});

test('moves both windows with each turn, and says the same by usage and by headers', async () => {
  await (await ask({ kind: 'text', text: 'word '.repeat(2000) })).text();
  const response = await ask();
  await response.text();
  expect(percent(response, 'primary')).toBeGreaterThan(percent(response, 'secondary'));
  expect(percent(response, 'secondary')).toBeGreaterThan(0);
  const usage = asRecord(
    await (await get(backend, backend.control.mint(ada), '/wham/usage')).json(),
  );
  const window = asRecord(asRecord(usage['rate_limit'])['primary_window']);
  expect(window['used_percent']).toBeGreaterThanOrEqual(Math.floor(percent(response, 'primary')));
  expect(window['limit_window_seconds']).toBe(18_000);
});

test('stops at a spent window until the clock has passed its reset', async () => {
  backend.control.setUsage(ada, { fiveHourPercent: 100, weeklyPercent: 40 });
  const stopped = await ask();
  const error = asRecord(asRecord(await stopped.json())['error']);
  expect([stopped.status, error['type'], percent(stopped, 'primary')]).toEqual([
    429,
    'usage_limit_reached',
    100,
  ]);
  expect(error['resets_at']).toBe(Number(stopped.headers.get('x-codex-primary-reset-at')));
  backend.control.advance(5 * 3600_000 + 1000);
  const after = await ask();
  await after.text();
  expect(after.status).toBe(200);
  expect(percent(after, 'primary')).toBeLessThan(5);
  expect(percent(after, 'secondary')).toBeGreaterThanOrEqual(40);
});

test.each([
  ['swapped@example.com', '10080', '300'],
  ['weekly@example.com', '10080', null],
])('can place the windows of %s in other slots', async (email, primary, secondary) => {
  const response = await send(backend, backend.control.mint(email), classicBody());
  await response.text();
  expect([
    response.headers.get('x-codex-primary-window-minutes'),
    response.headers.get('x-codex-secondary-window-minutes'),
  ]).toEqual([primary, secondary]);
});

test('charges an answer that was stopped for what had gone out', async () => {
  const controller = new AbortController();
  const tokens = backend.control.mint(ada);
  backend.control.script({ kind: 'text', text: 'word '.repeat(20_000), then: 'stall' });
  const response = await send(backend, tokens, classicBody(), {}, controller.signal);
  const atStart = percent(response, 'primary');
  const reader = response.body?.getReader();
  for (let size = 0; size < 1_000_000;) size += (await reader?.read())?.value?.length ?? 1_000_000;
  controller.abort();
  const later = async () => {
    const usage = asRecord(await (await get(backend, tokens, '/wham/usage')).json());
    return asRecord(asRecord(usage['rate_limit'])['primary_window'])['used_percent'];
  };
  await expect.poll(later).toBeGreaterThan(atStart + 1);
});

test('lists the models with an ETag that answers repeat, and that moves with the list', async () => {
  const tokens = backend.control.mint(ada);
  const list = async (version: string) => {
    const response = await get(backend, tokens, `/codex/models?client_version=${version}`);
    const models = asList(asRecord(await response.json())['models']).map(asRecord);
    return { etag: response.headers.get('etag'), slugs: models.map(({ slug }) => slug) };
  };
  const answer = await ask();
  await answer.text();
  const first = await list('0.169.0');
  expect(answer.headers.get('x-models-etag')).toBe(first.etag);
  expect((await list('0.100.0')).slugs).toEqual(['gpt-5.5']);
  backend.control.setModels([{ slug: 'made-up', use_responses_lite: false }]);
  const second = await list('0.169.0');
  expect(second.slugs).toEqual(['made-up']);
  expect(second.etag).not.toBe(first.etag);
});

test('fails a request that is longer than the window of the model', async () => {
  const text = await (await ask(undefined, classicBody('x'.repeat(1_200_000)))).text();
  expect(text).toContain('context_length_exceeded');
  expect(text).not.toContain('response.completed');
});

test('finds the beginning of a chat cached at its second request', async () => {
  const cached = async () =>
    /"cached_tokens":(\d+)/.exec(await (await ask(undefined, body)).text())?.[1];
  const body = classicBody('word '.repeat(500), { prompt_cache_key: 'chat' });
  expect([await cached(), Number(await cached()) > 500]).toEqual(['0', true]);
});

test('makes a fault that the chat asks for once, and anew at the next ask', async () => {
  const statuses: number[] = [];
  for (let at = 0; at < 4; at += 1) {
    const response = await ask(undefined, classicBody('overloaded'));
    statuses.push(response.status);
    await response.text();
  }
  expect(statuses).toEqual([503, 200, 503, 200]);
});

test('has no websocket', async () => {
  const response = await get(backend, backend.control.mint(ada), '/codex/responses');
  expect(response.status).toBe(426);
});

test('ends all connections when it stops', async () => {
  const other = await startBackend();
  const tokens = other.control.mint(ada);
  other.control.script({ kind: 'text', text: 'x', then: 'stall' });
  const response = await send(other, tokens, classicBody());
  await other.stop();
  await expect(response.text()).rejects.toThrow();
});
