import * as l10n from '@vscode/l10n';
import { formatNumber, formatPercent, formatTokens } from '../../src/shared/format.ts';
import { limitName, limitShortName } from '../../src/shared/limitNames.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import { h } from '../base/dom.ts';
import {
  failedCount,
  inOrder,
  merged,
  percent,
  pointWords,
  unknown,
  type Receipt,
  type Share,
  type Took,
} from '../composer/usageSummary.ts';

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

/** The rows of the bill as elements. */
export const billRows = (took: Took): HTMLElement[] => detailRows(took).map(billRow);

function billRow({ name, value, end, isPart, goesOn, note }: DetailRow): HTMLElement {
  const nameText = goesOn === true ? h('span', { class: 'sr' }, name) : name;
  return h(
    'div',
    {},
    h('dt', { class: isPart === true ? 'dim bill-part' : undefined }, nameText),
    h('dd', {}, value),
    h('dd', { class: 'dim' }, end),
    note === undefined ? undefined : h('dd', { class: 'dim bill-note' }, note),
  );
}
