import type { TurnView } from '../../src/shared/protocol/turn.ts';
import * as l10n from '@vscode/l10n';
import { formatNumber, formatPercent, formatTokens, plural } from '../../src/shared/format.ts';
import { limitName, limitShortName } from '../../src/shared/limitNames.ts';

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

const unknown = () => l10n.t('not known yet');

/** The figures of the slip, the most wanted first: "0.6% of 5h", "12.4k in". Empty without any. */
export function summaryFigures({ usage, receipt }: Took): SummaryFigure[] {
  const shares = mainShares(merged(receipt?.shares ?? []));
  return [
    ...shares.map(slipShare),
    ...slipRequests(receipt, shares.length === 0 && !usage, !usage),
    ...(usage
      ? [
          { text: l10n.t('{0} in', formatTokens(usage.input)) },
          { text: l10n.t('{0} out', formatTokens(usage.output)) },
        ]
      : []),
    ...(usage && usage.cached > 0
      ? [{ text: l10n.t('{0} cached', formatTokens(usage.cached)) }]
      : []),
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
  if (usage === undefined)
    return [{ name: l10n.t('Tokens'), value: '–', end: l10n.t('not counted') }];
  const { input, cached, output, reasoning } = usage;
  return [
    { name: l10n.t('Input'), value: formatTokens(input), end: '' },
    {
      name: l10n.t('of it cached'),
      value: formatTokens(cached),
      end: part(cached, input),
      isPart: true,
    },
    { name: l10n.t('Output'), value: formatTokens(output), end: '' },
    {
      name: l10n.t('of it reasoning'),
      value: formatTokens(reasoning),
      end: part(reasoning, output),
      isPart: true,
    },
  ];
}

function part(some: number, all: number): string {
  return all > 0 ? formatPercent((some / all) * 100) : '';
}

function requestRows({ requests, failed }: Receipt): DetailRow[] {
  if (requests === 0 && failed.length === 0) return [];
  const row = { name: l10n.t('Requests'), value: formatNumber(Math.max(requests, failed.length)) };
  if (failed.length === 0) return [{ ...row, end: '' }];
  return [
    {
      ...row,
      end: failedCount(failed.length),
      note: l10n.t('Failed: {0}', failureNames(failed)),
    },
  ];
}

/** "2 failed" beside other figures, "3 requests, 2 failed" alone. */
function slipRequests(
  receipt: Receipt | undefined,
  isAlone: boolean,
  isWanted: boolean,
): SummaryFigure[] {
  const failed = receipt?.failed.length ?? 0;
  const sent = Math.max(receipt?.requests ?? 0, failed);
  const requests = plural(l10n.t('{0, plural, one {# request} other {# requests}}'), sent);
  if (failed > 0 && isAlone) return [{ text: l10n.t('{0}, {1}', requests, failedCount(failed)) }];
  if (failed > 0) return [{ text: failedCount(failed), aside: ` ${l10n.t('of {0}', requests)}` }];
  return sent > 0 && isWanted ? [{ text: requests }] : [];
}

const failedCount = (count: number) =>
  plural(l10n.t('{0, plural, one {# failed} other {# failed}}'), count);

/** Names for the kinds of failures. */
const failures = new Map(
  Object.entries({
    signIn: () => l10n.t('not signed in'),
    unauthorized: () => l10n.t('sign-in rejected'),
    forbidden: () => l10n.t('not allowed'),
    blocked: () => l10n.t('blocked on the network'),
    usageLimit: () => l10n.t('limit reached'),
    usageNotIncluded: () => l10n.t('not in the plan'),
    billing: () => l10n.t('no credits left'),
    rateLimited: () => l10n.t('too many requests'),
    overloaded: () => l10n.t('overloaded'),
    server: () => l10n.t('server error'),
    contextOverflow: () => l10n.t('chat too long'),
    invalidPrompt: () => l10n.t('prompt rejected'),
    policy: () => l10n.t('usage policy'),
    model: () => l10n.t('model not available'),
    wrongShape: () => l10n.t('request format rejected'),
    staleReasoning: () => l10n.t('earlier reasoning rejected'),
    tooLarge: () => l10n.t('too large'),
    notFound: () => l10n.t('not found'),
    badRequest: () => l10n.t('request rejected'),
    network: () => l10n.t('no connection'),
    cut: () => l10n.t('connection lost'),
    stalled: () => l10n.t('stopped responding'),
    malformed: () => l10n.t('unreadable response'),
    resting: () => l10n.t('paused after errors'),
    garbled: () => l10n.t('garbled tool call'),
    empty: () => l10n.t('empty response'),
  }),
);

/** "dropped, overloaded (2)": each kind once, in the order in which it came first. */
export function failureNames(kinds: readonly string[]): string {
  const times = new Map<string, number>();
  for (const kind of kinds) {
    const name = failures.get(kind)?.() ?? l10n.t('another reason');
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times]
    .map(([name, count]) => (count === 1 ? name : l10n.t('{0} ({1})', name, formatNumber(count))))
    .join(', ');
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
  const window = limitShortName(share.label);
  if (share.certainty === 'pending') {
    return { text: l10n.t('{0} of {1}', '…', window), aside: ` ${unknown()}` };
  }
  const points = percent(share);
  return {
    text:
      share.was === undefined
        ? l10n.t('{0} of {1}', points, window)
        : l10n.t('{0} of {1} (was {2})', points, window, pointWords(share.was)),
  };
}

const ends = {
  measured: () => '',
  shared: () => l10n.t('split'),
  rough: () => l10n.t('estimate'),
  pending: unknown,
} as const;
const splitNote = () => l10n.t('Split by tokens between messages that ran at the same time.');

/** What `split` means is said once, below the last row that it is true of. */
function shareRows(shares: readonly Share[]): DetailRow[] {
  const lastSplit = shares.findLastIndex(({ certainty }) => certainty === 'shared');
  return shares.map((share, at) => ({
    name: limitName(share.label),
    value: share.certainty === 'pending' ? '…' : percent(share),
    end: ends[share.certainty](),
    ...noteOf(share, at === lastSplit),
  }));
}

/** A figure that is another one than before says so, and why. */
function noteOf({ was }: Share, isLastSplit: boolean): Pick<DetailRow, 'note'> {
  const notes = [
    ...(was === undefined
      ? []
      : [l10n.t('First estimated at {0}; updated with later readings.', pointWords(was))]),
    ...(isLastSplit ? [splitNote()] : []),
  ];
  return notes.length > 0 ? { note: notes.join(' ') } : {};
}

/** What other devices used meanwhile, window by window, never as a part of the turn. */
function otherRows(receipt: Receipt | undefined): DetailRow[] {
  const used = (receipt?.others ?? []).map((one) => ({ ...one, certainty: 'measured' as const }));
  const others = inOrder(merged(used)).filter(({ points }) => points > 0);
  return others.map(({ label, points }, at) => ({
    name: l10n.t('Other devices'),
    value: pointWords(points),
    end: l10n.t('of {0}', limitShortName(label)),
    ...(at > 0 && { goesOn: true }),
  }));
}

function percent({ points, certainty }: Share): string {
  return `${certainty === 'rough' ? '≈' : ''}${pointWords(points)}`;
}

/** Percentage points with one decimal; something is never shown as nothing. */
function pointWords(points: number): string {
  if (points === 0) return formatPercent(0);
  return points < 0.05 ? `<${formatPercent(0.1, 1)}` : formatPercent(points, 1);
}
