import { readText, type Http, type HttpResponse } from '../../base/http.ts';
import { noAnswerLimit, type AnswerLimit } from './answerLimit.ts';
import type { BearerToken, BearerTokenSource } from './bearerToken.ts';

export interface BackendSource {
  http: Http;
  baseUrl: string;
  tokenProvider: BearerTokenSource;
  /** Originator and user agent; lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** How long the answer may take in all; without it only silence ends one. */
  limit?: AnswerLimit | undefined;
}

export interface BackendRequest {
  url: (bearer: BearerToken) => string;
  /** With a body it is a POST, without one a GET. */
  body?: object | undefined;
  /** Longest answer that is read, bytes. */
  largestBody?: number;
}

/** A JSON answer of any status, unparsed. `bearer` is the token that it was given for. */
export interface BackendAnswer extends Pick<HttpResponse, 'status' | 'headers'> {
  text: string;
  bearer: BearerToken;
}

const silenceMs = 20_000;

/**
 * Sends one small request with the bearer token of the account. After a 401 the token is renewed
 * and the request sent once more: the backend has then done nothing yet.
 *
 * @throws HttpError, AuthError, or the abort reason.
 */
export function fetchBackend(
  source: BackendSource,
  request: BackendRequest,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  const { tokenProvider, baseUrl, limit = noAnswerLimit } = source;
  return limit(baseUrl, signal, async (limited) => {
    const first = await tokenProvider.getToken(limited);
    const answer = await send(source, request, first, limited);
    if (answer.status !== 401) return answer;
    return send(source, request, await tokenProvider.replaceRejected(first, limited), limited);
  });
}

async function send(
  source: BackendSource,
  { url, body, largestBody }: BackendRequest,
  bearer: BearerToken,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  const common = {
    url: url(bearer),
    headers: {
      ...identityHeaders(source, bearer),
      accept: 'application/json',
      authorization: `Bearer ${bearer.accessToken}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    headersTimeoutMs: silenceMs,
    idleTimeoutMs: silenceMs,
  };
  const {
    status,
    headers,
    body: answer,
  } = await source.http(
    body ? { ...common, method: 'POST', body: JSON.stringify(body) } : { ...common, method: 'GET' },
    signal,
  );
  const text = await readText({ status, headers, body: answer }, largestBody);
  return { status, headers, text, bearer };
}

/** The OpenAI API learns neither the account nor the originator. */
function identityHeaders({ headers }: BackendSource, { api, accountId }: BearerToken) {
  if (api === undefined) return { ...headers, 'chatgpt-account-id': accountId };
  const { originator: _originator, ...others } = headers;
  return others;
}
