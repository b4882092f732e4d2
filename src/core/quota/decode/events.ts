import * as z from 'zod/mini';
import { isNear } from '../../../base/timeBounds.ts';
import { optionalField } from '../../../base/json/optionalField.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { creditsBody, isRefused, readCreditsBody } from './usageSchema.ts';
import {
  orderWindows,
  readLine,
  readWindow,
  type QuotaFamily,
  type QuotaSnapshot,
} from './quotaSnapshot.ts';

const windowBody = z.object({
  used_percent: z.optional(z.unknown()),
  window_minutes: z.optional(z.unknown()),
  reset_at: z.optional(z.unknown()),
  reset_after_seconds: z.optional(z.unknown()),
});

const rateLimitsEvent = z.object({
  type: z.literal('codex.rate_limits'),
  plan_type: z.optional(z.unknown()),
  /** Which limits these are, where they are not the main ones; seen in the real client's reader. */
  metered_limit_name: z.optional(z.unknown()),
  limit_name: z.optional(z.unknown()),
  rate_limits: z.object({
    allowed: optionalField(z.boolean()),
    limit_reached: optionalField(z.boolean()),
    primary: optionalField(windowBody),
    secondary: optionalField(windowBody),
  }),
  credits: optionalField(creditsBody),
});

/** Reads a `codex.rate_limits` event of a stream; undefined when it tells nothing. */
export function readQuotaEvent(
  event: unknown,
  credentialId: string,
  nowMs: number,
): QuotaSnapshot | undefined {
  const parsed = rateLimitsEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { plan_type: planType, rate_limits: limits, credits: creditsPart } = parsed.data;
  const slots = [limits.primary, limits.secondary].map(
    (body) =>
      body &&
      readWindow(
        {
          usedPercent: body.used_percent,
          minutes: body.window_minutes,
          resetAt: body.reset_at,
          resetAfterSeconds: body.reset_after_seconds,
        },
        nowMs,
      ),
  );
  const windows = orderWindows(slots);
  const plan = readLine(planType);
  const credits = readCreditsBody(creditsPart);
  const family = familyOf(parsed.data);
  const limitReached = family ? undefined : isRefused(limits);
  if (windows.length === 0 && !plan && !credits && limitReached === undefined) return undefined;
  return omitUndefined({
    credentialId,
    source: 'event' as const,
    observedAtMs: nowMs,
    windows: family ? [] : windows,
    plan,
    credits,
    limitReached,
    others: family && windows.length > 0 ? [{ ...family, windows }] : undefined,
  });
}

/** Undefined for the main limits. */
function familyOf(
  event: z.infer<typeof rateLimitsEvent>,
): Omit<QuotaFamily, 'windows'> | undefined {
  const name = readLine(event.limit_name);
  const id = (readLine(event.metered_limit_name) ?? name)?.toLowerCase().replaceAll('-', '_');
  return id === undefined || id === 'codex' ? undefined : { id, name: name ?? id };
}

/**
 * The reading that a refusal with `usage_limit_reached` stands for. It has no windows of its own;
 * those come from the headers of the same answer.
 */
export function readLimitError(
  limit: { plan?: string | undefined; resetsAtMs?: number | undefined },
  credentialId: string,
  nowMs: number,
): QuotaSnapshot {
  const { resetsAtMs } = limit;
  const plan = readLine(limit.plan);
  const isAhead = resetsAtMs !== undefined && resetsAtMs > nowMs && isNear(resetsAtMs, nowMs);
  return {
    credentialId,
    source: 'limitError',
    observedAtMs: nowMs,
    windows: [],
    limitReached: true,
    ...(plan ? { plan } : {}),
    ...(isAhead ? { availableAtMs: resetsAtMs } : {}),
  };
}
