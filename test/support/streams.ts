import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Http, HttpRequest, HttpResponse } from '../../src/base/http.ts';

/** A recorded stream from `test/fixtures/sse`. */
export function fixtureBytes(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../fixtures/sse', name));
}

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Events as the backend writes them. */
export function sseBytes(events: readonly object[]): Uint8Array {
  return new TextEncoder().encode(
    events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  );
}

export function streamOf(bytes: Uint8Array, chunk = 4096): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: inChunks(bytes, chunk),
  };
}

export function statusOf(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: inChunks(new TextEncoder().encode(text), 4096),
  };
}

export type Answering = HttpResponse | Error | ((signal: AbortSignal) => Promise<HttpResponse>);

/** An Http that gives the answers in turn, the last one for ever, and remembers what was sent. */
export function scriptedHttp(...answers: readonly (() => Answering)[]): {
  http: Http;
  sent: HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  const http: Http = async (request, signal) => {
    signal.throwIfAborted();
    const make = answers[Math.min(sent.length, answers.length - 1)];
    sent.push(request);
    const answer = make?.();
    if (answer === undefined) throw new Error('No answer was scripted.');
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(signal) : answer;
  };
  return { http, sent };
}
