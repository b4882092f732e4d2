import * as z from 'zod/mini';

/**
 * What the host and the chat view say to each other about usage: the Usage page, the question
 * before a costly turn, held messages, and the ways on from a spent limit. The page asks for its
 * figures with `usage/show` and hears each kind of them by itself, until `usage/hide`.
 */

/** An account's id holds what the issuer calls the account and its owner, at worst by address. */
const id = z.string().check(z.minLength(1), z.maxLength(500));
const count = z.number().check(z.nonnegative());
/** 0 to 100. */
const percent = z.number().check(z.minimum(0), z.maximum(100));
const words = z.string().check(z.maxLength(2_000));

const windowKind = z.enum(['fiveHour', 'weekly', 'other']);

const usageWindow = z.object({
  kind: windowKind,
  /** As it stands before its bar: "5-hour", "Weekly". */
  name: words,
  usedPercent: percent,
  resetsAtMs: z.optional(count),
});
export type UsageWindow = z.infer<typeof usageWindow>;

/** What the account is to the pool; said at the right end of its row. */
const role = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inUse') }),
  z.object({ kind: z.literal('next') }),
  /** May be used, after the one that is next. */
  z.object({ kind: z.literal('ready') }),
  /** Its limit is spent or the backend has asked it to wait. */
  z.object({ kind: z.literal('resting'), untilMs: z.optional(count) }),
  /** The ceiling that the user has set is reached. */
  z.object({ kind: z.literal('ceiling'), percent }),
  z.object({ kind: z.literal('signedOut') }),
  z.object({ kind: z.literal('off') }),
]);
export type AccountRole = z.infer<typeof role>;

/** Everything that can be done with one account. The host does the asking where there is some. */
const accountAction = z.enum([
  'use',
  'rename',
  'moveUp',
  'moveDown',
  'setCeiling',
  'turnOff',
  'turnOn',
  'useInWorkspace',
  'useAnywhere',
  'signIn',
  'signOut',
  'remove',
  'redeem',
]);
export type AccountAction = z.infer<typeof accountAction>;

const usageAccount = z.object({
  id,
  label: words,
  /** As people write it: "Plus". */
  plan: z.optional(words),
  role,
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

/** One sentence about the time to come. `name` as in "The 5-hour limit", "The weekly limit". */
const outlook = z.discriminatedUnion('kind', [
  /** At this pace it stands at `percent` when it resets. */
  z.object({ kind: z.literal('reaches'), name: words, percent, resetsAtMs: count }),
  /** At this pace it is spent at `atMs`, before it resets. */
  z.object({ kind: z.literal('runsOut'), name: words, atMs: count, resetsAtMs: z.optional(count) }),
  z.object({ kind: z.literal('lasts'), name: words }),
  z.object({ kind: z.literal('spent'), name: words, untilMs: z.optional(count) }),
  /** Nothing has been used lately, so there is no pace. */
  z.object({ kind: z.literal('rests'), name: words, percent, resetsAtMs: z.optional(count) }),
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

const span = z.enum(['day', 'week']);
export type PlotSpan = z.infer<typeof span>;

const usagePlot = z.object({
  accountId: id,
  span,
  fromMs: count,
  /** End of the guess, or now. */
  toMs: count,
  nowMs: count,
  series: z.array(plotSeries).check(z.maxLength(4)),
});
export type UsagePlot = z.infer<typeof usagePlot>;

const ledgerScope = z.enum(['window', 'day', 'week', 'chat']);
export type LedgerScope = z.infer<typeof ledgerScope>;

const tokenCounts = { input: count, cached: count, output: count, reasoning: count };
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
  accountId: z.optional(id),
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

/**
 * What a turn cost beside its tokens, as far as it is known by now. It may come to be known better
 * after the turn's end; then the turn is told anew.
 */
export const receipt = z.object({
  /** Requests that were sent, failed ones included. */
  requests: count,
  /** Kinds of those that failed, in their order; a failure's `kind`. */
  failed: z.array(z.string()),
  /** Percentage points of the windows; `label` as in the status bar: `5h`, `wk`. */
  shares: z.array(
    z.object({
      label: words,
      points: count,
      /** `shared`: split between turns that ran at once. `pending`: not known yet. */
      certainty: z.enum(['measured', 'shared', 'rough', 'pending']),
      /** What was told first, where it is another figure now. */
      was: z.optional(count),
    }),
  ),
  /** What other devices used of the windows while the turn ran; no part of `shares`. */
  others: z.optional(z.array(z.object({ label: words, points: count }))),
});
export type ReceiptView = z.infer<typeof receipt>;

/** What may be done about a turn that a limit stands in the way of. */
const wayOn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('send') }),
  z.object({ kind: z.literal('lowerEffort'), effort: z.string().check(z.maxLength(40)) }),
  z.object({ kind: z.literal('useAccount'), accountId: id, label: words }),
  z.object({ kind: z.literal('wait'), untilMs: count }),
  z.object({ kind: z.literal('cancel') }),
]);
export type WayOn = z.infer<typeof wayOn>;
/** For `failure.waysOn`, beside the actions of a failure. */
export const waysOn = z.optional(z.array(wayOn).check(z.maxLength(8)));

