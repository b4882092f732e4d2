import type { Explains, Rise } from './attribute.ts';

/** How much of a window a weighted token takes, thousandths of a percentage point. */
export interface Rates {
  /** Undefined while too little was seen. */
  rate(model: string): number | undefined;
}

/** Rises are put together until rounding matters little. */
const groupMills = 3000;
const fewestGroups = 3;
const mostGroups = 30;

/**
 * Learns from the rises of one window, the oldest first. The median over groups is not moved by
 * the now and then of other devices.
 */
export function learnRates(rises: readonly Rise[]): Rates {
  const all = ratios(rises);
  const models = new Set(rises.flatMap(({ weights }) => [...weights.keys()]));
  const own = new Map<string, number | undefined>();
  for (const model of models) {
    const pure = rises.filter(({ weights }) => weights.size === 1 && weights.has(model));
    own.set(model, median(ratios(pure)));
  }
  const common = median(all);
  return { rate: (model) => own.get(model) ?? common };
}

function ratios(rises: readonly Rise[]): number[] {
  const found: number[] = [];
  let mills = 0;
  let weight = 0;
  for (const rise of rises) {
    mills += rise.mills;
    for (const part of rise.weights.values()) weight += part;
    if (mills < groupMills || weight <= 0) continue;
    found.push(mills / weight);
    [mills, weight] = [0, 0];
  }
  return found.slice(-mostGroups);
}

function median(values: readonly number[]): number | undefined {
  if (values.length < fewestGroups) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** Prices differ between kinds of tokens by less than this from our weights. */
const margin = 2;

/** The most that a turn can explain: twice the usual, and what rounding may add. */
export function explainsBy(rates: Rates): Explains {
  return (turn, coarse) => {
    const rate = rates.rate(turn.model);
    return rate === undefined ? undefined : margin * rate * turn.weight + (coarse ? 1000 : 100);
  };
}
