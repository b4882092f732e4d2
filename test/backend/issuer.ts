import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account } from './accounts.ts';
import { type Exchange, fieldsOf, redirect, sendHtml, sendJson } from './http.ts';
import { authorizePage, messagePage } from './pages.ts';
import { clientId, scope as fullScope, type TokenStore } from './tokens.ts';

export interface IssuerParts {
  accounts: readonly Account[];
  tokens: TokenStore;
  now: () => number;
  anyLoopbackPort: boolean;
}

export interface Issuer {
  authorize: (exchange: Exchange) => void;
  token: (exchange: Exchange) => void;
  revoke: (exchange: Exchange) => void;
  /** A code that the device flow hands out: good for one exchange with this redirect address. */
  makeCode(account: Account, redirectUri: string, challenge: string): string;
}

interface PendingCode {
  account: Account;
  redirectUri: string;
  challenge: string;
  expiresAtMs: number;
  /** A refresh token of the sign-in that the code has already given. */
  spentOn?: string;
}

const codeLifetimeMs = 5 * 60_000;
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const idTokenType = 'urn:ietf:params:oauth:token-type:id_token';

export function createIssuer({ accounts, tokens, now, anyLoopbackPort }: IssuerParts): Issuer {
  const codes = new Map<string, PendingCode>();

  function makeCode(account: Account, redirectUri: string, challenge: string): string {
    const code = `ac_${randomBytes(24).toString('base64url')}`;
    codes.set(code, { account, redirectUri, challenge, expiresAtMs: now() + codeLifetimeMs });
    return code;
  }

  function authorize(exchange: Exchange): void {
    const query = exchange.url.searchParams;
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== clientId || !mayRedirect(redirectUri, anyLoopbackPort)) {
      const message =
        'The sign-in request names an unknown client or an address that the answer may not go to. Start the sign-in again from the editor.';
      sendHtml(exchange, 400, messagePage('This sign-in cannot go on', message));
      return;
    }
    const back = (fields: Record<string, string>) => {
      const target = new URL(redirectUri);
      for (const [name, value] of Object.entries({ ...fields, state: query.get('state') ?? '' }))
        target.searchParams.set(name, value);
      redirect(exchange, 302, target.href);
    };
    const problem = authorizeProblem(query);
    if (problem) back(problem);
    else if (exchange.method === 'POST') decide(exchange, back);
    else {
      const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
      const hint = query.get('login_hint');
      const client = query.get('originator') ?? 'An unnamed client';
      const view = { client, scopes, accounts, ...(hint !== null && { hint }) };
      sendHtml(exchange, 200, authorizePage(view));
    }
  }

  function decide(exchange: Exchange, back: (fields: Record<string, string>) => void): void {
    const fields = fieldsOf(exchange.body);
    const account = accounts.find(({ email }) => email === fields['account']);
    if (fields['decision'] !== 'allow' || !account) {
      back({ error: 'access_denied', error_description: 'The user said no' });
    } else if (!account.codex) {
      back({ error: 'access_denied', error_description: 'missing_codex_entitlement' });
    } else {
      const query = exchange.url.searchParams;
      const redirectUri = query.get('redirect_uri') ?? '';
      const code = makeCode(account, redirectUri, query.get('code_challenge') ?? '');
      back({ code, scope: query.get('scope') ?? '' });
    }
  }

  function exchangeCode(exchange: Exchange, fields: Fields): void {
    const code = codes.get(fields['code'] ?? '');
    const refuse = (why: string) => {
      sendJson(exchange, 400, { error: 'invalid_grant', error_description: why });
    };
    if (!code) refuse('The authorization code is unknown');
    else if (code.spentOn !== undefined) {
      tokens.revokeFamily(code.spentOn);
      refuse('The authorization code has been used');
    } else if (now() > code.expiresAtMs) refuse('The authorization code has expired');
    else if (fields['redirect_uri'] !== code.redirectUri) refuse('redirect_uri does not match');
    else if (!verifies(fields['code_verifier'] ?? '', code.challenge))
      refuse('code_verifier does not match');
    else {
      const set = tokens.issue(code.account);
      code.spentOn = set.refresh_token;
      sendJson(exchange, 200, set, noStore);
    }
  }

  function refresh(exchange: Exchange, fields: Fields): void {
    const outcome = tokens.refresh(fields['refresh_token'] ?? '');
    if (typeof outcome !== 'string') sendJson(exchange, 200, outcome, noStore);
    else {
      const error = { code: outcome, type: 'invalid_request_error', message: refreshText[outcome] };
      sendJson(exchange, 401, { error });
    }
  }

  function apiKey(exchange: Exchange, fields: Fields): void {
    const good =
      fields['requested_token'] === 'openai-api-key' &&
      fields['subject_token_type'] === idTokenType;
    if (!good || !tokens.checkId(fields['subject_token'] ?? ''))
      sendJson(exchange, 400, { error: 'invalid_grant' });
    else {
      const key = `sk-practice-${randomBytes(18).toString('base64url')}`;
      sendJson(exchange, 200, { access_token: key, token_type: 'Bearer' }, noStore);
    }
  }

  function token(exchange: Exchange): void {
    const fields = fieldsOf(exchange.body);
    if (fields['client_id'] !== clientId) {
      sendJson(exchange, 401, { error: 'invalid_client' });
      return;
    }
    switch (fields['grant_type'] ?? '') {
      case 'authorization_code':
        exchangeCode(exchange, fields);
        return;
      case 'refresh_token':
        refresh(exchange, fields);
        return;
      case tokenExchange:
        apiKey(exchange, fields);
        return;
      default:
        sendJson(exchange, 400, { error: 'unsupported_grant_type' });
    }
  }

  /** Unknown tokens are fine: they are void already (RFC 7009, 2.2). */
  function revoke(exchange: Exchange): void {
    const { token: refreshToken = '' } = fieldsOf(exchange.body);
    tokens.revokeFamily(refreshToken);
    sendJson(exchange, 200, {});
  }

  return { authorize, token, revoke, makeCode };
}

