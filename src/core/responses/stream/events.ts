import {
  isParsedTooDeep,
  jsonFault,
  mostJsonValues,
  type JsonFault,
} from '../../../base/json/json.ts';
import { lookupTable } from '../../../base/lookup.ts';
import * as z from 'zod/mini';
import { apiError, errorOrWords, type ApiError } from '../retry/classify.ts';

const index = z.catch(z.number(), 0);
const text = z.catch(z.string(), '');

/** An output item as the backend sent it. It is replayed as received, so nothing is stripped. */
const outputItem = z.looseObject({ type: z.string() });
export type OutputItem = z.infer<typeof outputItem>;

/** Tokens of one answer. No model takes or gives nearly so many, so more is a broken figure. */
const count = z.catch(z.number().check(z.nonnegative(), z.lte(1e12)), 0);
const usage = z.object({
  input_tokens: count,
  input_tokens_details: z.catch(z.object({ cached_tokens: count }), { cached_tokens: 0 }),
  output_tokens: count,
  output_tokens_details: z.catch(z.object({ reasoning_tokens: count }), { reasoning_tokens: 0 }),
  total_tokens: count,
});

const response = z.object({
  id: z.catch(z.optional(z.string()), undefined),
  model: z.catch(z.optional(z.string()), undefined),
  output: z.catch(z.array(outputItem), []),
  usage: z.catch(z.optional(usage), undefined),
  end_turn: z.catch(z.optional(z.boolean()), undefined),
  incomplete_details: z.catch(z.optional(z.nullable(z.object({ reason: text }))), undefined),
  error: z.catch(z.optional(z.nullable(errorOrWords)), undefined),
});
export type ResponseObject = z.infer<typeof response>;

const maybeResponse = z.catch(z.optional(response), undefined);

function delta<T extends string>(type: T) {
  return z.object({ type: z.literal(type), output_index: index, delta: z.string() });
}

/** The events that we act on (WIRE.md c), in the wire's own names. */
const events = [
  z.object({ type: z.literal('response.created'), response: maybeResponse }),
  z.object({
    type: z.literal('response.output_item.added'),
    output_index: index,
    item: outputItem,
  }),
  z.object({ type: z.literal('response.output_item.done'), output_index: index, item: outputItem }),
  z.extend(delta('response.output_text.delta'), { content_index: index }),
  z.extend(delta('response.refusal.delta'), { content_index: index }),
  z.extend(delta('response.reasoning_summary_text.delta'), { summary_index: index }),
  z.extend(delta('response.reasoning_text.delta'), { content_index: index }),
  delta('response.function_call_arguments.delta'),
  delta('response.custom_tool_call_input.delta'),
  z.object({
    type: z.literal('response.output_text.done'),
    output_index: index,
    content_index: index,
    text: z.string(),
  }),
  z.object({
    type: z.literal('response.function_call_arguments.done'),
    output_index: index,
    arguments: z.string(),
  }),
  z.object({ type: z.literal('response.completed'), response: maybeResponse }),
  z.object({ type: z.literal('response.incomplete'), response: maybeResponse }),
  z.object({ type: z.literal('response.failed'), response: maybeResponse }),
  z.extend(apiError, {
    type: z.literal('error'),
    error: z.catch(z.optional(z.nullable(errorOrWords)), undefined),
  }),
  z.object({
    type: z.literal('response.metadata'),
    headers: z.catch(z.record(z.string(), z.string()), {}),
  }),
  z.looseObject({ type: z.literal('codex.rate_limits') }),
] as const;
const responsesEvent = z.discriminatedUnion('type', events);
export type ResponsesEvent = z.infer<typeof responsesEvent>;

const knownTypes = new Set<string>(
  events.map((event) => event.shape.type.def.values[0]).filter((type) => type !== undefined),
);

/** Names that other backends and versions give to the same events (WIRE.md c). */
const aliases = lookupTable({
  'response.done': 'response.completed',
  'response.error': 'error',
  'response.reasoning.delta': 'response.reasoning_text.delta',
  'response.tool_call_arguments.delta': 'response.function_call_arguments.delta',
});

