import * as z from 'zod/mini';
import { truncate } from '../../../base/truncate.ts';
import { parseJson } from '../../../base/json/json.ts';
import { redactStart } from '../../../base/log.ts';
import type { HttpError } from '../../../base/http.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { readCount } from '../../quota/decode/quotaSnapshot.ts';
import type { ResponsesFailure, ResponsesFailureKind } from './failure.ts';
import { exactKind, familyKind, statusKind } from './errorKinds.ts';
import { readResetsAtMs, readRetryAfterMs } from './retryHint.ts';

/** No sentence of the backend is longer; what comes after is left unread (UTF-16 code units). */
const longestText = 4_000;
const longestName = 100;
/** A text, or a number written as one: some gateways number their codes. Else as if absent. */
const text = z.catch(
  z.optional(
    z.nullable(
      z.pipe(
        z.union([z.string(), z.number()]),
        z.transform((value) => truncate(String(value), longestText)),
      ),
    ),
  ),
  undefined,
);
/** An odd figure must not hide what the rest of the error says. */
const amount = z.optional(z.pipe(z.unknown(), z.transform(readCount)));

/** The error object of the API, inside a body or inside `response.failed` (WIRE.md c, d). */
export const apiError = z.object({
  type: text,
  code: text,
  param: text,
  message: text,
  /** HTTP status that an error inside a 200 speaks for (WIRE.md b, Websocket). */
  status: amount,
  plan_type: text,
  resets_at: amount,
  resets_in_seconds: amount,
  headers: z.optional(z.catch(z.record(z.string(), z.string()), {})),
});
export type ApiError = Partial<z.infer<typeof apiError>>;

/** An error as an object, or as nothing but its words. */
export const errorOrWords = z.union([
  apiError,
  z.pipe(
    z.string(),
    z.transform((message): ApiError => ({ message })),
  ),
]);

const errorBody = z.object({
  error: z.optional(z.nullable(z.union([apiError, z.string()]))),
  detail: z.optional(z.nullable(z.union([z.string(), z.object({ code: text, message: text })]))),
  message: text,
});

