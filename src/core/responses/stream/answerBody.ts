import { redactStart } from '../../../base/log.ts';
import type { ResponsesEvent } from './events.ts';
import { beyondLimit, longestPart, type ResponsesFailure } from '../retry/failure.ts';
import { formOf, readJsonBody, type BodyForm } from '../request/jsonBody.ts';
import { createEventReader } from './sse.ts';

export interface AnswerBody {
  /** Takes the next bytes, however they are cut, and throws as `EventReader.push` does. */
  push(bytes: Uint8Array): void;
  end(): void;
}

export interface BodyListener {
  headers: () => Readonly<Record<string, string>>;
  now: () => number;
  /** The data of one server-sent event. */
  data(data: string): void;
  /** What a body means that is no stream. */
  event(event: ResponsesEvent): void;
  failure(failure: ResponsesFailure, body: string): void;
}

/**
 * Reads the body of a 200: a stream of events, or what came in its place. The first sign of the
 * body decides, for proxies send streams as JSON and refusals as streams.
 */
export function createAnswerBody(listener: BodyListener): AnswerBody {
  const stream = createEventReader(listener.data);
  let form: BodyForm | undefined;
  let bytes = 0;
  let chunks: Uint8Array[] = [];

  function collect(chunk: Uint8Array): void {
    bytes += chunk.byteLength;
    if (bytes <= longestPart) return void chunks.push(chunk);
    chunks = [];
    listener.failure({ ...beyondLimit('tooLong'), status: 200 }, '');
  }

  function endOfJson(): void {
    const all = chunks;
    chunks = [];
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const text = all.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
    const meaning = readJsonBody(text, listener.headers(), listener.now());
    if (meaning?.kind === 'event') return listener.event(meaning.event);
    if (meaning) return listener.failure(meaning.failure, text);
    // The first line may have been noise before a stream.
    for (const chunk of all) stream.push(chunk);
    stream.end();
  }

  return {
    push(chunk) {
      form ??= isPage(listener.headers()) ? 'page' : formOf(chunk);
      if (form === 'page') listener.failure(wrongForm(listener.headers()), '');
      else if (form === 'json') collect(chunk);
      else stream.push(chunk);
    },
    end() {
      if (form === 'json') endOfJson();
      else stream.end();
    },
  };
}

/** A page of a proxy, or JSON that cannot be read. It may be gone the next time. */
export function wrongForm(headers: Readonly<Record<string, string>>): ResponsesFailure {
  const type = redactStart(headers['content-type'] ?? 'no content type', 100);
  return { kind: 'malformed', status: 200, detail: `answered with ${type}` };
}

function isPage(headers: Readonly<Record<string, string>>): boolean {
  return /html/i.test(headers['content-type'] ?? '');
}
