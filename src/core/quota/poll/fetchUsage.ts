import * as z from 'zod/mini';
import type { Clock } from '../../../base/async/clock.ts';
import { spanMs } from '../../../base/json/boundedNumbers.ts';
import { parseJson } from '../../../base/json/json.ts';
import { optionalField } from '../../../base/json/optionalField.ts';
import { fetchBackend, type BackendAnswer, type BackendSource } from '../../auth/backendRequest.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import {
  creditsBody,
  isRefused,
  readCreditsBody,
  readPromoBody,
  readReachedBody,
  readResetsBody,
  readSpendBody,
  resetsBody,
  spendBody,
} from '../decode/usageSchema.ts';
import {
  mostFamilies,
  orderWindows,
  readCount,
  readLine,
  readWindow,
  type QuotaFamily,
  type QuotaSnapshot,
  type QuotaWindow,
} from '../decode/quotaSnapshot.ts';
import { UsageError } from './usageError.ts';

export interface UsageSource extends BackendSource {
  clock: Pick<Clock, 'now'>;
}

/** Backends under `/backend-api` have the usage at another place than the others. */
export function usageUrl(baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '');
  return base.includes('/backend-api') ? `${base}/wham/usage` : `${base}/api/codex/usage`;
}

/**
 * Asks the backend for the quota of the account in use. A rejected token is renewed once.
 * @throws {@link UsageError}, HttpError, AuthError, or the abort reason.
 */
export async function fetchUsage(source: UsageSource, signal: AbortSignal): Promise<QuotaSnapshot> {
  const url = usageUrl(source.baseUrl);
  const answer = await fetchBackend(source, { url: () => url }, signal);
  return readUsage(answer, source.clock.now());
}

const windowBody = z.object({
  used_percent: z.optional(z.unknown()),
  limit_window_seconds: z.optional(z.unknown()),
  reset_at: z.optional(z.unknown()),
  reset_after_seconds: z.optional(z.unknown()),
});

const rateLimit = z.object({
  allowed: optionalField(z.boolean()),
  limit_reached: optionalField(z.boolean()),
  primary_window: optionalField(windowBody),
  secondary_window: optionalField(windowBody),
});

const additionalLimit = z.object({
  limit_name: z.optional(z.unknown()),
  metered_feature: z.optional(z.unknown()),
  rate_limit: optionalField(rateLimit),
});

/** Fixture `wham_usage_200.json`. `plan_type` is what makes an answer a usage answer. */
const usageBody = z.object({
  plan_type: z.string(),
  rate_limit: optionalField(rateLimit),
  additional_rate_limits: optionalField(z.array(optionalField(additionalLimit))),
  credits: optionalField(creditsBody),
  account_id: z.optional(z.unknown()),
  code_review_rate_limit: optionalField(rateLimit),
  spend_control: optionalField(spendBody),
  rate_limit_reached_type: z.optional(z.unknown()),
  rate_limit_reset_credits: optionalField(z.nullable(resetsBody)),
  promo: z.optional(z.unknown()),
});

function readUsage({ status, headers, text, bearer }: BackendAnswer, nowMs: number): QuotaSnapshot {
  if (status !== 200) {
    const seconds = readCount(headers['retry-after']);
    throw new UsageError({
      kind: 'refused',
      status,
      ...omitUndefined({ retryAfterMs: spanMs((seconds ?? Number.NaN) * 1000) }),
    });
  }
  const body = parseJson(usageBody, text);
  if (!body || isEmpty(body)) throw new UsageError({ kind: 'unreadable' });
  if (isOther(body.account_id, bearer.accountId)) throw new UsageError({ kind: 'otherAccount' });
  return toReading(body, bearer.credentialId, nowMs);
}

/**
 * Limits that are there, but in which no window can be read: they have changed their shape. Null is
 * a known answer of plans without limits.
 */
function isEmpty({ rate_limit: limit }: z.infer<typeof usageBody>): boolean {
  if (!limit) return false;
  const slots = [limit.primary_window, limit.secondary_window].filter((slot) => slot !== undefined);
  return slots.length > 0 && slots.every((slot) => readCount(slot.used_percent) === undefined);
}

/** Told only where both are of one form: some answers name the user in the place of the account. */
function isOther(answered: unknown, asked: string): boolean {
  const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
  if (typeof answered !== 'string' || !uuid.test(answered) || !uuid.test(asked)) return false;
  return answered.toLowerCase() !== asked.toLowerCase();
}

function toReading(
  body: z.infer<typeof usageBody>,
  credentialId: string,
  nowMs: number,
): QuotaSnapshot {
  const review = toWindows(body.code_review_rate_limit, nowMs);
  const others = [
    ...(body.additional_rate_limits ?? [])
      .slice(0, mostFamilies)
      .map((limit) => limit && toFamily(limit, nowMs)),
    { id: 'code_review', name: 'Code review', windows: review },
  ]
    .filter((family) => family !== undefined)
    .filter((family) => family.windows.length > 0);
  return omitUndefined({
    credentialId,
    source: 'usage' as const,
    observedAtMs: nowMs,
    windows: toWindows(body.rate_limit, nowMs),
    plan: readLine(body.plan_type),
    credits: readCreditsBody(body.credits),
    limitReached: isRefused(body.rate_limit ?? {}),
    others: others.length > 0 ? others : undefined,
    spend: body.spend_control && readSpendBody(body.spend_control, nowMs),
    resets: readResetsBody(body.rate_limit_reset_credits),
    promo: readPromoBody(body.promo),
    reachedType: readReachedBody(body.rate_limit_reached_type),
  });
}

function toFamily(limit: z.infer<typeof additionalLimit>, nowMs: number): QuotaFamily | undefined {
  const id = readLine(limit.metered_feature) ?? readLine(limit.limit_name);
  if (!id) return undefined;
  const name = readLine(limit.limit_name) ?? id;
  return { id, name, windows: toWindows(limit.rate_limit, nowMs) };
}

function toWindows(
  limit: z.infer<typeof rateLimit> | undefined,
  nowMs: number,
): readonly QuotaWindow[] {
  const slots = [limit?.primary_window, limit?.secondary_window].map((body) => {
    if (!body) return undefined;
    const seconds = readCount(body.limit_window_seconds);
    return readWindow(
      {
        usedPercent: body.used_percent,
        minutes: seconds === undefined ? undefined : Math.ceil(seconds / 60),
        resetAt: body.reset_at,
        resetAfterSeconds: body.reset_after_seconds,
      },
      nowMs,
    );
  });
  return orderWindows(slots);
}
