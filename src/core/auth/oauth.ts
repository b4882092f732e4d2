import { lookupTable } from '../../base/lookup.ts';
import * as z from 'zod/mini';
import { furthestMs } from '../../base/timeBounds.ts';
import { readText, type Http, type HttpRequest } from '../../base/http.ts';
import { parseJson } from '../../base/json/json.ts';
import { isSafeEndpoint } from '../settings/settings.ts';
import type { SignedOutReason } from './credential.ts';
import { AuthError, unreachableFrom } from './errors.ts';
import { clientId, originator, scopes } from './identity.ts';

/** The issuer and how to speak to it. */
export interface Issuer {
  http: Http;
  /** Base address without a slash at the end. */
  address: string;
  userAgent?: string | undefined;
}

/** What the token endpoint gave; every field may be missing in the answer to a refresh. */
export interface TokenAnswer {
  accessToken?: string;
  refreshToken?: string;
  idToken?: string;
  expiresInS?: number;
}

/** A code of the issuer and what is needed to trade it for tokens (RFC 7636 4.5). */
export interface CodeGrant {
  code: string;
  redirectUri: string;
  verifier: string;
}

/** Where the sign-in page goes when no listener of ours is up: registered for the client id. */
export const registeredRedirectUri = 'http://127.0.0.1:1455/auth/callback';

/** Why a refresh is asked for, in the issuer's words (WIRE.md a, refresh). */
export type RefreshReason = 'proactive_expiry' | 'unauthorized_recovery' | 'scheduled';

/**
 * The page where the person says yes. Spaces go out as `%20` and no value holds `&`, `+` or `#`,
 * because VS Code decodes and encodes the query once more on its way to the browser.
 */
export function authorizeUrl(request: {
  issuer: string;
  redirectUri: string;
  challenge: string;
  state: string;
}): string {
  const query = [
    ['response_type', 'code'],
    ['client_id', clientId],
    ['redirect_uri', request.redirectUri],
    ['code_challenge', request.challenge],
    ['code_challenge_method', 'S256'],
    ['state', request.state],
    ['scope', scopes.join(' ')],
    ['id_token_add_organizations', 'true'],
    ['codex_cli_simplified_flow', 'true'],
    ['originator', originator],
  ] as const;
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${safe(request.issuer)}/oauth/authorize?${text}`;
}

/** Throws {@link AuthError}: `codeRejected`, or what {@link post} throws. */
export async function exchangeCode(
  issuer: Issuer,
  grant: CodeGrant,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.verifier,
  });
  const { status, text } = await post(
    issuer,
    '/oauth/token',
    { 'content-type': 'application/x-www-form-urlencoded' },
    form.toString(),
    signal,
  );
  if (isSuccess(status)) return readTokens(text);
  if (status === 400 || status === 401) throw new AuthError({ kind: 'codeRejected' });
  throw new AuthError({ kind: 'issuerFailed', status });
}

/** Throws {@link AuthError}: `sessionEnded` when the token is of no more use, or as {@link post}. */
export async function refreshTokens(
  issuer: Issuer,
  request: { refreshToken: string; reason: RefreshReason },
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const body = {
    client_id: clientId,
    grant_type: 'refresh_token',
    refresh_reason: request.reason,
    refresh_token: request.refreshToken,
  };
  const { status, text } = await postJson(issuer, '/oauth/token', body, signal);
  if (isSuccess(status)) return readTokens(text);
  const reason = endingReason(status, text);
  throw new AuthError(reason ? { kind: 'sessionEnded', reason } : { kind: 'issuerFailed', status });
}

/** Tells the issuer to forget the token and all that came from it. Throws {@link AuthError}. */
export async function revoke(
  issuer: Issuer,
  refreshToken: string,
  signal: AbortSignal,
): Promise<void> {
  const body = { token: refreshToken, token_type_hint: 'refresh_token', client_id: clientId };
  const { status } = await postJson(issuer, '/oauth/revoke', body, signal);
  if (!isSuccess(status)) throw new AuthError({ kind: 'issuerFailed', status });
}

function safe(issuer: string): string {
  if (!isSafeEndpoint(issuer)) throw new AuthError({ kind: 'unsafeIssuer' });
  return issuer.replace(/\/+$/, '');
}

export const isSuccess = (status: number) => status >= 200 && status < 300;

/** Throws as {@link post}; the body is sent as JSON. */
export function postJson(issuer: Issuer, path: string, body: unknown, signal: AbortSignal) {
  const headers: Record<string, string> = { 'content-type': 'application/json', originator };
  if (issuer.userAgent) headers['user-agent'] = issuer.userAgent;
  return post(issuer, path, headers, JSON.stringify(body), signal);
}

/** Throws {@link AuthError}: `unreachable` or `unsafeIssuer`; once aborted, the abort reason. */
async function post(
  issuer: Issuer,
  path: string,
  headers: HttpRequest['headers'],
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const url = `${safe(issuer.address)}${path}`;
  const limits = { headersTimeoutMs: 20_000, idleTimeoutMs: 20_000 };
  const accept = { accept: 'application/json', ...headers };
  try {
    const response = await issuer.http(
      { method: 'POST', url, headers: accept, body, ...limits },
      signal,
    );
    return { status: response.status, text: await readText(response) };
  } catch (error) {
    throw unreachableFrom(error);
  }
}

const token = z.nullish(z.string());
const tokenAnswer = z.object({
  access_token: token,
  refresh_token: token,
  id_token: token,
  expires_in: z.catch(
    z.nullish(z.number().check(z.positive(), z.lte(furthestMs / 1000))),
    undefined,
  ),
});

function readTokens(text: string): TokenAnswer {
  const answer = parseJson(tokenAnswer, text);
  if (!answer) throw new AuthError({ kind: 'badAnswer' });
  return {
    ...(answer.access_token ? { accessToken: answer.access_token } : {}),
    ...(answer.refresh_token ? { refreshToken: answer.refresh_token } : {}),
    ...(answer.id_token ? { idToken: answer.id_token } : {}),
    ...(answer.expires_in ? { expiresInS: answer.expires_in } : {}),
  };
}

const word = z.catch(z.nullish(z.string()), undefined);
const errorAnswer = z.object({
  error: z.catch(z.nullish(z.union([z.string(), z.object({ code: word })])), undefined),
  code: word,
});

/** Codes by which the issuer says that a refresh token is of no more use (WIRE.md a; RFC 6749 5.2). */
const endings = lookupTable<SignedOutReason>({
  refresh_token_expired: 'expired',
  token_expired: 'expired',
  refresh_token_reused: 'reused',
  refresh_token_invalidated: 'revoked',
  token_invalidated: 'revoked',
  token_revoked: 'revoked',
  invalid_grant: 'rejected',
  invalid_token: 'rejected',
  unauthorized_client: 'rejected',
});

/**
 * Why the refresh token is of no more use; undefined when the answer does not say so. A status
 * alone never says it: a 401 with a page, with nothing or with words of its own may come from
 * anything that stands between here and the issuer.
 */
function endingReason(status: number, text: string): SignedOutReason | undefined {
  if (status !== 400 && status !== 401) return undefined;
  const answer = parseJson(errorAnswer, text);
  const error = answer?.error;
  const codes = [typeof error === 'string' ? error : error?.code, answer?.code];
  return codes.map((code) => endings.get(code ?? '')).find((reason) => reason !== undefined);
}
