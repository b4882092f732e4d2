import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import type { Http } from '../../../../src/base/http.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { defaultRetryPolicy } from '../../../../src/core/responses/retry/retry.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { fixtureBytes, sseBytes, streamOf } from '../../../support/streams.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { classic, countingGrants } from './harness.ts';

const delta = {
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta: 'Half',
};
const text = (line: string) => new TextEncoder().encode(line);

/** Everything that keeps a connection open and says nothing. */
const signsOfLife: [string, Uint8Array][] = [
  ['comments', text(': still here\n\n')],
  ['keepalive events', sseBytes([{ type: 'keepalive', sequence_number: 3 }])],
  ['response.keep_alive events', sseBytes([{ type: 'response.keep_alive' }])],
  ['ping events', text('event: ping\ndata: {"type":"ping"}\n\n')],
  ['events without a type', text('event: ping\ndata: {}\n\n')],
  ['data that is no JSON', text('data: ping\n\n')],
  ['bare line ends', text('\n')],
];

/** A turn on a clock that stands still; each line is fed by hand. */
function started(limit = 1) {
  const clock = steppedClock();
  const events: TurnEvent[] = [];
  let feed: (bytes: Uint8Array) => void = () => {};
  let sent = 0;
  const http: Http = async () => {
    if (++sent > 1) return streamOf(fixtureBytes('ok_plain.sse'));
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (feed = (bytes) => controller.enqueue(bytes)),
    });
    return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: stream };
  };
  const client = createResponses({
    http,
    tokenProvider: countingGrants(),
    baseUrl: () => 'https://chatgpt.com/backend-api',
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
    clock,
    random: () => 0.5,
    log: silentLog,
    silentAfterMs: 15_000,
    quietAfterMs: 60_000,
    retryPolicy: () => ({ ...defaultRetryPolicy, requests: { limit, delayMs: 250 } }),
  });
  const done = client
    .stream(classic, (event) => events.push(event), new AbortController().signal)
    .then((answer) => ({ answer, error: undefined }))
    .catch((error: unknown) => ({ answer: undefined, error }));
  return {
    clock,
    done,
    types: () => events.map(({ type }) => type),
    events,
    sent: () => sent,
    async feed(bytes: Uint8Array) {
      feed(bytes);
      await settled();
    },
  };
}

describe.each(signsOfLife)('%s', (_, sign) => {
  test('do not hide that nothing has come for a minute', async () => {
    const { clock, feed, types, events } = started();
    await settled();
    const beganMs = clock.now();
    await feed(sseBytes([delta]));
    for (let at = 0; at < 13; at++) {
      await clock.advance(5_000);
      await feed(sign);
    }
    expect(types().filter((type) => /silent|quiet|life/.test(type))).toEqual(['silent', 'quiet']);
    expect(events.find(({ type }) => type === 'silent')).toMatchObject({ sinceMs: beganMs });
    await feed(sseBytes([delta]));
    expect(types().at(-2)).toBe('life');
  });

  test('alone for ten minutes end the stream as stalled', async () => {
    const { clock, feed, done } = started();
    await settled();
    await feed(sseBytes([delta]));
    for (let at = 0; at < 59; at++) {
      await clock.advance(10_000);
      await feed(sign);
    }
    const open = Symbol('open');
    expect(await Promise.race([done, settled().then(() => open)])).toBe(open);
    await clock.advance(10_000);
    await feed(sign);
    const { error } = await done;
    expect(error).toMatchObject({ failure: { kind: 'stalled', host: 'chatgpt.com' } });
  });
});

test('a stream that was given up so is asked for again, as the policy says', async () => {
  const { clock, feed, done, sent } = started(2);
  await settled();
  await clock.advance(600_000);
  await feed(text(': here\n\n'));
  await clock.advance(1_000);
  expect((await done).answer?.status).toBe('completed');
  expect(sent()).toBe(2);
});

test('an answer that comes slowly, word by word, is never given up', async () => {
  const { clock, feed, types } = started();
  await settled();
  for (let at = 0; at < 100; at++) {
    await clock.advance(14_000);
    await feed(sseBytes([delta]));
  }
  expect(types().filter((type) => /silent|quiet|retry/.test(type))).toEqual([]);
});

test('silence before the headers is told, too', async () => {
  const clock = steppedClock();
  const events: TurnEvent[] = [];
  const abort = new AbortController();
  const client = createResponses({
    http: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    tokenProvider: countingGrants(),
    baseUrl: () => 'https://chatgpt.com/backend-api',
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
    clock,
    random: () => 0.5,
    log: silentLog,
    silentAfterMs: 15_000,
  });
  const work = client.stream(classic, (event) => events.push(event), abort.signal);
  const ended = expect(work).rejects.toThrow('stopped');
  await settled();
  await clock.advance(15_000);
  expect(events.map(({ type }) => type)).toEqual(['attempt', 'silent']);
  abort.abort(new Error('stopped'));
  await ended;
  expect(clock.timers).toEqual([]);
});
