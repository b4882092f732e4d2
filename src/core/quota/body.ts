import * as z from 'zod/mini';
import { readText, type QuotaCredits } from './reading.ts';

export const creditsBody = z.object({
  has_credits: z.boolean(),
  unlimited: z.boolean(),
  balance: z.optional(z.unknown()),
});

export function readCreditsBody(
  body: z.infer<typeof creditsBody> | undefined,
): QuotaCredits | undefined {
  if (!body) return undefined;
  const balance = readText(typeof body.balance === 'number' ? String(body.balance) : body.balance);
  return {
    hasCredits: body.has_credits,
    unlimited: body.unlimited,
    ...(balance ? { balance } : {}),
  };
}

/** With credits a limit can be reached and requests be allowed, so `allowed` has the last word. */
export function isRefused(limits: {
  allowed?: boolean | undefined;
  limit_reached?: boolean | undefined;
}): boolean | undefined {
  return limits.allowed === undefined ? limits.limit_reached : !limits.allowed;
}
