import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  answerSteps,
  countTokens,
  type ResponseHead,
  responseObject,
} from './answer.ts';
import { httpErrors, readSseFixture } from './fixtures.ts';
import { type Exchange, goneSignal, type Headers } from './http.ts';
import { createPacer, eventText, openStream } from './sse.ts';
import type { Behaviour, Ending } from './types.ts';
import type { Json } from './values.ts';

/** Sends any answer that is no stream. Returns whether the behaviour was of that sort. */
export function strike(exchange: Exchange, behaviour: Behaviour): boolean {
  switch (behaviour.kind) {
    case 'status':
      sendPlain(exchange, behaviour);
      return true;
    case 'httpError':
      sendHttpError(exchange, behaviour.name);
      return true;
    case 'drop':
      exchange.response.socket?.resetAndDestroy();
      return true;
    case 'stall':
      return true;
    case 'fixture':
    case 'text':
    case 'call':
    case 'sse':
    case 'delay':
      return false;
  }
}

/** Waits; false when the client went away meanwhile. */
export async function waitFor(exchange: Exchange, ms: number): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: goneSignal(exchange) });
    return true;
  } catch {
    return false;
  }
}

function sendHttpError(exchange: Exchange, name: string): void {
  const error = httpErrors.find((entry) => entry.name === name);
  if (!error) throw new Error(`http_errors.json has no entry ${name}`);
  const headers = Object.fromEntries(
    Object.entries(error.headers).map(([header, value]) => [
      header,
      value === '<HTTP-date>' ? new Date(Date.now() + 4000).toUTCString() : value,
    ]),
  );
  sendPlain(exchange, { status: error.status, body: error.body, headers });
}

function sendPlain(
  { response }: Exchange,
  answer: { status: number; body?: unknown; headers?: Headers },
): void {
  const { status, body, headers } = answer;
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    ...headers,
  });
  if (body === undefined) response.end();
  else response.end(isText ? body : JSON.stringify(body));
}

/** A file as it is, cut into chunks that reach the client one by one. */
export async function playFixture(
  exchange: Exchange,
  headers: Headers,
  fixture: { name: string; chunkBytes?: number; delayMs?: number },
): Promise<void> {
  const bytes = readSseFixture(fixture.name);
  const stream = openStream(exchange, headers);
  const size = Math.max(1, fixture.chunkBytes ?? bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    if (at > 0) await pause(fixture.delayMs ?? 0, stream.gone);
    await stream.write(bytes.subarray(at, at + size));
  }
  await stream.end(fixture.name.startsWith('drop_') ? 'drop' : 'eof');
}

const pause = (ms: number, signal: AbortSignal) =>
  ms > 0 ? sleep(ms, undefined, { signal }) : nextTick(undefined, { signal });

export async function playEvents(
  exchange: Exchange,
  headers: Headers,
  events: readonly unknown[],
  then: Ending = 'complete',
): Promise<void> {
  const stream = openStream(exchange, headers);
  for (const event of events) await stream.write(eventText(event));
  await stream.end(then);
}

export interface Performance {
  head: ResponseHead;
  answer: Answer;
  /** Deltas per second; 0 = as fast as possible. */
  pace: number;
  ending: Ending;
  inputTokens: number;
  cachedTokens: number;
  /** Ends the stream by this error instead of the terminal event. */
  failure?: Json;
}

/** Tokens that went out, and whether the client was told of them. */
export interface Played {
  output: number;
  reasoning: number;
  isTold: boolean;
}

/** Streams an answer with its terminal event. */
export async function playAnswer(
  exchange: Exchange,
  headers: Headers,
  show: Performance,
): Promise<Played> {
  const stream = openStream(exchange, headers);
  let reasoning = 0;
  let output = 0;
  let sequence = 0;
  let isTold = false;
  const send = (event: Json) => stream.write(eventText({ ...event, sequence_number: sequence++ }));
  const pacer = createPacer(show.pace, stream.gone);
  try {
    for (const { event, delta } of answerSteps(show.head, show.answer)) {
      if (delta !== undefined) {
        await pacer();
        output += countTokens(delta);
        if (event['type'] === 'response.reasoning_summary_text.delta')
          reasoning += countTokens(delta);
      }
      await send(event);
    }
    if (show.ending === 'complete') {
      await send(terminalEvent(show, output, reasoning));
      isTold = !show.failure;
    }
    await stream.end(show.ending);
  } catch (error) {
    if (!stream.gone.aborted) throw error;
  }
  return { output, reasoning, isTold };
}

function terminalEvent(show: Performance, output: number, reasoning: number): Json {
  const { head, failure } = show;
  if (failure)
    return {
      type: 'response.failed',
      response: responseObject(head, 'failed', { error: failure }),
    };
  const usage = {
    input_tokens: show.inputTokens,
    input_tokens_details: { cached_tokens: show.cachedTokens },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: show.inputTokens + output,
  };
  return { type: 'response.completed', response: responseObject(head, 'completed', { usage }) };
}
