import * as z from 'zod/mini';
import type { Clock } from '../../../base/async/clock.ts';
import { isNear } from '../../../base/timeBounds.ts';
import { parseJson } from '../../../base/json/json.ts';
import { optionalField } from '../../../base/json/optionalField.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { fetchBackend, type BackendSource } from '../../auth/backendRequest.ts';
import type { BearerTokenSource } from '../../auth/bearerToken.ts';
import { readLine } from '../decode/quotaSnapshot.ts';

/** A reset that an account may redeem once; all its windows then start anew. */
export interface BankedReset {
  id: string;
  /** As the backend names it. */
  title?: string;
  expiresAtMs?: number;
}

/** What became of the wish to redeem one. */
export type RedeemOutcome =
  | 'reset'
  /** Nothing was used up, so that nothing was redeemed. */
  | 'nothingToReset'
  /** None is left, or another window was faster. */
  | 'noneLeft'
  /** The backend said something new: look at the figures. */
  | 'unknown';

export interface ResetsDeps extends Omit<BackendSource, 'baseUrl' | 'tokenProvider'> {
  baseUrl: () => string;
  /** Tokens for this credential, whether it is in use or not. */
  grantsOf: (credentialId: string) => BearerTokenSource;
  clock: Pick<Clock, 'now'>;
  /** A random UUID. */
  newId: () => string;
}

/** Both reject with {@link ResetsError}, HttpError, AuthError, or the abort reason. */
export interface Resets {
  /** Those that may be redeemed, the one that expires first in front. */
  list(credentialId: string, signal: AbortSignal): Promise<readonly BankedReset[]>;
  /**
   * Redeems the one that expires first. Asked again after an answer that was lost, it is the same
   * wish to the backend, so that no second one is spent.
   */
  redeemReset(credentialId: string, signal: AbortSignal): Promise<RedeemOutcome>;
}

export class ResetsError extends Error {
  override readonly name = 'ResetsError';
  /** Undefined for an answer that cannot be read. */
  readonly status: number | undefined;

  constructor(status?: number) {
    super(status === undefined ? 'unreadable' : `status ${status}`);
    this.status = status;
  }
}

/**
 * The shapes of these two addresses were not captured (WIRE.md d names the addresses alone); they
 * are those of the real client's source, read leniently.
 */
const listBody = z.object({
  credits: z.array(
    optionalField(
      z.object({
        id: z.string().check(z.minLength(1)),
        status: z.optional(z.unknown()),
        title: z.optional(z.unknown()),
        expires_at: z.optional(z.unknown()),
      }),
    ),
  ),
});
const consumeBody = z.object({ code: z.string() });

const outcomes = new Map<string, RedeemOutcome>(
  Object.entries({
    reset: 'reset',
    already_redeemed: 'reset',
    nothing_to_reset: 'nothingToReset',
    no_credit: 'noneLeft',
  }),
);

export function createResets(deps: ResetsDeps): Resets {
  /** By credential: the wish whose outcome is not known yet. */
  const open = new Map<string, { redeem_request_id: string; credit_id: string }>();

  const list: Resets['list'] = async (credentialId, signal) => {
    const answer = await call(deps, credentialId, { path: '' }, listBody, signal);
    const nowMs = deps.clock.now();
    return answer.credits
      .filter((credit) => credit !== undefined)
      .filter(({ status }) => status === 'available')
      .map(({ id, title, expires_at: expires }) =>
        omitUndefined({ id, title: readLine(title), expiresAtMs: readDate(expires, nowMs) }),
      )
      .filter(({ expiresAtMs = Infinity }) => expiresAtMs > nowMs)
      .toSorted((a, b) => (a.expiresAtMs ?? Infinity) - (b.expiresAtMs ?? Infinity));
  };

  return {
    list,
    async redeemReset(credentialId, signal) {
      if (!open.has(credentialId)) {
        const [first] = await list(credentialId, signal);
        if (!first) return 'noneLeft';
        open.set(credentialId, { redeem_request_id: deps.newId(), credit_id: first.id });
      }
      const request: Call = { path: '/consume', body: open.get(credentialId) };
      const { code } = await call(deps, credentialId, request, consumeBody, signal);
      open.delete(credentialId);
      return outcomes.get(code) ?? 'unknown';
    },
  };
}

/** Backends under `/backend-api` have them at another place than the others, as the usage. */
function resetsUrl(baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  return `${base}${base.includes('/backend-api') ? '/wham' : '/api/codex'}/rate-limit-reset-credits`;
}

interface Call {
  path: '' | '/consume';
  /** With a body it is a POST. */
  body?: object | undefined;
}

async function call<T>(
  deps: ResetsDeps,
  credentialId: string,
  { path, body }: Call,
  schema: z.ZodMiniType<T>,
  signal: AbortSignal,
): Promise<T> {
  const baseUrl = deps.baseUrl();
  const source = { ...deps, baseUrl, tokenProvider: deps.grantsOf(credentialId) };
  const url = `${resetsUrl(baseUrl)}${path}`;
  const answer = await fetchBackend(source, { url: () => url, body }, signal);
  if (answer.status !== 200) throw new ResetsError(answer.status);
  const parsed = parseJson(schema, answer.text);
  if (parsed === undefined) throw new ResetsError();
  return parsed;
}

/** ISO 8601. A date that lies too far ahead to be meant counts as none. */
function readDate(value: unknown, nowMs: number): number | undefined {
  const atMs = typeof value === 'string' ? Date.parse(value.slice(0, 40)) : Number.NaN;
  return atMs <= nowMs || isNear(atMs, nowMs) ? atMs : undefined;
}
