import { randomBytes } from 'node:crypto';
import type { Account } from './accounts.ts';

export const clientId = 'app_EMoamEEZ73f0CkXaXp7hrann';
export const scope =
  'openid profile email offline_access api.connectors.read api.connectors.invoke';

/** Refresh tokens that nobody used for this long are dead. */
const refreshLifetimeMs = 30 * 24 * 3600_000;

export interface TokenSet {
  id_token: string;
  access_token: string;
  refresh_token: string;
  expires_in: number;
  token_type: 'Bearer';
  scope: string;
}

export type RefreshRefusal =
  'refresh_token_expired' | 'refresh_token_reused' | 'refresh_token_invalidated';

/** One sign-in and all tokens that came from it. */
export interface Family {
  account: Account;
  revoked: boolean;
}

export interface TokenStore {
  /** Starts a family, or goes on with one. */
  issue(account: Account, lifetimeS?: number, family?: Family): TokenSet;
  /** The family that a token set belongs to. */
  familyOf(refreshToken: string): Family | undefined;
  /** Uses the token up. A second use revokes the whole family. */
  refresh(refreshToken: string): TokenSet | RefreshRefusal;
  /** The account of a good access token, else the `error.code` of the 401. */
  check(accessToken: string): Account | 'token_expired' | 'token_invalidated';
  /** The account of an id token that we made and that has not expired. */
  checkId(idToken: string): Account | undefined;
  revokeFamily(refreshToken: string): void;
  revokeAccount(email: string): void;
  expireAccess(email: string): void;
}

interface SignInServices {
  family: Family;
  expiresAtMs: number;
}

interface Refresh {
  family: Family;
  used: boolean;
  bornAtMs: number;
}

export function createTokens(
  issuer: () => string,
  now: () => number,
  defaultLifetimeS: number,
): TokenStore {
  const accesses = new Map<string, SignInServices>();
  const ids = new Map<string, SignInServices>();
  const refreshes = new Map<string, Refresh>();

  function issue(
    account: Account,
    lifetimeS = defaultLifetimeS,
    family: Family = { account, revoked: false },
  ): TokenSet {
    const at = Math.floor(now() / 1000);
    const times = { iat: at, nbf: at, exp: at + lifetimeS };
    const set: TokenSet = {
      id_token: jwt({ ...idClaims(account, issuer()), ...times }),
      access_token: jwt({ ...accessClaims(account, issuer()), ...times }),
      refresh_token: `rt_${randomBytes(32).toString('base64url')}`,
      expires_in: lifetimeS,
      token_type: 'Bearer',
      scope,
    };
    const access = { family, expiresAtMs: (at + lifetimeS) * 1000 };
    accesses.set(set.access_token, access);
    ids.set(set.id_token, { ...access });
    refreshes.set(set.refresh_token, { family, used: false, bornAtMs: now() });
    return set;
  }

  return {
    issue,
    familyOf: (refreshToken) => refreshes.get(refreshToken)?.family,
    refresh(refreshToken) {
      const known = refreshes.get(refreshToken);
      if (!known) return 'refresh_token_invalidated';
      if (known.used) {
        known.family.revoked = true;
        return 'refresh_token_reused';
      }
      if (known.family.revoked) return 'refresh_token_invalidated';
      if (now() - known.bornAtMs > refreshLifetimeMs) return 'refresh_token_expired';
      known.used = true;
      return issue(known.family.account, defaultLifetimeS, known.family);
    },
    check(accessToken) {
      const known = accesses.get(accessToken);
      if (!known || known.family.revoked) return 'token_invalidated';
      return known.expiresAtMs <= now() ? 'token_expired' : known.family.account;
    },
    checkId(idToken) {
      const known = ids.get(idToken);
      if (!known || known.family.revoked || known.expiresAtMs <= now()) return undefined;
      return known.family.account;
    },
    revokeFamily(refreshToken) {
      const known = refreshes.get(refreshToken);
      if (known) known.family.revoked = true;
    },
    revokeAccount(email) {
      for (const { family } of refreshes.values())
        if (family.account.email === email) family.revoked = true;
    },
    expireAccess(email) {
      for (const access of accesses.values())
        if (access.family.account.email === email) access.expiresAtMs = 0;
    },
  };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Well formed but unsigned: clients of this backend do not check signatures (WIRE.md a). */
function jwt(claims: Record<string, unknown>): string {
  const head = part({ alg: 'none', typ: 'JWT' });
  const body = part({ ...claims, jti: randomBytes(12).toString('base64url') });
  return `${head}.${body}.${Buffer.from('practice-backend').toString('base64url')}`;
}

function authClaims(account: Account): Record<string, unknown> {
  return {
    chatgpt_account_id: account.accountId,
    chatgpt_plan_type: account.plan,
    chatgpt_user_id: account.userId,
    user_id: account.userId,
  };
}

function accessClaims(account: Account, issuer: string): Record<string, unknown> {
  return {
    iss: issuer,
    aud: ['https://api.openai.com/v1'],
    client_id: clientId,
    sub: account.userId,
    scp: scope.split(' '),
    'https://api.openai.com/auth': authClaims(account),
    'https://api.openai.com/profile': { email: account.email, email_verified: true },
  };
}

function idClaims(account: Account, issuer: string): Record<string, unknown> {
  return {
    iss: issuer,
    aud: [clientId],
    sub: account.userId,
    email: account.email,
    email_verified: true,
    name: account.name,
    'https://api.openai.com/auth': {
      ...authClaims(account),
      organizations: [
        {
          id: `org-${account.userId.slice(5, 17)}`,
          is_default: true,
          role: 'owner',
          title: 'Personal',
        },
      ],
      completed_platform_onboarding: true,
      is_org_owner: true,
    },
  };
}
