import { ownValue, without } from '../../base/lookup.ts';
import * as z from 'zod/mini';
import { repairedTime } from '../../base/json/boundedNumbers.ts';
import { recordOfKnown } from '../../base/json/optionalField.ts';
import type { ResponsesFailure, ResponsesFailureKind } from '../responses/retry/failure.ts';

const restReason = z.lazy(() =>
  z.enum(['usageLimit', 'rateLimited', 'billing', 'notIncluded', 'unauthorized']),
);
export type CooldownReason = z.infer<typeof restReason>;

const hourMs = 3_600_000;
/** A rest is never longer than this: a misread time must not lose an account for good. */
const longestRestMs = 32 * 24 * hourMs;
/** A rest that began further ahead than this was written by a clock that was wrong. */
const mostSkewMs = hourMs;

/** An account is left alone for a while, because the backend turned a request of it away. */
const rest = z.lazy(() =>
  z.pipe(
    z.object({
      reason: restReason,
      sinceMs: repairedTime,
      untilMs: z.number().check(z.nonnegative()),
    }),
    z.transform((stored) => ({
      ...stored,
      untilMs: Math.min(stored.untilMs, stored.sinceMs + longestRestMs),
    })),
  ),
);
export type Cooldown = z.infer<typeof rest>;

/** The resting accounts by credential id. Shared by all windows, so that one refusal serves all. */
export const cooldownsSchema = z.lazy(() => recordOfKnown(rest));
export type Cooldowns = z.infer<typeof cooldownsSchema>;

/**
 * Failures that another account may cure, and for how long this one is left alone when the backend
 * names no time. What is not here, such as a chat too long for the model, fails with every account
 * alike and never moves on.
 */
const cures: Partial<Record<ResponsesFailureKind, { reason: CooldownReason; defaultMs: number }>> =
  {
    usageLimit: { reason: 'usageLimit', defaultMs: hourMs },
    usageNotIncluded: { reason: 'notIncluded', defaultMs: 24 * hourMs },
    billing: { reason: 'billing', defaultMs: hourMs },
    rateLimited: { reason: 'rateLimited', defaultMs: 60_000 },
    unauthorized: { reason: 'unauthorized', defaultMs: 5 * 60_000 },
  };

/** The rest that a failure asks for; undefined when another account would fail as well. */
export function cooldownFor(failure: ResponsesFailure, nowMs: number): Cooldown | undefined {
  const cure = cures[failure.kind];
  if (!cure) return undefined;
  const { resetsAtMs, retryAfterMs } = failure;
  const named = resetsAtMs ?? (retryAfterMs === undefined ? undefined : nowMs + retryAfterMs);
  const isAhead = named !== undefined && named > nowMs;
  const untilMs = isAhead ? Math.min(named, nowMs + longestRestMs) : nowMs + cure.defaultMs;
  return { reason: cure.reason, sinceMs: nowMs, untilMs };
}

/** False for a rest that is over, and for one that a wrong clock has dated ahead. */
export function isCoolingDown({ sinceMs, untilMs }: Cooldown, nowMs: number): boolean {
  return untilMs > nowMs && sinceMs <= nowMs + mostSkewMs;
}

/** Without the rests that are over. */
export function activeCooldowns(cooldowns: Cooldowns, nowMs: number): Cooldowns {
  return Object.fromEntries(
    Object.entries(cooldowns).filter(([, one]) => isCoolingDown(one, nowMs)),
  );
}

/** The longer rest stays, unless the new one is of the same reason: then the backend has said more. */
export function withCooldown(
  rests: Cooldowns,
  id: string,
  next: Cooldown,
  nowMs: number,
): Cooldowns {
  const open = activeCooldowns(rests, nowMs);
  const old = ownValue(open, id);
  const stays = old && old.reason !== next.reason && old.untilMs > next.untilMs;
  return stays ? open : { ...open, [id]: next };
}

export function withoutCooldown(cooldowns: Cooldowns, id: string): Cooldowns {
  return without(cooldowns, id);
}
