import * as z from 'zod/mini';
import { storedTime as atMs } from '../../../base/json/boundedNumbers.ts';
import { isNear } from '../../../base/timeBounds.ts';
import { optionalField, membersOf } from '../../../base/json/optionalField.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { mostResets, windowNames, type QuotaWindow } from '../decode/quotaSnapshot.ts';
import type { QuotaRecord, Observed } from './record.ts';

/** What the windows of the editor share, and what is kept between two runs. Holds no token. */
export interface StoredQuota {
  version: 2;
  records: readonly QuotaRecord[];
}

export const noStoredQuota: StoredQuota = { version: 2, records: [] };

/** An object without the members that were left out. */
const sparse = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.pipe(z.object(shape), z.transform(omitUndefined));

/** Made when a file is read: a start has no use for it. */
function recordSchema(): z.ZodMiniType<QuotaRecord> {
  const share = z.number().check(z.nonnegative(), z.lte(100));
  const text = z.string().check(z.maxLength(1_000));
  /** An odd value is left out, and the rest stays. */
  const maybe = optionalField;

  /** The names of a window follow from its length, so they are made anew. */
  const window = z.pipe(
    z.object({
      usedPercent: share,
      minutes: maybe(z.number().check(z.positive(), z.lte(1_000_000))),
      resetsAtMs: maybe(atMs),
    }),
    z.transform((stored): QuotaWindow =>
      omitUndefined({ ...windowNames(stored.minutes), ...stored }),
    ),
  );

  const source = z.enum(['headers', 'usage', 'event', 'limitError']);
  const observed = <T extends z.ZodMiniType>(value: T) => z.object({ value, atMs, source });

  const family = z.object({ id: text, name: text, windows: membersOf(window) });

  const credits = sparse({ hasCredits: z.boolean(), unlimited: z.boolean(), balance: maybe(text) });

  const spend = sparse({
    reached: z.boolean(),
    limit: maybe(text),
    used: maybe(text),
    remaining: maybe(text),
    usedPercent: maybe(share),
    resetsAtMs: maybe(atMs),
  });

  const asked = sparse({
    failures: z.number().check(z.nonnegative(), z.lte(1e9)),
    notBeforeMs: atMs,
    problem: maybe(text),
    plan: maybe(text),
  });

  return sparse({
    credentialId: z.string(),
    observedAtMs: z.catch(atMs, 0),
    completeAtMs: z.catch(atMs, 0),
    windows: z.catch(membersOf(observed(window)), []),
    finer: maybe(membersOf(observed(window))),
    others: z.catch(membersOf(observed(family)), []),
    plan: maybe(observed(text)),
    credits: maybe(observed(credits)),
    refusal: maybe(observed(sparse({ refused: z.boolean(), availableAtMs: maybe(atMs) }))),
    spend: maybe(observed(spend)),
    resets: maybe(
      observed(z.object({ available: z.int().check(z.nonnegative(), z.lte(mostResets)) })),
    ),
    promo: maybe(observed(text)),
    reachedType: maybe(observed(text)),
    answeredAtMs: maybe(atMs),
    silentAtMs: maybe(membersOf(atMs)),
    asked: maybe(z.object({ value: asked, atMs })),
  });
}

/** A record that cannot be read is left out; of the others what can be read is kept. */
export const storedQuota: z.ZodMiniType<StoredQuota> = z.lazy(() =>
  z.object({ version: z.literal(2), records: membersOf(recordSchema()) }),
);

/** The longest that the backend is left alone; a rest beyond it comes from a wrong clock. */
const longestRestMs = 2 * 3_600_000;

/**
 * The record as far as it can be true at `nowMs`. Times that no limit has are misread: they are left
 * out, and the figures that they came with stay. Undefined for a record from the future, which would
 * win over all that is told from now on: the clock of the machine was wrong when it was written.
 */
export function soundPart(record: QuotaRecord, nowMs: number): QuotaRecord | undefined {
  if (!isSound(record, nowMs)) return undefined;
  const withNear = <T extends { resetsAtMs?: number }>(value: T) =>
    isNear(value.resetsAtMs ?? nowMs, nowMs) ? value : withoutReset(value);
  const allOf = (facts: readonly Observed<QuotaWindow>[]) =>
    facts.map((one) => ({ ...one, value: withNear(one.value) }));
  const { refusal, spend: spending, asked: asking } = record;
  const until = refusal?.value.availableAtMs ?? nowMs;
  const availableAtMs = isNear(until, nowMs) ? refusal?.value.availableAtMs : undefined;
  const isRestShort = (asking?.value.notBeforeMs ?? 0) - longestRestMs <= nowMs;
  return omitUndefined({
    ...record,
    windows: allOf(record.windows),
    finer: record.finer && allOf(record.finer),
    others: record.others.map((one) => ({
      ...one,
      value: { ...one.value, windows: one.value.windows.map(withNear) },
    })),
    refusal: refusal && { ...refusal, value: omitUndefined({ ...refusal.value, availableAtMs }) },
    spend: spending && { ...spending, value: withNear(spending.value) },
    asked: isRestShort ? asking : undefined,
  });
}

function withoutReset<T extends { resetsAtMs?: number }>(value: T): T {
  const sound = { ...value };
  delete sound.resetsAtMs;
  return sound;
}

/** Whether nothing in the record was told later than `nowMs`. */
function isSound(record: QuotaRecord, nowMs: number): boolean {
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
  ];
  return dates.every((date) => date <= nowMs);
}
