import type { TurnView } from '../../src/shared/protocol/turn.ts';
import { counted, tokens } from '../base/words.ts';

type Receipt = NonNullable<TurnView['receipt']>;
type Share = Receipt['shares'][number];
/** What the words are about. */
export type Took = Pick<TurnView, 'usage' | 'receipt'>;

/** A figure of the slip; `aside` is for those who do not see it. */
export interface SummaryFigure {
  readonly text: string;
  readonly aside?: string;
}

/** A row of the bill. A part of the row above, such as the cached input, is marked by `isPart`. */
export interface DetailRow {
  readonly name: string;
  readonly value: string;
  readonly end: string;
  readonly isPart?: boolean;
  /** The row above has the same name. */
  readonly goesOn?: boolean;
  /** A sentence about the row, on a line of its own. */
  readonly note?: string;
}

const unknown = 'not known yet';

/** The figures of the slip, the most wanted first: "0.6% of 5h", "12.4k in". Empty without any. */
export function summaryFigures({ usage, receipt }: Took): SummaryFigure[] {
  const shares = mainShares(merged(receipt?.shares ?? []));
  return [
    ...shares.map(slipShare),
    ...slipRequests(receipt, shares.length === 0 && !usage, !usage),
    ...(usage
      ? [{ text: `${tokens(usage.input)} in` }, { text: `${tokens(usage.output)} out` }]
      : []),
    ...(usage && usage.cached > 0 ? [{ text: `${tokens(usage.cached)} cached` }] : []),
  ];
}

/** Every row of the bill, in order. */
export function detailRows({ usage, receipt }: Took): DetailRow[] {
  return [
    ...tokenRows(usage),
    ...(receipt ? requestRows(receipt) : []),
    ...shareRows(inOrder(merged(receipt?.shares ?? []))),
    ...otherRows(receipt),
  ];
}

function tokenRows(usage: TurnView['usage']): DetailRow[] {
  if (usage === undefined) return [{ name: 'Tokens', value: '–', end: 'not counted' }];
  const { input, cached, output, reasoning } = usage;
  return [
    { name: 'Input', value: tokens(input), end: '' },
    { name: 'of it cached', value: tokens(cached), end: part(cached, input), isPart: true },
    { name: 'Output', value: tokens(output), end: '' },
    {
      name: 'of it reasoning',
      value: tokens(reasoning),
      end: part(reasoning, output),
      isPart: true,
    },
  ];
}

function part(some: number, all: number): string {
  return all > 0 ? `${Math.round((some / all) * 100)}%` : '';
}

function requestRows({ requests, failed }: Receipt): DetailRow[] {
  if (requests === 0 && failed.length === 0) return [];
  const row = { name: 'Requests', value: String(Math.max(requests, failed.length)) };
  if (failed.length === 0) return [{ ...row, end: '' }];
  return [{ ...row, end: `${failed.length} failed`, note: `Failed: ${failureNames(failed)}` }];
}

/** "2 failed" beside other figures, "3 requests, 2 failed" alone. */
function slipRequests(
  receipt: Receipt | undefined,
  isAlone: boolean,
  isWanted: boolean,
): SummaryFigure[] {
  const failed = receipt?.failed.length ?? 0;
  const sent = Math.max(receipt?.requests ?? 0, failed);
  const requests = counted(sent, 'request');
  if (failed > 0 && isAlone) return [{ text: `${requests}, ${failed} failed` }];
  if (failed > 0) return [{ text: `${failed} failed`, aside: ` of ${requests}` }];
  return sent > 0 && isWanted ? [{ text: requests }] : [];
}

/** Names for the kinds of failures. */
const failures = new Map(
  Object.entries({
    signIn: 'not signed in',
    unauthorized: 'sign-in not accepted',
    forbidden: 'not allowed',
    blocked: 'blocked on the way',
    usageLimit: 'limit reached',
    usageNotIncluded: 'not in the plan',
    billing: 'no credit left',
    rateLimited: 'too many requests',
    overloaded: 'overloaded',
    server: 'fault at the service',
    contextOverflow: 'chat too long',
    invalidPrompt: 'question not taken',
    policy: 'usage policy',
    model: 'model not available',
    wrongShape: 'form not taken',
    staleReasoning: 'old thoughts not taken',
    tooLarge: 'too large',
    notFound: 'not found',
    badRequest: 'request not taken',
    network: 'no connection',
    cut: 'dropped',
    stalled: 'fell silent',
    malformed: 'unreadable answer',
    resting: 'left alone for a while',
    garbled: 'garbled tool call',
    empty: 'empty answer',
  }),
);

/** "dropped, overloaded (2)": each kind once, in the order in which it came first. */
export function failureNames(kinds: readonly string[]): string {
  const times = new Map<string, number>();
  for (const kind of kinds) {
    const name = failures.get(kind) ?? 'another reason';
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times].map(([name, count]) => (count === 1 ? name : `${name} (${count})`)).join(', ');
}

