import { lookupTable } from '../../../base/lookup.ts';
import * as z from 'zod/mini';
import type { Clock } from '../../../base/async/clock.ts';
import { parseJson } from '../../../base/json/json.ts';
import { optionalField } from '../../../base/json/optionalField.ts';
import type { AuthFailure } from '../authFailure.ts';
import { AuthError, isPassing } from '../errors.ts';
import { clientId } from '../identity.ts';
import { isSuccess, postJson, type CodeGrant, type Issuer } from '../oauth.ts';

/** A code that somebody types in any browser (WIRE.md a, device flow). */
export interface DeviceCode {
  /** Names the attempt to the issuer; nobody needs to see it. */
  readonly deviceAuthId: string;
  /** For people, such as `ABCD-12345`. */
  readonly userCode: string;
  /** The page to type it on. */
  readonly page: string;
  readonly intervalMs: number;
  /** By our own clock. */
  readonly endsAtMs: number;
}

/** A code lives this long at most (WIRE.md a), and so long when the issuer's time makes no sense. */
export const codeLimitMs = 15 * 60_000;
const shortestLifeMs = 30_000;
const usualIntervalMs = 5_000;
const longestIntervalMs = 30_000;
/** RFC 8628 3.5: how much slower to go after `slow_down`. */
const slowerMs = 5_000;

const text = z.string().check(z.minLength(1));
const number = z.union([z.number(), z.string()]);
const codeAnswer = z.object({
  device_auth_id: text,
  user_code: optionalField(text),
  usercode: optionalField(text),
  interval: optionalField(number),
  expires_at: optionalField(text),
});

/**
 * Asks for a code. Throws {@link AuthError}: `codeNotEnabled` when the account may not sign in this
 * way, `badAnswer`, `issuerFailed`, `unreachable`.
 */
export async function requestCode(
  issuer: Issuer,
  clock: Clock,
  signal: AbortSignal,
): Promise<DeviceCode> {
  const body = { client_id: clientId };
  const path = '/api/accounts/deviceauth/usercode';
  const { status, text: answerText } = await postJson(issuer, path, body, signal);
  if (status === 404) throw new AuthError({ kind: 'codeNotEnabled' });
  if (!isSuccess(status)) throw new AuthError({ kind: 'issuerFailed', status });
  const answer = parseJson(codeAnswer, answerText);
  const userCode = answer?.user_code ?? answer?.usercode ?? '';
  // It is shown to people: nothing but letters, figures and dashes comes through.
  if (!answer || !/^[A-Za-z\d-]{4,32}$/.test(userCode)) throw new AuthError({ kind: 'badAnswer' });
  const nowMs = clock.now();
  return {
    deviceAuthId: answer.device_auth_id,
    userCode,
    page: `${issuer.address.replace(/\/+$/, '')}/codex/device`,
    intervalMs: intervalOf(answer.interval),
    endsAtMs: nowMs + lifetimeOf(answer.expires_at, nowMs),
  };
}

/** Seconds, as a number or as text. */
function intervalOf(given: string | number | undefined): number {
  const ms = Number(given ?? Number.NaN) * 1000;
  return ms > 0 ? Math.min(Math.max(ms, 1000), longestIntervalMs) : usualIntervalMs;
}

/** A time that is past or far ahead comes from a clock that is wrong, here or there. */
function lifetimeOf(expiresAt: string | undefined, nowMs: number): number {
  const lifetimeMs = Date.parse(expiresAt ?? '') - nowMs;
  const makesSense = lifetimeMs >= shortestLifeMs && lifetimeMs <= codeLimitMs;
  return makesSense ? lifetimeMs : codeLimitMs;
}

/**
 * Waits until somebody has typed the code. A failure that may pass is waited out. Throws
 * {@link AuthError}: `codeEnded`, `refused`, `badAnswer`; once aborted, the abort reason.
 */
export async function pollCode(
  issuer: Issuer,
  clock: Clock,
  code: DeviceCode,
  signal: AbortSignal,
): Promise<CodeGrant> {
  let waitMs = code.intervalMs;
  for (;;) {
    const leftMs = code.endsAtMs - clock.now();
    if (leftMs <= 0) throw new AuthError({ kind: 'codeEnded' });
    await clock.delay(Math.min(waitMs, leftMs), signal);
    const verdict = await ask(issuer, code, signal);
    if (typeof verdict === 'object') return verdict;
    if (verdict === 'slower') waitMs = Math.min(waitMs + slowerMs, longestIntervalMs);
  }
}

const grantAnswer = z.object({ authorization_code: text, code_verifier: text });
const errorAnswer = z.object({
  error: optionalField(z.union([z.string(), z.object({ code: optionalField(z.string()) })])),
});

type Verdict = CodeGrant | 'pending' | 'slower';

async function ask(issuer: Issuer, code: DeviceCode, signal: AbortSignal): Promise<Verdict> {
  const body = { device_auth_id: code.deviceAuthId, user_code: code.userCode };
  try {
    const answer = await postJson(issuer, '/api/accounts/deviceauth/token', body, signal);
    if (!isSuccess(answer.status)) return judge(answer.status, answer.text);
    const grant = parseJson(grantAnswer, answer.text);
    if (!grant) throw new AuthError({ kind: 'badAnswer' });
    const redirectUri = `${issuer.address.replace(/\/+$/, '')}/deviceauth/callback`;
    return { code: grant.authorization_code, verifier: grant.code_verifier, redirectUri };
  } catch (error) {
    const mayPass = error instanceof AuthError && isPassing(error.failure);
    if (!mayPass || error.failure.kind === 'badAnswer') throw error;
    return 'slower';
  }
}

const words = lookupTable<'pending' | 'slower' | AuthFailure>({
  access_denied: { kind: 'refused' },
  expired_token: { kind: 'codeEnded' },
  slow_down: 'slower',
  authorization_pending: 'pending',
});

/** 403 and 404 mean pending (WIRE.md a); the words of RFC 8628 3.5 count whatever the status. */
function judge(status: number, answerText: string): Verdict {
  const error = parseJson(errorAnswer, answerText)?.error;
  const word = (typeof error === 'string' ? error : error?.code) ?? '';
  const known = words.get(word);
  if (typeof known === 'object') throw new AuthError(known);
  if (known !== undefined) return known;
  if (status === 403 || status === 404) return 'pending';
  if (status === 429 || status >= 500) return 'slower';
  throw new AuthError({ kind: 'codeEnded' });
}
