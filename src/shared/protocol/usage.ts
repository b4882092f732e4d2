import * as z from 'zod/mini';

import { accountAction, accountRole } from './account.ts';
import { accountId, count, id, percent, windowKind, words } from './fields.ts';
import { tokenCounts } from './turn.ts';

/**
 * The Usage page. It asks for its data with `usage/show` and receives each kind of it by itself,
 * until `usage/hide`.
 */

const usageWindow = z.object({
  kind: windowKind,
  /** As it stands before its bar: "5-hour", "Weekly". */
  name: words,
  usedPercent: percent,
  resetsAtMs: z.optional(count),
});
export type UsageWindow = z.infer<typeof usageWindow>;

const usageAccount = z.object({
  id: accountId,
  label: words,
  /** As people write it: "Plus". */
  plan: z.optional(words),
  role: accountRole,
  /** The main limits, the shortest first; empty while nothing is known. */
  windows: z.array(usageWindow).check(z.maxLength(8)),
  /** Limits beside the main ones, such as that of a single model. */
  families: z
    .array(z.object({ name: words, windows: z.array(usageWindow).check(z.maxLength(8)) }))
    .check(z.maxLength(20)),
  /** `balance` is what the backend writes; its currency is not said. */
  credits: z.optional(z.object({ unlimited: z.boolean(), balance: z.optional(words) })),
  /** The limit that an administrator has set for this person (WIRE.md d, `spend_control`). */
  spend: z.optional(
    z.object({ reached: z.boolean(), usedPercent: z.optional(percent), detail: z.optional(words) }),
  ),
  /** Resets that were earned and not redeemed yet. */
  bankedResets: z.optional(count),
  /** What the user has set, drawn as a mark on the bars. */
  ceilingPercent: z.optional(percent),
  /** Whether this workspace uses this account alone. */
  isForWorkspace: z.boolean(),
  /** Whole sentences. */
  remarks: z.array(words).check(z.maxLength(20)),
  /** Where the figures come from: headers or events of an answer, a question of ours, the disk. */
  source: z.optional(z.enum(['answer', 'refusal', 'poll', 'stored'])),
  observedAtMs: z.optional(count),
  stale: z.boolean(),
  /** What is offered for it, in the order of the menu; `signIn` and `redeem` are buttons as well. */
  actions: z.array(accountAction).check(z.maxLength(12)),
});
export type UsageAccount = z.infer<typeof usageAccount>;

/** One sentence about the time to come. `name` is the label of the limit: `5h`, `wk`. */
const outlook = z.discriminatedUnion('kind', [
  /** At this pace it stands at `percent` when it resets. */
  z.object({ kind: z.literal('reaches'), name: words, percent, resetsAtMs: count }),
  /** At this pace it is spent at `atMs`, before it resets. */
  z.object({ kind: z.literal('runsOut'), name: words, atMs: count, resetsAtMs: z.optional(count) }),
  z.object({ kind: z.literal('lasts'), name: words }),
  z.object({ kind: z.literal('spent'), name: words, untilMs: z.optional(count) }),
  /** Nothing has been used lately, so there is no pace. */
  z.object({ kind: z.literal('idle'), name: words, percent, resetsAtMs: z.optional(count) }),
]);
export type Outlook = z.infer<typeof outlook>;

const usageAccounts = z.object({
  list: z.array(usageAccount).check(z.maxLength(50)),
  /** For the account in use, the shortest window first; empty while nothing can be said. */
  outlook: z.array(outlook).check(z.maxLength(8)),
  /** Whether the figures are being asked for right now. */
  refreshing: z.boolean(),
  /** Why they could not be read; one sentence with the next step. */
  problem: z.optional(words),
});
export type UsageAccounts = z.infer<typeof usageAccounts>;

const point = z.object({ atMs: count, percent });
export type PlotPoint = z.infer<typeof point>;

const plotSeries = z.object({
  kind: windowKind,
  /** "5-hour", "Weekly". */
  name: words,
  /** What was observed, oldest first. Before the first one nothing is known. */
  points: z.array(point).check(z.maxLength(2_000)),
  /** When the window was reset; the line falls to 0 there. */
  resetsAtMs: z.array(count).check(z.maxLength(200)),
  /** What this pace leads to, from now on; empty without a guess. */
  guess: z.array(point).check(z.maxLength(200)),
});
export type PlotSeries = z.infer<typeof plotSeries>;

export const span = z.enum(['day', 'week']);
export type PlotSpan = z.infer<typeof span>;

const usagePlot = z.object({
  accountId,
  span,
  fromMs: count,
  /** End of the guess, or now. */
  toMs: count,
  nowMs: count,
  series: z.array(plotSeries).check(z.maxLength(4)),
});
export type UsagePlot = z.infer<typeof usagePlot>;

export const ledgerScope = z.enum(['window', 'day', 'week', 'chat']);
export type LedgerScope = z.infer<typeof ledgerScope>;

/** Percentage points of the windows; absent where they are not known. */
const shares = { fiveHourPoints: z.optional(count), weeklyPoints: z.optional(count) };

const ledgerRow = z.object({
  id,
  atMs: count,
  /** Title of the chat. */
  chat: words,
  kind: z.enum(['turn', 'compaction', 'title']),
  model: z.optional(words),
  effort: z.optional(words),
  ...tokenCounts,
  ...shares,
  /** Labels of the windows whose figure after the turn is still to come. */
  pending: z.optional(z.array(words).check(z.maxLength(8))),
  /** Requests that it took, failed ones included. */
  attempts: count,
});
export type LedgerRow = z.infer<typeof ledgerRow>;

const usageLedger = z.object({
  accountId: z.optional(accountId),
  scope: ledgerScope,
  /** Newest first. */
  rows: z.array(ledgerRow).check(z.maxLength(5_000)),
  /** Used elsewhere, as far as the bars tell. */
  others: z.optional(z.object(shares)),
  /** Belongs to turns that run, or after which no figure was told yet. */
  pending: z.optional(z.object(shares)),
  /** Of all rows, `others` and `pending`, also of rows that were not sent. */
  sum: z.object({ ...tokenCounts, ...shares }),
});
export type UsageLedger = z.infer<typeof usageLedger>;

/** Members of the union that the view hears. */
export const usageToWebview = [
  /** Opens the Usage page, such as after a click on the status bar. */
  z.object({ type: z.literal('usage/open'), seq: count }),
  z.object({ type: z.literal('usage/accounts'), seq: count, accounts: usageAccounts }),
  z.object({ type: z.literal('usage/plot'), seq: count, plot: usagePlot }),
  z.object({ type: z.literal('usage/ledger'), seq: count, ledger: usageLedger }),
] as const;
