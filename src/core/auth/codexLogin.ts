import * as z from 'zod/mini';
import { parseJson } from '../../base/json/json.ts';
import { optionalField } from '../../base/json/optionalField.ts';
import type { Credential } from './credential.ts';
import { readAccount, readClaims, type TokenClaims } from './idToken.ts';

/**
 * What we take of the Codex CLI's own login: its access token, for as long as that is good. Its
 * refresh token stays where it is: a second program that uses it ends the login (WIRE.md a, rotation).
 */
export interface CodexLogin {
  readonly kind: 'imported';
  readonly accessToken: string;
  readonly accountId: string;
  readonly userId?: string;
  readonly email?: string;
  readonly plan?: string;
  /** By the issuer's clock. */
  readonly expiresAtMs: number;
  readonly issuer: string;
}

/** Reads the login anew from where the CLI keeps it; undefined when there is none that is good. */
export type ReadCodexLogin = (signal: AbortSignal) => Promise<CodexLogin | undefined>;

/** The CLI's issuer, where neither the file nor the token names one. */
const usualIssuer = 'https://auth.openai.com';
/** A login that runs out sooner than this is not worth taking. */
const shortestLifeMs = 60_000;

const text = z.lazy(() => z.string().check(z.minLength(1)));

/** `auth.json` (WIRE.md a). The refresh token is not even read. */
const authFile = z.lazy(() =>
  z.object({
    tokens: z.object({
      access_token: text,
      id_token: optionalField(text),
      account_id: optionalField(text),
      oauth_provenance: optionalField(z.object({ issuer: optionalField(text) })),
    }),
  }),
);

/**
 * The login in the text of an `auth.json`. Undefined when the text is something else, when the CLI
 * uses an API key, or when the access token has run out or does not say when it will.
 */
export function parseCodexLogin(json: string, nowMs: number): CodexLogin | undefined {
  const tokens = parseJson(authFile, json)?.tokens;
  if (!tokens) return undefined;
  const { access_token: accessToken, id_token: idToken } = tokens;
  const { accountId: claimed, ...owner } = readAccount(idToken, accessToken);
  const accountId = tokens.account_id ?? claimed;
  const claims = readClaims(accessToken);
  const expiresAtMs = (claims.expiresAtS ?? 0) * 1000;
  if (!accountId || expiresAtMs - nowMs < shortestLifeMs) return undefined;
  const written = tokens.oauth_provenance?.issuer?.replace(/\/+$/, '');
  const issuer = written ?? claims.issuer ?? usualIssuer;
  return { kind: 'imported', accessToken, accountId, ...namesOf(owner), expiresAtMs, issuer };
}

function namesOf({ userId, email, plan }: TokenClaims) {
  return { ...(userId && { userId }), ...(email && { email }), ...(plan && { plan }) };
}

/** The login as it is stored: with an id of its own beside a sign-in of the same account. */
export function toImportedCredential(login: CodexLogin, nowMs: number): Credential {
  const owner = login.userId ?? login.email;
  const account = owner ? `${login.accountId}.${owner}` : login.accountId;
  return { ...login, id: `imported.${account}`, refreshToken: '', refreshedAtMs: nowMs };
}

/** The latest login of the Codex CLI, for a credential that was taken over from it. */
export const importedCredentialReader =
  (read: ReadCodexLogin, now: () => number) =>
  async ({ kind }: Pick<Credential, 'kind'>): Promise<Credential | undefined> => {
    if (kind !== 'imported') return undefined;
    const login = await read(new AbortController().signal);
    return login && toImportedCredential(login, now());
  };
