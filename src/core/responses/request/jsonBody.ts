import * as z from 'zod/mini';
import {
  isParsedTooDeep,
  jsonFault,
  mostJsonValues,
  type JsonFault,
} from '../../../base/json/json.ts';
import { errorOrWords, failureFromEvent, type ApiError } from '../retry/classify.ts';
import { readEvent, type ResponsesEvent } from '../stream/events.ts';
import { beyondLimit, type ResponsesFailure } from '../retry/failure.ts';

/** What the body of a 200 is, told by its first sign. */
export type BodyForm = 'stream' | 'json' | 'page';

const whiteSpace = new Set([9, 10, 13, 32, 0xef, 0xbb, 0xbf]);

/** Undefined while nothing but white space, or a byte order mark, has come. */
export function formOf(bytes: Uint8Array): BodyForm | undefined {
  const first = bytes.find((byte) => !whiteSpace.has(byte));
  if (first === undefined) return undefined;
  if (first === 0x7b || first === 0x5b) return 'json';
  return first === 0x3c ? 'page' : 'stream';
}

export type BodyMeaning =
  { kind: 'event'; event: ResponsesEvent } | { kind: 'failure'; failure: ResponsesFailure };

const anyObject = z.looseObject({});
const body = z.looseObject({
  error: z.catch(z.optional(z.nullable(errorOrWords)), undefined),
  detail: z.catch(z.optional(z.nullable(errorOrWords)), undefined),
  message: z.catch(z.optional(z.string()), undefined),
  response: z.catch(z.optional(anyObject), undefined),
});

const responseObject = z.looseObject({
  object: z.catch(z.optional(z.string()), undefined),
  status: z.catch(z.optional(z.string()), undefined),
  output: z.array(z.unknown()),
});

/**
 * What a JSON body means where a stream was promised: the answer when it is a whole response
 * object or a terminal event, a failure in the body's own words when it holds an error, and else a
 * failure that asking again does not cure. Undefined when the text is not JSON.
 */
export function readJsonBody(
  text: string,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): BodyMeaning | undefined {
  const fault = jsonFault(text, mostJsonValues);
  if (fault) return refused(fault);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isParsedTooDeep(text, value)) return refused('tooDeep');
  const event = terminalEvent(value);
  if (event) return { kind: 'event', event };
  const parsed = body.safeParse(value);
  const error = parsed.success ? errorIn(parsed.data) : undefined;
  const failure = error
    ? failureFromEvent(error, headers, nowMs)
    : noAnswer('answered with JSON that is no answer');
  return { kind: 'failure', failure };
}

function refused(fault: JsonFault): BodyMeaning {
  return { kind: 'failure', failure: { ...beyondLimit(fault), status: 200 } };
}

function noAnswer(detail: string): ResponsesFailure {
  return { kind: 'malformed', status: 200, detail, isLasting: true };
}

/** A terminal event by itself, or the event that would have brought this response object. */
function terminalEvent(value: unknown): ResponsesEvent | undefined {
  const alone = readEvent(value);
  if (alone.kind === 'event' && isTerminal(alone.event)) return alone.event;
  const parsed = body.safeParse(value);
  if (!parsed.success) return undefined;
  const response = responseObject.safeParse(parsed.data.response ?? value);
  if (!response.success) return undefined;
  const { object, status } = response.data;
  const isResponse = object === 'response' || status !== undefined;
  if (!isResponse || !/^(?:completed|incomplete|failed)$/.test(status ?? 'completed')) {
    return undefined;
  }
  const built = readEvent({ type: `response.${status ?? 'completed'}`, response: response.data });
  return built.kind === 'event' ? built.event : undefined;
}

function isTerminal({ type }: ResponsesEvent): boolean {
  return type === 'error' || /^response\.(?:completed|incomplete|failed)$/.test(type);
}

/** The error that a body holds; one of words alone is judged by what they say. */
function errorIn({ error, detail, message }: z.infer<typeof body>): ApiError | undefined {
  if (error) return error;
  const said = detail ?? (message === undefined ? undefined : { message });
  if (!said) return undefined;
  return { ...said, code: said.code ?? said.type ?? codeOfWords(said.message ?? '') };
}

/** Whoever refuses in words alone has refused for good, unless the words promise otherwise. */
function codeOfWords(words: string): string {
  const text = words.slice(0, 1000);
  if (/rate limit|too many requests/i.test(text)) return 'rate_limit_exceeded';
  if (/overloaded|at capacity/i.test(text)) return 'server_is_overloaded';
  if (/\b(?:try|retry)\b.{0,20}\b(?:again|later)|temporar|unavailable|timed? ?out/i.test(text)) {
    return 'server_error';
  }
  if (/internal (?:server )?error|bad gateway|something went wrong/i.test(text)) {
    return 'server_error';
  }
  return 'bad_request';
}