/** The question before sending: about how much the turn takes and what is left, in points. */
const costWarning = z.object({
  id,
  /** As in "the 5-hour limit". */
  windowName: words,
  fromPoints: count,
  toPoints: count,
  leftPoints: count,
  resetsAtMs: z.optional(count),
  /** The first one is the main button. */
  ways: z.array(wayOn).check(z.minLength(1), z.maxLength(8)),
});
export type CostWarning = z.infer<typeof costWarning>;

const heldMessage = z.object({
  id,
  /** Its beginning, on one line. */
  text: words,
  untilMs: count,
  /** The account that it waits for, where there are several. */
  account: z.optional(words),
});
export type HeldMessage = z.infer<typeof heldMessage>;

/** Members of the union that the view hears. */
export const usageToWebview = [
  /** Opens the Usage page, such as after a click on the status bar. */
  z.object({ type: z.literal('usage/open'), seq: count }),
  z.object({ type: z.literal('usage/accounts'), seq: count, accounts: usageAccounts }),
  z.object({ type: z.literal('usage/plot'), seq: count, plot: usagePlot }),
  z.object({ type: z.literal('usage/ledger'), seq: count, ledger: usageLedger }),
  /** Absent when there is nothing to ask. A snapshot takes it back: tell it anew after one. */
  z.object({ type: z.literal('warning'), seq: count, warning: z.optional(costWarning) }),
  /** All held messages. A snapshot takes them back: tell them anew after one. */
  z.object({ type: z.literal('held'), seq: count, held: z.array(heldMessage) }),
] as const;

/** Members of the union that the host hears. */
export const usageFromWebview = [
  /**
   * The page is open, or shows something else now: the host answers with all three kinds of
   * figures and tells of every change, until `usage/hide`. Without `accountId` it is about the
   * account in use.
   */
  z.object({
    type: z.literal('usage/show'),
    accountId: z.optional(id),
    span,
    scope: ledgerScope,
  }),
  z.object({ type: z.literal('usage/hide') }),
  z.object({ type: z.literal('usage/refresh') }),
  /** Writes the rows of this scope; without one all that was ever kept, of every account. */
  z.object({
    type: z.literal('usage/export'),
    accountId: z.optional(id),
    scope: z.optional(ledgerScope),
  }),
  z.object({ type: z.literal('usage/addAccount') }),
  z.object({ type: z.literal('usage/settings') }),
  z.object({ type: z.literal('usage/act'), accountId: id, action: accountAction }),
  /** The answer to the question before sending; `cancel` puts the text back as a draft. */
  z.object({ type: z.literal('warning/answer'), id, way: wayOn }),
  z.object({ type: z.literal('held/send'), id }),
  z.object({ type: z.literal('held/cancel'), id }),
  /** A button under a limit failure. */
  z.object({ type: z.literal('failure/wayOn'), turnId: id, way: wayOn }),
] as const;

const usageRequest = z.discriminatedUnion('type', usageFromWebview);
export type UsageRequest = z.infer<typeof usageRequest>;

/** Tells the requests of the Usage page and its kin from the others of the view. */
export function isUsageRequest(message: { readonly type: string }): message is UsageRequest {
  return usageRequest.safeParse(message).success;
}
