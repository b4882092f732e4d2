import { lookupTable, ownValue } from '../../../base/lookup.ts';
import * as z from 'zod/mini';
import type { HttpRequest, HttpResponse } from '../../../base/http.ts';
import { parseJson } from '../../../base/json/json.ts';
import { redact } from '../../../base/log.ts';
import { safeName } from './describeShape.ts';

/** What is told of a request's body: sizes and counts. */
export interface BodyShape {
  bytes: number;
  model?: string;
  effort?: string;
  verbosity?: string;
  instructionsBytes?: number;
  /** How many items of each type. */
  items?: Readonly<Record<string, number>>;
  tools?: Readonly<Record<string, number>>;
}

const typed = z.looseObject({ type: z.catch(z.string(), '') });
const list = z.catch(z.array(typed), []);
const body = z.object({
  model: z.string(),
  instructions: z.optional(z.string()),
  input: list,
  tools: list,
  reasoning: z.catch(z.object({ effort: z.optional(z.string()) }), {}),
  text: z.catch(z.object({ verbosity: z.optional(z.string()) }), {}),
});

export function bodyShape(text: string): BodyShape {
  const bytes = byteLength(text);
  const parsed = parseJson(body, text);
  if (!parsed) return { bytes };
  const { model, instructions, input, reasoning, text: style } = parsed;
  return {
    bytes,
    model: safeName(model),
    ...(reasoning.effort === undefined ? {} : { effort: safeName(reasoning.effort) }),
    ...(style.verbosity === undefined ? {} : { verbosity: safeName(style.verbosity) }),
    ...(instructions === undefined ? {} : { instructionsBytes: byteLength(instructions) }),
    items: countTypes(input),
    tools: countTypes([...parsed.tools, ...input.flatMap(liteTools)]),
  };
}

/** The lite shape carries its tools in an item, one level down in a namespace (WIRE.md b). */
function liteTools(item: z.infer<typeof typed>): z.infer<typeof list> {
  if (item.type !== 'additional_tools') return [];
  return list.parse(item['tools']).flatMap((namespace) => list.parse(namespace['tools']));
}

function countTypes(items: readonly { type: string }[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of items) counts.set(safeName(type), (counts.get(safeName(type)) ?? 0) + 1);
  return Object.fromEntries([...counts].slice(0, 20));
}

/** Values that name the program and its formats, never its user. */
const openRequestHeaders = new Set([
  'accept',
  'content-type',
  'originator',
  'user-agent',
  'x-openai-internal-codex-responses-lite',
]);

export function requestHeaderValue(name: string, value: string): string {
  return openRequestHeaders.has(name)
    ? redact(value.slice(0, 200))
    : `<${value.length} characters>`;
}

const number = /^[\d.]{1,30}$/;
const identifier = /^[\w.:-]{1,100}$/;
const phrase = /^[\w .,:;=/+*-]{1,100}$/;

/** Response headers that help a diagnosis, each with what it may look like. */
const openResponseHeaders = lookupTable<RegExp>({
  'cf-mitigated': identifier,
  'cf-ray': identifier,
  'content-encoding': phrase,
  'content-length': number,
  'content-type': phrase,
  date: phrase,
  'openai-model': identifier,
  'openai-processing-ms': number,
  'openai-version': identifier,
  'retry-after': phrase,
  'retry-after-ms': number,
  server: phrase,
  'transfer-encoding': phrase,
  via: phrase,
  'x-codex-primary-used-percent': number,
  'x-codex-secondary-used-percent': number,
  'x-oai-request-id': identifier,
  'x-ratelimit-limit-requests': number,
  'x-ratelimit-remaining-requests': number,
  'x-request-id': identifier,
});

const mostOthers = 40;

export function responseHeaders(all: Readonly<Record<string, string>>) {
  const isOpen = (name: string) => openResponseHeaders.has(name);
  const names = Object.keys(all);
  const open = names.filter(isOpen).map((name) => {
    const value = ownValue(all, name) ?? '';
    const fits = openResponseHeaders.get(name)?.test(value) === true;
    return [name, fits ? value : `<${value.length} characters>`];
  });
  const headers: Record<string, string> = Object.fromEntries(open);
  const otherHeaders = names.filter((name) => !isOpen(name)).map((name) => safeName(name));
  return { headers, otherHeaders: otherHeaders.slice(0, mostOthers) };
}

/** A refusal as far as it may be told: no markup, and of JSON no key that looks like a value. */
export function errorShape(text: string, headers: Readonly<Record<string, string>>): unknown {
  if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text)) {
    return `a page of ${text.length} characters`;
  }
  const parsed = parseJson(z.unknown(), text);
  return parsed === undefined ? text : withoutOddKeys(parsed);
}

function withoutOddKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 20).map(withoutOddKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).slice(0, 20);
  return Object.fromEntries(entries.map(([key, inner]) => [safeName(key), withoutOddKeys(inner)]));
}

/** Whatever went out that no report may repeat: what the user and the model said, and keys. */
export function privateTexts({ headers, body: sent }: HttpRequest): string[] {
  const closed = Object.keys(headers).filter((name) => !openRequestHeaders.has(name));
  const keys = closed.map((name) => (ownValue(headers, name) ?? '').replace(/^Bearer /, ''));
  const parsed = parseJson(body, sent ?? '');
  const items = (parsed?.input ?? []).filter(({ type }) => type !== 'additional_tools');
  return [...keys, parsed?.instructions ?? '', ...items.flatMap((item) => textsOf(item))];
}

/** Values of an answer that stand for a session. */
export function privateAnswers(response: HttpResponse | undefined): string[] {
  const names = ['set-cookie', 'x-codex-turn-state'] as const;
  return names.map((name) => response?.headers[name]).filter((value) => value !== undefined);
}

/** Words of the protocol, which an error may well repeat. */
const openFields = new Set(['type', 'role', 'status', 'phase', 'name', 'detail']);

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    return openFields.has(key) && typeof inner === 'string' ? [] : textsOf(inner);
  });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** The text cut to so many bytes of UTF-8, between two characters. */
export function clip(text: string, bytes: number): string {
  const all = new TextEncoder().encode(text);
  if (all.byteLength <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes - 3));
  return `${text.slice(0, read)}…`;
}