const order = [
  'measured',
  'shared',
  'rough',
  'pending',
] as const satisfies readonly Share['certainty'][];

/**
 * One share for each label: a turn over a reset, or on two accounts, has several. A sum is as sure
 * as the least sure of its parts.
 */
function merged(shares: readonly Share[]): Share[] {
  const byLabel = new Map<string, Share>();
  for (const share of shares) {
    const other = byLabel.get(share.label);
    const rank = Math.max(
      order.indexOf(share.certainty),
      order.indexOf(other?.certainty ?? 'measured'),
    );
    byLabel.set(share.label, {
      label: share.label,
      points: (other?.points ?? 0) + share.points,
      certainty: order[rank] ?? share.certainty,
      ...(share.was !== undefined && { was: (other?.points ?? 0) + share.was }),
    });
  }
  return [...byLabel.values()];
}

const mainLabels = ['5h', 'wk'];
const isMain = ({ label }: { readonly label: string }) => mainLabels.includes(label);

/** The main windows first, the shortest before the others. */
function inOrder<T extends { readonly label: string }>(list: readonly T[]): T[] {
  const main = list.filter(isMain);
  return [...main.toSorted((a, b) => rank(a) - rank(b)), ...list.filter((one) => !isMain(one))];
}

const rank = ({ label }: { readonly label: string }) => mainLabels.indexOf(label);

/** Those of the main windows; where there is none, the first that there is. */
function mainShares(shares: readonly Share[]): Share[] {
  const main = inOrder(shares.filter(isMain));
  return main.length > 0 ? main : shares.slice(0, 1);
}

function slipShare(share: Share): SummaryFigure {
  const window = windowShort(share.label);
  if (share.certainty === 'pending') return { text: `… of ${window}`, aside: ` ${unknown}` };
  const was = share.was === undefined ? '' : ` (was ${pointWords(share.was)})`;
  return { text: `${percent(share)} of ${window}${was}` };
}

const ends = { measured: '', shared: 'split', rough: 'estimate', pending: unknown } as const;
const splitNote = 'Split by tokens between messages that ran at the same time.';

/** What `split` means is said once, below the last row that it is true of. */
function shareRows(shares: readonly Share[]): DetailRow[] {
  const lastSplit = shares.findLastIndex(({ certainty }) => certainty === 'shared');
  return shares.map((share, at) => ({
    name: windowName(share.label),
    value: share.certainty === 'pending' ? '…' : percent(share),
    end: ends[share.certainty],
    ...noteOf(share, at === lastSplit),
  }));
}

/** A figure that is another one than before says so, and why. */
function noteOf({ was }: Share, isLastSplit: boolean): Pick<DetailRow, 'note'> {
  const notes = [
    ...(was === undefined
      ? []
      : [`First estimated at ${pointWords(was)}; updated with later readings.`]),
    ...(isLastSplit ? [splitNote] : []),
  ];
  return notes.length > 0 ? { note: notes.join(' ') } : {};
}

/** What other devices used meanwhile, window by window, never as a part of the turn. */
function otherRows(receipt: Receipt | undefined): DetailRow[] {
  const used = (receipt?.others ?? []).map((one) => ({ ...one, certainty: 'measured' as const }));
  const others = inOrder(merged(used)).filter(({ points }) => points > 0);
  return others.map(({ label, points }, at) => ({
    name: 'Other devices',
    value: pointWords(points),
    end: `of ${windowShort(label)}`,
    ...(at > 0 && { goesOn: true }),
  }));
}

function percent({ points, certainty }: Share): string {
  return `${certainty === 'rough' ? '≈' : ''}${pointWords(points)}`;
}

/** Percentage points with one decimal; something is never shown as nothing. */
function pointWords(points: number): string {
  if (points === 0) return '0%';
  return points < 0.05 ? '<0.1%' : `${points.toFixed(1)}%`;
}

/** `5h`, `week`; other labels as the status bar has them. */
function windowShort(label: string): string {
  return label.replace(/\bwk$/, 'week');
}

const windowNames = new Map([
  ['5h', '5-hour limit'],
  ['24h', 'Daily limit'],
  ['wk', 'Weekly limit'],
  ['mo', 'Monthly limit'],
  ['yr', 'Annual limit'],
]);

/** `5-hour limit`; the family of a limit beside the main ones stands in front. */
function windowName(label: string): string {
  const at = label.lastIndexOf(' ') + 1;
  const name = windowNames.get(label.slice(at)) ?? `${label.slice(at)} window`;
  return label.slice(0, at) + (at > 0 ? name.charAt(0).toLowerCase() + name.slice(1) : name);
}