type Fields = ReturnType<typeof fieldsOf>;
const noStore = { 'cache-control': 'no-store' };

const refreshText = {
  refresh_token_expired: 'Your refresh token has expired. Sign in again.',
  refresh_token_reused: 'Your refresh token has been used already. Sign in again.',
  refresh_token_invalidated: 'Your refresh token is no longer valid. Sign in again.',
} as const;

/** The two registered addresses by both names of this machine (WIRE.md a). */
function mayRedirect(address: string, anyPort: boolean): boolean {
  const parts = /^http:\/\/(?:127\.0\.0\.1|localhost):(\d{1,5})\/auth\/callback$/.exec(address);
  if (!parts || !URL.canParse(address)) return false;
  return anyPort || parts[1] === '1455' || parts[1] === '1457';
}

const bad = (error: string, why: string) => ({ error, error_description: why });

function authorizeProblem(query: URLSearchParams): Record<string, string> | undefined {
  if (query.get('response_type') !== 'code')
    return bad('unsupported_response_type', 'response_type must be code');
  if (query.get('code_challenge_method') !== 'S256')
    return bad('invalid_request', 'code_challenge_method must be S256');
  if (!/^[\w-]{43}$/.test(query.get('code_challenge') ?? ''))
    return bad('invalid_request', 'code_challenge must be 43 base64url characters');
  if (!query.get('state')) return bad('invalid_request', 'state is required');
  const scopes = (query.get('scope') ?? '').split(' ');
  const known = fullScope.split(' ');
  if (!scopes.includes('openid') || scopes.some((name) => !known.includes(name)))
    return bad('invalid_scope', 'scope is empty or names something unknown');
  return undefined;
}

export const challengeOf = (verifier: string) =>
  createHash('sha256').update(verifier).digest('base64url');

/** RFC 7636, 4.1 and 4.6: 43 to 128 unreserved characters whose hash is the challenge. */
function verifies(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const made = Buffer.from(challengeOf(verifier));
  const wanted = Buffer.from(challenge);
  return made.length === wanted.length && timingSafeEqual(made, wanted);
}
