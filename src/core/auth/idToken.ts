import * as z from 'zod/mini';
import { truncate } from '../../base/truncate.ts';
import { lastDateMs } from '../../base/timeBounds.ts';
import { parseJson } from '../../base/json/json.ts';

/** Who a token speaks of. Every field may be missing. */
export interface TokenClaims {
  accountId?: string;
  userId?: string;
  email?: string;
  plan?: string;
  /** `iss`, without a slash at its end. */
  issuer?: string;
  /** Epoch seconds, by the issuer's clock. */
  issuedAtS?: number;
  expiresAtS?: number;
}

/** No address of an issuer is longer, UTF-16 code units. */
const longestIssuer = 300;

const text = z.lazy(() => z.catch(z.optional(z.string().check(z.minLength(1))), undefined));
const seconds = z.lazy(() =>
  z.catch(z.optional(z.number().check(z.nonnegative(), z.lte(lastDateMs / 1000))), undefined),
);
const organizations = z.lazy(() =>
  z.catch(z.optional(z.array(z.catch(z.object({ id: text }), {}))), undefined),
);

const payload = z.lazy(() =>
  z.object({
    iss: text,
    sub: text,
    email: text,
    exp: seconds,
    iat: seconds,
    chatgpt_account_id: text,
    organizations,
    'https://api.openai.com/auth': z.catch(
      z.optional(
        z.object({
          chatgpt_account_id: text,
          organizations,
          chatgpt_plan_type: text,
          chatgpt_user_id: text,
          user_id: text,
        }),
      ),
      undefined,
    ),
    'https://api.openai.com/profile': z.catch(z.optional(z.object({ email: text })), undefined),
  }),
);

/**
 * What a JWT says of its account (WIRE.md a, claims); nothing when it is no JWT. The signature is
 * not checked: the token comes from the issuer over TLS, and only the backend's word lets anyone in.
 */
export function readClaims(token: string): TokenClaims {
  const claims = parseJson(payload, decodePayload(token));
  if (!claims) return {};
  const auth = claims['https://api.openai.com/auth'];
  return present({
    accountId: accountIdOf(auth, claims),
    userId: auth?.chatgpt_user_id ?? auth?.user_id ?? claims.sub,
    email: claims.email ?? claims['https://api.openai.com/profile']?.email,
    plan: auth?.chatgpt_plan_type,
    issuer: claims.iss && truncate(claims.iss, longestIssuer).replace(/\/+$/, ''),
    issuedAtS: claims.iat,
    expiresAtS: claims.exp,
  });
}

/** The account that the first place names, else the first organization of the first that has one. */
function accountIdOf(...places: readonly (AccountClaims | undefined)[]): string | undefined {
  const named = places.find((place) => place?.chatgpt_account_id);
  if (named) return named.chatgpt_account_id;
  return places.flatMap((place) => place?.organizations?.[0]?.id ?? [])[0];
}

interface AccountClaims {
  chatgpt_account_id?: string | undefined;
  organizations?: readonly { id?: string | undefined }[] | undefined;
}

/** Claims of both tokens; where both speak, the id token is believed. */
export function readAccount(idToken: string | undefined, accessToken: string): TokenClaims {
  return { ...readClaims(accessToken), ...(idToken ? readClaims(idToken) : {}) };
}

function decodePayload(token: string): string {
  const part = token.split('.')[1] ?? '';
  try {
    const decoded = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = new Uint8Array(decoded.length);
    for (let at = 0; at < decoded.length; at++) bytes[at] = decoded.charCodeAt(at);
    return new TextDecoder().decode(bytes);
  } catch {
    return '';
  }
}

type Maybe<T> = { [K in keyof T]?: T[K] | undefined };

/** The same without the fields that are undefined, so that a spread does not wipe with them. */
function present(claims: Maybe<TokenClaims>): TokenClaims {
  const entries = Object.entries(claims).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}
