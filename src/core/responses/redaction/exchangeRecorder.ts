import type { Clock } from '../../../base/async/clock.ts';
import { truncate } from '../../../base/truncate.ts';
import type { HttpRequest, HttpResponse } from '../../../base/http.ts';
import { redact } from '../../../base/log.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { redactSecretsInPieces } from './redactSecrets.ts';
import {
  bodyShape,
  clip,
  errorShape,
  privateAnswers,
  privateTexts,
  requestHeaderValue,
  responseHeaders,
  type BodyShape,
} from './redactExchange.ts';
import { createUnknownEvents, type UnknownEvent } from '../stream/unknownEvents.ts';

/** The last exchange of a failed turn, fit to be shown to anybody. All of it is redacted. */
export interface ExchangeReport {
  request: {
    method: string;
    /** Host and path. */
    url: string;
    headers: Readonly<Record<string, string>>;
    body: BodyShape;
  };
  /** Absent when no answer came. */
  response?: {
    status: number;
    headers: Readonly<Record<string, string>>;
    /** Names of the headers whose values are nobody's business. */
    otherHeaders: readonly string[];
    /** The beginning of a refusal, at most 2 kB. */
    error?: string;
  };
  /** One line for each request of the turn. */
  attempts: readonly string[];
  /** What the backend sent and we did not know. */
  unknown: readonly UnknownEvent[];
}

/** Facts about a failure, and its exchange. */
export interface FailureReport {
  facts: Readonly<Record<string, string | number>>;
  exchange: ExchangeReport;
}

/** Takes down one request and its answer. Costs next to nothing while all goes well. */
export interface AttemptRecord {
  answered(response: HttpResponse): void;
  bytes(count: number): void;
  event(): void;
  unknown(what: UnknownEvent['what'], type: string, value: unknown): void;
  /** A refusal, as it came. */
  refused(body: string): void;
  /** Texts of the answer, so that none of them gets into a report. */
  heard(texts: readonly string[]): void;
  ended(outcome: string): void;
}

export interface ExchangeRecorder {
  begin(attempt: number, request: HttpRequest): AttemptRecord;
  /**
   * The redacted report; undefined before the first request. It looks through all that was sent and
   * heard, and in between waits for `pause`, which may reject.
   */
  report(
    facts: Readonly<Record<string, string | number>>,
    pause: () => Promise<void> | undefined,
  ): Promise<FailureReport | undefined>;
}

const errorBytes = 2_000;

/** Takes down the requests of one turn. What it holds is raw and must not outlive the turn. */
export function createExchangeRecorder(clock: Pick<Clock, 'now'>): ExchangeRecorder {
  const startedAtMs = clock.now();
  const unknownEvents = createUnknownEvents();
  const attempts: string[] = [];
  const heard: string[] = [];
  let request: HttpRequest | undefined;
  let response: HttpResponse | undefined;
  let body: string | undefined;

  function begin(attempt: number, message: HttpRequest): AttemptRecord {
    request = message;
    response = undefined;
    body = undefined;
    const begunMs = clock.now() - startedAtMs;
    let bytes = 0;
    let events = 0;
    return {
      answered(answer) {
        response = answer;
      },
      bytes(count) {
        bytes += count;
      },
      event() {
        events++;
      },
      unknown: unknownEvents.note,
      refused(text) {
        body = text;
      },
      heard(texts) {
        heard.push(...texts);
      },
      ended(outcome) {
        const status = response === undefined ? 'no answer' : `status ${response.status}`;
        const ms = `${begunMs} to ${clock.now() - startedAtMs} ms`;
        attempts.push(`${attempt}: ${outcome}, ${status}, ${ms}, ${bytes} bytes, ${events} events`);
      },
    };
  }

  return {
    begin,
    async report(facts, pause) {
      if (!request) return undefined;
      const raw = {
        facts,
        ...(response === undefined ? {} : { response: answerOf(response, body) }),
      };
      const texts: string[] = [];
      mapTexts(raw, (text) => String(texts.push(text)));
      const secrets = [...privateTexts(request), ...privateAnswers(response), ...heard];
      const clean = (await redactSecretsInPieces(texts, secrets, pause)).values();
      const redacted = mapTexts(raw, () => clean.next().value ?? '');
      return {
        // The kind is a word of our own, whatever was asked.
        facts: { ...redacted.facts, ...omitUndefined({ kind: facts['kind'] }) },
        exchange: {
          request: requestOf(request),
          ...(redacted.response === undefined ? {} : { response: finish(redacted.response) }),
          attempts,
          unknown: unknownEvents.list(),
        },
      };
    },
  };
}

function requestOf({ method, url, headers, body }: HttpRequest): ExchangeReport['request'] {
  const { host, pathname } = new URL(url);
  const shown = Object.entries(headers).map(([name, value]) => {
    return [name, requestHeaderValue(name, value)];
  });
  return {
    method,
    url: redact(`${host}${pathname}`).slice(0, 300),
    headers: Object.fromEntries(shown),
    body: bodyShape(body ?? ''),
  };
}

function answerOf({ status, headers }: HttpResponse, body: string | undefined) {
  const error = body === undefined ? undefined : beginning(errorShape(body, headers));
  return { status, ...responseHeaders(headers), error };
}

function finish({ error, ...rest }: ReturnType<typeof answerOf>) {
  if (error === undefined) return rest;
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return { ...rest, error: clip(text, errorBytes) };
}

/** What of an error's texts is read at all, UTF-16 code units together. */
const errorChars = 4_000;

function beginning(shape: unknown): unknown {
  let left = errorChars;
  return mapTexts(shape, (text) => {
    const part = truncate(text, left);
    left -= part.length;
    return part;
  });
}

/** The value with every string in it changed; keys stay. */
function mapTexts<T>(value: T, change: (text: string) => string): T;
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((inner) => mapTexts(inner, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]),
  );
}
