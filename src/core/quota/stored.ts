import * as z from 'zod/mini';
import { lenient } from '../../base/lenient.ts';
import { windowNames } from './reading.ts';
import type { QuotaRecord } from './record.ts';

/** What the windows of the editor share, and what is kept between two runs. Holds no token. */
export interface StoredQuota {
  version: 2;
  records: readonly QuotaRecord[];
}

export const noStoredQuota: StoredQuota = { version: 2, records: [] };

const atMs = z.number().check(z.nonnegative());
const share = z.number().check(z.nonnegative(), z.lte(100));
const maybe = z.exactOptional;

/** The names of a window follow from its length, so they are made anew. */
const window = z.pipe(
  z.object({
    usedPercent: share,
    minutes: maybe(z.number().check(z.positive())),
    resetsAtMs: maybe(atMs),
  }),
  z.transform((stored) => ({ ...windowNames(stored.minutes), ...stored })),
);

const source = z.enum(['headers', 'usage', 'event', 'limitError']);
const told = <T extends z.ZodMiniType>(value: T) => z.object({ value, atMs, source });

const credits = z.object({
  hasCredits: z.boolean(),
  unlimited: z.boolean(),
  balance: maybe(z.string()),
});

const spend = z.object({
  reached: z.boolean(),
  limit: maybe(z.string()),
  used: maybe(z.string()),
  remaining: maybe(z.string()),
  usedPercent: maybe(share),
  resetsAtMs: maybe(atMs),
});

const asked = z.object({
  failures: z.number().check(z.nonnegative()),
  notBeforeMs: atMs,
  problem: maybe(z.string()),
  plan: maybe(z.string()),
});

const storedRecord: z.ZodMiniType<QuotaRecord> = z.object({
  credentialId: z.string(),
  observedAtMs: atMs,
  completeAtMs: atMs,
  windows: z.array(told(window)),
  finer: maybe(z.array(told(window))),
  others: z.array(told(z.object({ id: z.string(), name: z.string(), windows: z.array(window) }))),
  plan: maybe(told(z.string())),
  credits: maybe(told(credits)),
  refusal: maybe(told(z.object({ refused: z.boolean(), availableAtMs: maybe(atMs) }))),
  spend: maybe(told(spend)),
  resets: maybe(told(z.object({ available: z.number().check(z.nonnegative()) }))),
  promo: maybe(told(z.string())),
  reachedType: maybe(told(z.string())),
  answeredAtMs: maybe(atMs),
  silentAtMs: maybe(z.array(atMs)),
  asked: maybe(z.object({ value: asked, atMs })),
});

/** A record that cannot be read is left out. */
export const storedQuota: z.ZodMiniType<StoredQuota> = z.object({
  version: z.literal(2),
  records: z.pipe(
    z.array(lenient(storedRecord)),
    z.transform((records) => records.filter((record) => record !== undefined)),
  ),
});

/** The longest that the backend is left alone; a rest beyond it comes from a wrong clock. */
const longestRestMs = 2 * 3_600_000;

/**
 * False for a record from the future, which would win over all that is told from now on: the clock
 * of the machine was wrong when it was written.
 */
export function isSound(record: QuotaRecord, nowMs: number): boolean {
  const { plan, credits: money, refusal, spend: spending, resets, promo, reachedType } = record;
  const facts = [plan, money, refusal, spending, resets, promo, reachedType, record.asked];
  const dates = [
    record.observedAtMs,
    record.completeAtMs,
    record.answeredAtMs ?? 0,
    ...(record.silentAtMs ?? []),
    ...[...facts, ...record.windows, ...(record.finer ?? []), ...record.others].map(
      (fact) => fact?.atMs ?? 0,
    ),
    (record.asked?.value.notBeforeMs ?? 0) - longestRestMs,
  ];
  return dates.every((date) => date <= nowMs);
}
