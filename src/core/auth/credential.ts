import * as z from 'zod/mini';
import type { Event } from '../../base/event.ts';
import { repairedTime, storedTime } from '../../base/json/boundedNumbers.ts';
import { parseJson } from '../../base/json/json.ts';
import { isNewer } from '../../base/json/storedJson.ts';
import { once } from '../../base/once.ts';

/**
 * Why the issuer no longer takes a refresh token (WIRE.md a, permanent refresh errors). It is
 * `interrupted` when a window ended between the answer to its refresh and storing what it got, and
 * `keyRejected` when an API key was answered with 401.
 */
export const signedOutReason = z.lazy(() =>
  z.enum(['expired', 'reused', 'revoked', 'rejected', 'interrupted', 'keyRejected']),
);
export type SignedOutReason = z.infer<typeof signedOutReason>;

/**
 * Where a credential comes from. Only `chatgpt` holds a refresh token of our own; `imported` is
 * the login of another program, `environment` a token that a variable gave: both are borrowed, and
 * a borrowed token is never refreshed. `apiKey` is a key of the OpenAI API: its `issuer` is the
 * address of the API that it is for, and every token is billed.
 */
const credentialKind = z.lazy(() => z.enum(['chatgpt', 'imported', 'environment', 'apiKey']));
export type CredentialKind = z.infer<typeof credentialKind>;

/** Who may be shown what a credential of this kind holds: the sign-in service, or the API. */
export type IssuerOf = (kind?: CredentialKind) => string;

/** The form in which credentials are stored. */
const credentialVersion = 1;

/** A member that a newer version may have come to write in another shape: it costs itself alone. */
const perhaps = <T extends z.ZodMiniType>(schema: T) =>
  z.optional(z.catch(z.optional(schema), undefined));

/** One account that somebody signed in with, as it is stored. Built when an entry is first read. */
export const credentialSchema = once(() =>
  z.object({
    /** Absent in entries of the first version, which knew `chatgpt` alone. */
    kind: z.optional(credentialKind),
    /** Absent: 1. A higher one is of a newer version of the extension, whose entry is left alone. */
    version: z.optional(z.literal(credentialVersion)),
    /** The same for the same user of the same account, however often they sign in. */
    id: z.string().check(z.minLength(1)),
    /** The issuer that gave the tokens; they are never shown to another one. */
    issuer: z.string().check(z.minLength(1)),
    accountId: z.string().check(z.minLength(1)),
    userId: perhaps(z.string()),
    email: perhaps(z.string()),
    /** Plan as the issuer names it, such as `plus`; unknown names are possible. */
    plan: perhaps(z.string()),
    /** All tokens are empty once `signedOutReason` is set. */
    accessToken: z.string(),
    refreshToken: z.string(),
    idToken: perhaps(z.string()),
    /** When the access token runs out; absent when the issuer did not tell. */
    expiresAtMs: perhaps(storedTime),
    /** When the tokens were given, at sign-in or by a refresh. */
    refreshedAtMs: repairedTime,
    /** Another one for each set of tokens; absent until the first refresh. */
    revision: perhaps(z.string()),
    signedOutReason: z.optional(z.catch(signedOutReason, 'rejected')),
  }),
);
export type Credential = z.infer<ReturnType<typeof credentialSchema>>;

/** Where credentials live: one truth for all windows. Reads are never answered from memory. */
export interface CredentialStore {
  list(): Promise<readonly Credential[]>;
  get(id: string): Promise<Credential | undefined>;
  put(credential: Credential): Promise<void>;
  remove(id: string): Promise<void>;
  /** Something may have changed, here or in another window. May fire more often than that. */
  readonly onDidChange: Event<void>;
}

/** How people know the account. */
export function credentialLabel(credential: Credential): string {
  return credential.email ?? credential.accountId;
}

/** Whether its refresh token is ours to use. */
export function isRefreshable({ kind = 'chatgpt' }: Pick<Credential, 'kind'>): boolean {
  return kind === 'chatgpt';
}

/** Whether there are windows that its use counts against. */
export function hasQuota({ kind = 'chatgpt' }: Pick<Credential, 'kind'>): boolean {
  return kind !== 'apiKey';
}

export function hasSession(credential: Credential): boolean {
  return credential.signedOutReason === undefined;
}

/** The credential as a remark that its account was signed out: all tokens are gone. */
export function withoutTokens(credential: Credential, reason: SignedOutReason): Credential {
  const { idToken: _idToken, expiresAtMs: _expiresAtMs, ...rest } = credential;
  return { ...rest, accessToken: '', refreshToken: '', signedOutReason: reason };
}

/** What a stored credential looks like to this version of the extension. */
export type StoredCredential =
  | { kind: 'credential'; credential: Credential; unknown: Readonly<Record<string, unknown>> }
  /** A newer version has stored it: neither to be used nor to be overwritten. */
  | { kind: 'newer' }
  | { kind: 'broken' };

const anyObject = z.lazy(() => z.record(z.string(), z.unknown()));
const kindAlone = z.lazy(() => z.object({ kind: z.optional(credentialKind) }));

/** Reads one stored entry. `unknown` holds the members that this version does not know. */
export function readStoredCredential(text: string): StoredCredential {
  const raw = parseJson(anyObject, text);
  if (!raw) return { kind: 'broken' };
  if (isNewer(raw, credentialVersion) || !kindAlone.safeParse(raw).success) {
    return { kind: 'newer' };
  }
  const schema = credentialSchema();
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return { kind: 'broken' };
  const others = Object.entries(raw).filter(([key]) => !Object.hasOwn(schema.shape, key));
  return { kind: 'credential', credential: parsed.data, unknown: Object.fromEntries(others) };
}
