import type { HttpFailureKind } from '../../../base/http.ts';
import { deepestJson, mostJsonValues, type JsonFault } from '../../../base/json/json.ts';
import { redact } from '../../../base/log.ts';
import type { FailureReport } from '../redaction/exchangeRecorder.ts';
import { safeName } from '../redaction/describeShape.ts';

/** Why a request to the Responses API failed, named by what a caller can do about it. */
export type ResponsesFailureKind =
  /** No usable sign-in: the user must sign in (again). */
  | 'signIn'
  /** 401: the token is not accepted; another one may be. */
  | 'unauthorized'
  | 'forbidden'
  /** Cloudflare or a proxy stands between us and the backend. */
  | 'blocked'
  /** The plan's window is used up; `resetsAtMs` says until when. */
  | 'usageLimit'
  | 'usageNotIncluded'
  /** Credits, spending limit or workspace: only the account's owner can change it. */
  | 'billing'
  | 'rateLimited'
  | 'overloaded'
  | 'server'
  | 'contextOverflow'
  | 'invalidPrompt'
  | 'policy'
  /** The model is unknown or not for this account. */
  | 'model'
  /** Refused in a way that the other body shape may cure (WIRE.md b, two body shapes). */
  | 'wrongShape'
  /** Encrypted reasoning of another account or age (WIRE.md f). */
  | 'staleReasoning'
  | 'tooLarge'
  | 'notFound'
  | 'badRequest'
  /** The network broke before an answer; `transport` says how. */
  | 'network'
  /** The stream ended without its terminal event. */
  | 'cut'
  /** No byte came for too long. */
  | 'stalled'
  /** The answer was not what the protocol promises: HTML, JSON, an unreadable event. */
  | 'malformed'
  /** Nothing was sent: the backend has failed several turns and is left alone for a while. */
  | 'resting'
  /** The model wrote a tool call as text in place of making it (WIRE.md h). */
  | 'garbled'
  /** The model finished without saying or calling anything. */
  | 'empty';

export interface ResponsesFailure {
  kind: ResponsesFailureKind;
  status?: number;
  /** The backend's own code, such as `usage_limit_reached`. */
  code?: string;
  /** The backend's own words, without markup and tokens, at most 300 characters. */
  detail?: string;
  requestId?: string;
  /** Wait that the backend asked for, ms. */
  retryAfterMs?: number;
  /** Epoch ms when the limit ends. */
  resetsAtMs?: number;
  plan?: string;
  transport?: HttpFailureKind;
  host?: string;
  /** The proxy in whose hands it broke, as host:port, and the status by which it refused. */
  proxy?: string;
  proxyStatus?: number;
  /** The credential that the request went out with. */
  credentialId?: string;
  /** The same request would bring the same, whatever the kind says of its like. */
  isLasting?: true;
  /** A part of the answer is beyond this limit of ours. The next answer may be shorter: one retry. */
  exceeded?: AnswerLimit;
}

/** What an answer may not exceed: such a part could not be sent again, or would block the editor. */
export type AnswerLimit = JsonFault | 'tooLong';

/**
 * Bytes of one event, or of an answer that comes as one JSON text. The longest events of an answer
 * hold an image or encrypted reasoning of a few million bytes. Each part is parsed in one go, so a
 * longer one would block the editor.
 */
export const longestPart = 12_000_000;

const limitWords: Readonly<Record<AnswerLimit, string>> = {
  tooDeep: `a part of the answer is nested deeper than ${deepestJson} levels`,
  tooManyValues: `a part of the answer has more than ${mostJsonValues / 1_000},000 values`,
  tooLong: `a part of the answer is longer than ${longestPart / 1_000_000} MB`,
};

export function beyondLimit(exceeded: AnswerLimit): ResponsesFailure {
  return { kind: 'malformed', detail: limitWords[exceeded], exceeded };
}

export interface ResponsesErrorOptions extends ErrorOptions {
  attempts?: number;
  report?: FailureReport | undefined;
}

/** The one error of this room. Its message is for the log; people get `describeFailure`. */
export class ResponsesError extends Error {
  override readonly name = 'ResponsesError';
  readonly failure: ResponsesFailure;
  /** Requests that were sent for it. */
  readonly attempts: number;
  /** For a report: redacted facts and the last exchange; absent when nothing was sent. */
  readonly report: FailureReport | undefined;

  constructor(failure: ResponsesFailure, options: ResponsesErrorOptions = {}) {
    super(summary(failure), options);
    this.failure = failure;
    this.attempts = options.attempts ?? 1;
    this.report = options.report;
  }
}

/** Nothing that the backend worded: its sentence, and even its code, may repeat the prompt. */
function summary({ kind, status, transport }: ResponsesFailure): string {
  return [kind, status, transport].filter((fact) => fact !== undefined).join(' · ');
}

/**
 * A failure for the log: kind, status, code, transport and request id.
 *
 * @param facts - those of a {@link FailureReport}, so that nothing private is left in them.
 */
export function logSummary(facts: FailureReport['facts']): string {
  const { kind, status, code, transport, requestId } = facts;
  const shown = [kind, status, name(code, safeName), transport, name(requestId, requestIdName)];
  return shown.filter((fact) => fact !== undefined).join(' · ');
}

function name(fact: string | number | undefined, format: (text: string) => string) {
  return fact === undefined ? undefined : format(String(fact));
}

/** Ids are letters and digits in whatever case; anything else is no id. */
function requestIdName(id: string): string {
  const isId = /^[\w.:-]{1,100}$/.test(id) && redact(id) === id;
  return `request ${isId ? id : `<${id.length} characters>`}`;
}
