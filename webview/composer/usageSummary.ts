import type { TurnView } from '../../src/shared/protocol/turn.ts';
import * as l10n from '@vscode/l10n';
import { formatPercent, formatTokens, plural } from '../../src/shared/format.ts';
import { limitShortName } from '../../src/shared/limitNames.ts';

export type Receipt = NonNullable<TurnView['receipt']>;
export type Share = Receipt['shares'][number];
/** What the words are about. */
export type Took = Pick<TurnView, 'usage' | 'receipt'>;

/** A figure of the slip; `aside` is for those who do not see it. */
export interface SummaryFigure {
  readonly text: string;
  readonly aside?: string;
}

export const unknown = () => l10n.t('not known yet');

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

export const failedCount = (count: number) =>
  plural(l10n.t('{0, plural, one {# failed} other {# failed}}'), count);

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
export function merged(shares: readonly Share[]): Share[] {
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
export function inOrder<T extends { readonly label: string }>(list: readonly T[]): T[] {
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

export function percent({ points, certainty }: Share): string {
  return `${certainty === 'rough' ? '≈' : ''}${pointWords(points)}`;
}

/** Percentage points with one decimal; something is never shown as nothing. */
export function pointWords(points: number): string {
  if (points === 0) return formatPercent(0);
  return points < 0.05 ? `<${formatPercent(0.1, 1)}` : formatPercent(points, 1);
}
