import * as z from 'zod/mini';
import { epochMs } from '../../../base/json/boundedNumbers.ts';
import { optionalField } from '../../../base/json/optionalField.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import {
  readCount,
  readPromo,
  readLine,
  type QuotaCredits,
  type QuotaResets,
  type QuotaSpend,
  mostResets,
} from './quotaSnapshot.ts';

export const creditsBody = z.object({
  has_credits: z.boolean(),
  unlimited: z.boolean(),
  balance: z.optional(z.unknown()),
});

export function readCreditsBody(
  body: z.infer<typeof creditsBody> | undefined,
): QuotaCredits | undefined {
  if (!body) return undefined;
  const balance = readAmount(body.balance);
  return {
    hasCredits: body.has_credits,
    unlimited: body.unlimited,
    ...(balance ? { balance } : {}),
  };
}

/** Amounts come as numbers or as text; both are shown as they are. */
const readAmount = (value: unknown) =>
  readLine(typeof value === 'number' && Number.isFinite(value) ? String(value) : value);

/** WIRE.md d, `spend_control`. */
export const spendBody = z.object({
  reached: z.boolean(),
  individual_limit: optionalField(
    z.object({
      limit: z.optional(z.unknown()),
      used: z.optional(z.unknown()),
      remaining: z.optional(z.unknown()),
      used_percent: z.optional(z.unknown()),
      remaining_percent: z.optional(z.unknown()),
      reset_at: z.optional(z.unknown()),
    }),
  ),
});

export function readSpendBody(body: z.infer<typeof spendBody>, nowMs: number): QuotaSpend {
  const { reached, individual_limit: own } = body;
  if (!own) return { reached };
  const left = readCount(own.remaining_percent);
  const usedPercent = readCount(own.used_percent) ?? (left === undefined ? undefined : 100 - left);
  const resetsAtMs = epochMs(readCount(own.reset_at) ?? 0, nowMs) ?? 0;
  return omitUndefined({
    reached,
    limit: readAmount(own.limit),
    used: readAmount(own.used),
    remaining: readAmount(own.remaining),
    usedPercent: usedPercent === undefined ? undefined : Math.min(Math.max(usedPercent, 0), 100),
    resetsAtMs: resetsAtMs > nowMs ? resetsAtMs : undefined,
  });
}

/** Null when the account has no such resets at all. */
export const resetsBody = z.object({ available_count: z.unknown() });

export function readResetsBody(
  body: z.infer<typeof resetsBody> | null | undefined,
): QuotaResets | undefined {
  if (body === null) return { available: 0 };
  const available = readCount(body?.available_count);
  return available === undefined || available > mostResets
    ? undefined
    : { available: Math.floor(available) };
}

/** A text, or an object around one: the shape of a promo that is there has not been seen. */
export function readPromoBody(body: unknown): string | undefined {
  if (body === null) return '';
  const around = z.object({ message: z.string() }).safeParse(body);
  return readPromo(around.success ? around.data.message : body);
}

/** `{type}` or null; older backends send the bare text. */
export function readReachedBody(body: unknown): string | undefined {
  if (body === null) return '';
  const around = z.object({ type: z.string() }).safeParse(body);
  return readLine(around.success ? around.data.type : body);
}

/** With credits a limit can be reached and requests be allowed, so `allowed` has the last word. */
export function isRefused(limits: {
  allowed?: boolean | undefined;
  limit_reached?: boolean | undefined;
}): boolean | undefined {
  return limits.allowed === undefined ? limits.limit_reached : !limits.allowed;
}