export type ParsedEvent =
  | { kind: 'event'; event: ResponsesEvent }
  /** A type that we do not act on: the backend may grow. */
  | { kind: 'unknown'; type: string; value: unknown }
  /** Not JSON, or a known type of the wrong shape. */
  | { kind: 'malformed'; type: string; value: unknown }
  /** A known type that is too deep to be sent again, or too large to be parsed in one go. */
  | { kind: 'refused'; type: string; fault: JsonFault };

/** True for what only keeps a connection open, and for data that is not even an event. */
export function isKeepAlive(parsed: ParsedEvent): boolean {
  if (parsed.kind === 'event') return false;
  return parsed.type === '' || /keep[._-]?alive|\b(?:ping|pong|heartbeat)\b/.test(parsed.type);
}

/** Parses the data of one server-sent event. Never throws. */
export function parseEvent(data: string): ParsedEvent {
  const fault = jsonFault(data, mostJsonValues);
  if (fault) return refused(typeAtBegin.exec(data)?.[1] ?? '', fault);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { kind: 'malformed', type: '', value: data };
  }
  if (isPlainDelta(value)) return { kind: 'event', event: value };
  if (!isParsedTooDeep(data, value)) return readEvent(value);
  return refused(typeOf(value), 'tooDeep');
}

/** Where the backend writes the type; it is looked for in data that is not worth parsing. */
const typeAtBegin = /^\s{0,9}\{\s{0,9}"type"\s{0,9}:\s{0,9}"([^"\\]{1,100})"/;

function refused(type: string, fault: JsonFault): ParsedEvent {
  const isNews = type !== '' && !knownTypes.has(aliases.get(type) ?? type);
  return isNews ? { kind: 'unknown', type, value: {} } : { kind: 'refused', type, fault };
}

/** The same for data that has been parsed already. */
export function readEvent(value: unknown): ParsedEvent {
  if (isPlainDelta(value)) return { kind: 'event', event: value };
  const type = typeOf(value);
  const name = aliases.get(type) ?? type;
  if (!knownTypes.has(name)) return { kind: 'unknown', type: name, value };
  const parsed = responsesEvent.safeParse(
    name === type || typeof value !== 'object' ? value : { ...value, type: name },
  );
  return parsed.success
    ? { kind: 'event', event: parsed.data }
    : { kind: 'malformed', type: name, value };
}

/** The error of an `error` event. Over a websocket, status and headers stand beside it (WIRE.md b). */
export function errorOfEvent(event: Extract<ResponsesEvent, { type: 'error' }>): ApiError {
  const { error, ...outside } = event;
  if (!error) return outside;
  return {
    ...error,
    status: error.status ?? outside.status,
    headers: error.headers ?? outside.headers,
  };
}

/** The deltas with the index that each needs beside its place in the output. */
const deltaIndexes = new Map<unknown, 'content' | 'summary' | undefined>([
  ['response.output_text.delta', 'content'],
  ['response.refusal.delta', 'content'],
  ['response.reasoning_summary_text.delta', 'summary'],
  ['response.reasoning_text.delta', 'content'],
  ['response.function_call_arguments.delta', undefined],
  ['response.custom_tool_call_input.delta', undefined],
]);

type Delta = Extract<ResponsesEvent, { delta: string }>;

/**
 * The fast way for nine events of ten: the same checks as the schema, without building a copy and
 * without the code that zod compiles for the schema at its first event.
 */
function isPlainDelta(value: unknown): value is Delta {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('type' in value && 'delta' in value && 'output_index' in value) ||
    typeof value.delta !== 'string' ||
    typeof value.output_index !== 'number' ||
    !deltaIndexes.has(value.type)
  ) {
    return false;
  }
  switch (deltaIndexes.get(value.type)) {
    case 'content':
      return 'content_index' in value && typeof value.content_index === 'number';
    case 'summary':
      return 'summary_index' in value && typeof value.summary_index === 'number';
    case undefined:
      return true;
  }
}

function typeOf(value: unknown): string {
  return typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string'
    ? value.type
    : '';
}
