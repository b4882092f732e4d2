import * as z from 'zod/mini';
import { storedTime as atMs } from '../../base/json/boundedNumbers.ts';
import { optionalField, membersOf } from '../../base/json/optionalField.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';

// Schemas are made when a file is read or written: a start has no use for them.

/** No turn counts so many of anything; sums of such figures would lose all others. */
const count = z.lazy(() => z.number().check(z.nonnegative(), z.lte(1e12)));

/** How sure a share is, from best to least. `pending`: the reading after the turn is to come. */
const certainty = z.lazy(() => z.enum(['measured', 'shared', 'rough', 'pending']));
export type Certainty = z.infer<typeof certainty>;

/** What a turn took of one window, in percentage points with at most three decimals. */
const share = z.lazy(() =>
  z.object({
    credentialId: z.string(),
    kind: z.enum(['fiveHour', 'weekly', 'other']),
    /** `5h`, `wk`, `24h` …; limits beside the main ones have their family in front. */
    label: z.string(),
    /** Tells the run of the window: a turn over a reset has a share in each of the two. */
    startsAtMs: atMs,
    points: z.number().check(z.nonnegative(), z.lte(100)),
    certainty,
  }),
);
export type Share = z.infer<typeof share>;

const tokens = z.lazy(() =>
  z.object({ input: count, cached: count, output: count, reasoning: count }),
);
export type Tokens = z.infer<typeof tokens>;

/**
 * A stretch of the turn on one account, from when it let a request in. Without length where it let
 * none in: such a stretch has taken nothing.
 */
const span = z.lazy(() => z.object({ credentialId: z.string(), fromMs: atMs, toMs: atMs }));
export type Span = z.infer<typeof span>;

const storedEntry = z.lazy(() =>
  z.object({
    version: z.literal(1),
    id: z.string(),
    /** Grows each time the shares come to be known better; the highest counts. */
    revision: count,
    atMs,
    endedAtMs: atMs,
    chatId: z.string(),
    title: optionalField(z.string().check(z.maxLength(60))),
    /** The account that the turn ended on. */
    credentialId: z.string(),
    spans: membersOf(span),
    model: z.string(),
    effort: z.string(),
    /** Absent when the backend did not count them: stopped and failed turns. */
    tokens: optionalField(tokens),
    /** Requests that were sent. */
    requests: z.catch(count, 0),
    /** Kinds of those that failed, such as `overloaded`. */
    failed: membersOf(z.string()),
    /** Tokens of context before the turn. */
    contextTokens: optionalField(count),
    kind: z.enum(['turn', 'compaction', 'title']),
    outcome: z.enum(['done', 'stopped', 'failed', 'interrupted']),
    shares: membersOf(share),
  }),
);

/**
 * One turn, as the ledger keeps it. It holds no text of a prompt: the view looks the title of the
 * chat up by its id. `title` is there only where the caller chose to store one. Of a stored line an
 * odd figure is left out, and the rest is kept.
 */
export const ledgerEntry = z.lazy(() =>
  z.pipe(storedEntry, z.transform(omitUndefined<z.infer<typeof storedEntry>>)),
);
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** One entry of each id, that of the highest revision, in order of time. */
export function latestEntries(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const byId = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const kept = byId.get(entry.id);
    if (!kept || isLater(entry, kept)) byId.set(entry.id, entry);
  }
  return [...byId.values()].toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
}

/** Two windows may have reached the same revision; the choice must not depend on their order. */
function isLater(a: LedgerEntry, b: LedgerEntry): boolean {
  if (a.revision !== b.revision) return a.revision > b.revision;
  return JSON.stringify(a) > JSON.stringify(b);
}

/** Sums are made in thousandths of a point, so that rows add up to the figure exactly. */
export const toMilliPoints = (points: number) => Math.round(points * 1000);
export const toPoints = (mills: number) => mills / 1000;

export function sumPoints(points: readonly number[]): number {
  return toPoints(points.reduce((sum, one) => sum + toMilliPoints(one), 0));
}

/**
 * Input tokens that would cost as much. Prices of the family are near 1 : 0.1 : 8; how many points
 * such a token takes is learnt for each model, see `attribution/costModel.ts`.
 */
export const tokenWeight = (used: Tokens) => inputWeight(used) + used.output * 8;

export const inputWeight = ({ input, cached }: Tokens) =>
  Math.max(0, input - cached) + cached * 0.1;
