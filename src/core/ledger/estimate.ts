import type { WindowShares } from './attribution/attribution.ts';
import { tokenWeight, type LedgerEntry } from './entry.ts';

/** What is known of a turn before it is sent. */
export interface TurnPlan {
  credentialId: string;
  model: string;
  effort: string;
  /** Tokens of context that it starts with. */
  contextTokens: number;
  /** About how many tokens come to the context with it: its text and its files. */
  promptTokens?: number;
}

/** Nine of ten turns lie between `low` and `high`, half of them below `middle`. */
export interface Range {
  low: number;
  middle: number;
  high: number;
}

export interface Estimate {
  plan: TurnPlan;
  /** Similar turns that it goes by. */
  turns: number;
  /** How wide the circle had to be drawn. */
  groupedBy: 'modelAndEffort' | 'model' | 'all';
  /** Percentage points by window label; only windows of which it is learnt what turns take. */
  points: Readonly<Record<string, Range>>;
  /** Input and output together. */
  tokens: Range;
}

/** With fewer turns than this an estimate would be a guess. */
const fewestTurns = 8;
/** So many count as enough to look no further. */
const enoughTurns = 15;
const mostTurns = 400;

/**
 * What such a turn will take, by the turns of the past that are like it. Tokens are counted
 * exactly and points are not, so the points follow from the tokens by the learnt rate.
 *
 * @returns undefined with too few turns
 */
export function estimateTurn(
  entries: readonly LedgerEntry[],
  windows: readonly WindowShares[],
  plan: TurnPlan,
): Estimate | undefined {
  const past = entries
    .filter((entry) => entry.kind === 'turn' && entry.outcome === 'done' && entry.tokens)
    .slice(-mostTurns);
  const group = chooseGroup(past, plan);
  if (!group) return undefined;
  const range = (take: (entry: LedgerEntry) => number) =>
    predict(group.similar.map(({ entry, weight }) => ({ value: take(entry), weight })));
  const extra = extraTokens(group.similar, plan);
  const cost = plus(
    range(({ tokens }) => (tokens ? tokenWeight(tokens) : 0)),
    extra,
  );
  const points = windows
    .filter(({ series }) => series.credentialId === plan.credentialId)
    .flatMap(({ series, rates }): [string, Range][] => {
      const rate = rates.rate(plan.model);
      const slack = rates.slack(plan.model);
      return rate === undefined ? [] : [[series.label, times(cost, rate / 1000, slack)]];
    });
  return {
    plan,
    turns: group.similar.length,
    groupedBy: group.basis,
    points: Object.fromEntries(points),
    tokens: plus(
      range(({ tokens }) => (tokens ? tokens.input + tokens.output : 0)),
      extra,
    ),
  };
}

/** By how much the question is larger than what such turns usually bring, uncached as it is. */
function extraTokens(similar: readonly Similar[], { promptTokens = 0 }: TurnPlan): number {
  const fresh = similar.map(({ entry: { tokens }, weight }) => ({
    value: tokens ? Math.max(0, tokens.input - tokens.cached) : 0,
    weight,
  }));
  return Math.max(0, promptTokens - predict(fresh).middle);
}

const plus = ({ low, middle, high }: Range, more: number): Range => ({
  low: low + more,
  middle: middle + more,
  high: high + more,
});

interface Similar {
  entry: LedgerEntry;
  weight: number;
}

/** The narrowest group with enough turns near this context size; wider ones count all the more. */
function chooseGroup(
  past: readonly LedgerEntry[],
  plan: TurnPlan,
): { basis: Estimate['groupedBy']; similar: Similar[] } | undefined {
  const groups: [Estimate['groupedBy'], (entry: LedgerEntry) => boolean][] = [
    ['modelAndEffort', ({ model, effort }) => model === plan.model && effort === plan.effort],
    ['model', ({ model }) => model === plan.model],
    ['all', () => true],
  ];
  for (const [basis, isIn] of groups) {
    const members = past.filter(isIn);
    const similar = members.map((entry) => ({ entry, weight: nearness(entry, plan) }));
    if (effective(similar) >= enoughTurns) return { basis, similar };
    // Few are near: those further away count as much.
    if (members.length >= enoughTurns || (basis === 'all' && members.length >= fewestTurns)) {
      return { basis, similar: members.map((entry) => ({ entry, weight: 1 })) };
    }
  }
  return undefined;
}

/** From 0 to 1: a context e times as large counts by a third. The floor keeps the tails. */
function nearness(entry: LedgerEntry, plan: TurnPlan): number {
  const distance = Math.log((plan.contextTokens + 2000) / ((entry.contextTokens ?? 0) + 2000));
  return Math.max(0.02, Math.exp(-0.5 * (distance / 0.7) ** 2));
}

/** As how many equal ones the weighted turns count. */
function effective(similar: readonly Similar[]): number {
  const sum = similar.reduce((total, { weight }) => total + weight, 0);
  const squares = similar.reduce((total, { weight }) => total + weight ** 2, 0);
  return squares > 0 ? sum ** 2 / squares : 0;
}

interface Weighted {
  value: number;
  weight: number;
}

/**
 * Quantiles for the next value. The unseen one counts as one more beyond each end, so few values
 * make a wide range; the ends are then stretched by what the spread lets expect.
 */
function predict(values: readonly Weighted[]): Range {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const squares = sorted.reduce((sum, { weight }) => sum + weight ** 2, 0);
  const count = total ** 2 / squares;
  const tail = Math.max(0.05 - 0.5 / count, 0);
  const stretch = 1 + 2 / count;
  return {
    low: quantile(sorted, total * tail) / stretch,
    middle: quantile(sorted, total * 0.5),
    high: quantile(sorted, total * (1 - tail)) * stretch,
  };
}

function quantile(sorted: readonly Weighted[], upTo: number): number {
  let sum = 0;
  for (const { value, weight } of sorted) {
    sum += weight;
    if (sum >= upTo) return value;
  }
  return sorted.at(-1)?.value ?? 0;
}

const times = ({ low, middle, high }: Range, by: number, slack: number): Range => ({
  low: low * by * (1 - slack),
  middle: middle * by,
  high: high * by * (1 + slack),
});
