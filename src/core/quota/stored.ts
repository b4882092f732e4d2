import * as z from 'zod/mini';
import { lenient } from '../../base/lenient.ts';
import { windowNames } from './reading.ts';
import type { QuotaRecord } from './record.ts';

/** What a store keeps between two runs. */
export interface StoredQuota {
  version: 1;
  records: readonly QuotaRecord[];
}

const atMs = z.number().check(z.nonnegative());

/** The names of a window follow from its length, so they are made anew. */
const storedWindow = z.pipe(
  z.object({
    usedPercent: z.number().check(z.nonnegative(), z.lte(100)),
    minutes: z.exactOptional(z.number().check(z.positive())),
    resetsAtMs: z.exactOptional(atMs),
  }),
  z.transform((window) => ({ ...windowNames(window.minutes), ...window })),
);

const dated = <T extends z.ZodMiniType>(value: T) => z.object({ value, atMs });

const storedRecord = z.object({
  credentialId: z.string(),
  observedAtMs: atMs,
  completeAtMs: atMs,
  windows: z.array(dated(storedWindow)),
  others: z.array(
    dated(z.object({ id: z.string(), name: z.string(), windows: z.array(storedWindow) })),
  ),
  plan: z.exactOptional(dated(z.string())),
  credits: z.exactOptional(
    dated(
      z.object({
        hasCredits: z.boolean(),
        unlimited: z.boolean(),
        balance: z.exactOptional(z.string()),
      }),
    ),
  ),
  refusal: z.exactOptional(
    dated(z.object({ refused: z.boolean(), availableAtMs: z.exactOptional(atMs) })),
  ),
});

const storedQuota = z.object({
  version: z.literal(1),
  records: z.array(lenient(storedRecord)),
});

/**
 * The records of a store that can be read and do not lie in the future: such would win over all
 * that is told from now on.
 */
export function readRecords(stored: unknown, nowMs: number): QuotaRecord[] {
  const parsed = storedQuota.safeParse(stored);
  if (!parsed.success) return [];
  return parsed.data.records
    .filter((record) => record !== undefined)
    .filter((record) => isPast(record, nowMs));
}

function isPast(record: QuotaRecord, nowMs: number): boolean {
  const dates = [record.plan, record.credits, record.refusal, ...record.windows, ...record.others];
  return (
    Math.max(record.observedAtMs, record.completeAtMs) <= nowMs &&
    dates.every((fact) => fact === undefined || fact.atMs <= nowMs)
  );
}