export interface HttpFailureSource {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What an answer with a status other than 200 means. */
export function failureFromHttp(source: HttpFailureSource, nowMs: number): ResponsesFailure {
  const { status, headers } = source;
  const error = readBody(source);
  const detail = cleanDetail(error.message ?? '');
  const kind = kindOf(status, error, isHtml(source));
  return {
    ...describe(kind, error, headers, nowMs),
    status,
    ...(detail === '' ? {} : { detail }),
    ...requestId(headers),
  };
}

/** What `response.failed`, or an `error` event inside a 200 stream, means (OBSERVED.md 3). */
export function failureFromEvent(
  error: ApiError | undefined,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): ResponsesFailure {
  const known = error ?? {};
  const kind = kindInside(known) ?? 'server';
  const detail = cleanDetail(known.message ?? '');
  return {
    ...describe(kind, known, headers, nowMs),
    ...(detail === '' ? {} : { detail }),
    ...requestId(headers),
  };
}

/**
 * The kind of an error inside a 200: by its code or type, by its words, by the family of its code
 * or type, by the status that it names. Undefined for an error that may pass.
 */
function kindInside(error: ApiError): ResponsesFailureKind | undefined {
  return (
    exactKind(error) ??
    describeShape(error) ??
    familyKind(error) ??
    statusKind(error.status ?? Number(error.code ?? NaN))
  );
}

/** What a break of the connection means; `started` says whether the answer had begun. */
export function failureFromTransport(error: HttpError, started: boolean): ResponsesFailure {
  const { kind: transport, host, proxy, proxyStatus } = error;
  if (transport === 'idleTimeout') return { kind: 'stalled', host };
  return {
    kind: started ? 'cut' : 'network',
    transport,
    host,
    ...omitUndefined({ proxy, proxyStatus }),
  };
}

function describe(
  kind: ResponsesFailureKind,
  error: ApiError,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): ResponsesFailure {
  const reset = {
    resetsAt: error.resets_at,
    resetsInSeconds: error.resets_in_seconds,
  };
  const resetsAtMs = kind === 'usageLimit' ? readResetsAtMs(reset, nowMs) : undefined;
  const retryAfterMs = readRetryAfterMs(
    { headers, errorHeaders: error.headers, message: error.message ?? undefined, ...reset },
    nowMs,
  );
  const code = error.code ?? error.type ?? undefined;
  return {
    kind,
    ...(code === undefined ? {} : { code: truncate(code, longestName) }),
    ...(error.plan_type == null ? {} : { plan: truncate(error.plan_type, longestName) }),
    ...omitUndefined({ retryAfterMs, resetsAtMs }),
  };
}

function kindOf(status: number, error: ApiError, html: boolean): ResponsesFailureKind {
  const byCode = exactKind(error);
  if (byCode) return byCode;
  if (html && (status === 403 || status === 503)) return 'blocked';
  const isRefusal = status === 400 || status === 404 || status === 410 || status === 422;
  const shape = isRefusal ? (describeShape(error) ?? familyOfRefusal(error)) : undefined;
  return shape ?? statusKind(status) ?? 'badRequest';
}

/** Families that say more than the status does. */
function familyOfRefusal(error: ApiError): ResponsesFailureKind | undefined {
  const kind = familyKind(error);
  return kind === 'model' || kind === 'policy' || kind === 'contextOverflow' ? kind : undefined;
}

/** Refusals that are known only by their parameter or their words (WIRE.md b). */
function describeShape(error: ApiError): ResponsesFailureKind | undefined {
  const message = error.message ?? '';
  if (error.param === 'reasoning.context' || error.param === 'parallel_tool_calls') {
    return 'wrongShape';
  }
  if (error.code === 'unsupported_value' && error.param === 'tools') return 'wrongShape';
  if (/^Instructions are required|Responses.?Lite/i.test(message)) return 'wrongShape';
  if (message.startsWith('Model not found')) return 'wrongShape';
  if (isModelGone(message)) return 'model';
  if (message.startsWith("Item with id 'rs_")) return 'staleReasoning';
  return undefined;
}

/** The model is unknown, retired or not for this account, by the words of an error. */
function isModelGone(message: string): boolean {
  return /\bmodel\b[^.!?]{0,120}?\b(?:is not supported|does(?: not|n't) exist|(?:is|has been|was) (?:deprecated|retired|removed|discontinued|shut down)|is (?:not|no longer) available)/i.test(
    message.slice(0, 1000),
  );
}

function readBody({ headers, body }: HttpFailureSource): ApiError {
  const parsed = parseJson(errorBody, body) ?? parseJson(errorBody, encodedError(headers));
  if (!parsed) return isHtml({ headers, body }) ? {} : { message: truncate(body, longestText) };
  if (typeof parsed.error === 'string') return { message: parsed.error };
  if (parsed.error) return parsed.error;
  if (typeof parsed.detail === 'string') return { message: parsed.detail };
  if (parsed.detail) return { code: parsed.detail.code, message: parsed.detail.message };
  return { message: parsed.message };
}

/** `x-error-json`: the error in base64, where a proxy has replaced the body (WIRE.md c). */
function encodedError(headers: Readonly<Record<string, string>>): string {
  try {
    return atob(headers['x-error-json'] ?? '');
  } catch {
    return '';
  }
}

function isHtml({ headers, body }: Omit<HttpFailureSource, 'status'>): boolean {
  return /html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body);
}

function requestId(headers: Readonly<Record<string, string>>): { requestId?: string } {
  const id = headers['x-request-id'] ?? headers['x-oai-request-id'] ?? headers['cf-ray'];
  return id === undefined ? {} : { requestId: id.slice(0, 100) };
}

/** One line without markup, tokens and addresses, short enough to be shown. */
function cleanDetail(message: string): string {
  const onOneLine = (part: string) =>
    part
      .replaceAll(/<[^>]{0,200}>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  return redactStart(message, 300, onOneLine);
}
