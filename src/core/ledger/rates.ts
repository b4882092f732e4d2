import type { Explains, Rise } from './attribute.ts';

/** How much of a window a weighted token takes, thousandths of a percentage point. */
export interface Rates {
  /** Undefined while too little was seen. */
  rate(model: string): number | undefined;
}

/** With less to go by, rounding matters more than what turns take. */
const fewestMills = 3000;
const fewestRises = 8;
const mostRises = 1200;

/**
 * Learns from what happened between the readings of one window, the oldest first: all that rose
 * over all that was sent. Rises far beyond what that explains are left out as those of other
 * devices, again and again until none is left.
 */
export function learnRates(rises: readonly Rise[]): Rates {
  const recent = rises.slice(-mostRises);
  const models = new Set(recent.flatMap(({ weights }) => [...weights.keys()]));
  const ours = recent.filter(({ weights }) => weights.size > 0);
  const idle = recent.filter(({ weights }) => weights.size === 0);
  const othersPerMs =
    sum(idle, ({ mills }) => mills) /
    Math.max(
      1,
      sum(idle, ({ ms }) => ms),
    );
  const own = new Map<string, number | undefined>();
  for (const model of models) {
    const pure = ours.filter(({ weights }) => weights.size === 1 && weights.has(model));
    own.set(model, ratio(pure, othersPerMs));
  }
  const common = ratio(ours, othersPerMs);
  return { rate: (model) => own.get(model) ?? common };
}

function ratio(rises: readonly Rise[], othersPerMs: number): number | undefined {
  let kept = rises.map(({ mills, ms, weights, coarse }) => ({
    mills,
    // As much as while nothing of ours ran. Whole percents hide most of that already.
    others: coarse ? 0 : ms * othersPerMs,
    weight: sum([...weights.values()], (weight) => weight),
    step: coarse ? 1000 : 100,
  }));
  for (;;) {
    const mills = sum(kept, (one) => one.mills);
    const others = sum(kept, (one) => one.others);
    if (mills < fewestMills || kept.length < fewestRises) return undefined;
    const rate = Math.max(mills - others, mills / 2) / sum(kept, ({ weight }) => weight);
    const usual = kept.filter((one) => one.mills <= 3 * rate * one.weight + one.step);
    if (usual.length === kept.length) return rate;
    kept = usual;
  }
}

function sum<T>(all: readonly T[], take: (one: T) => number): number {
  return all.reduce((total, one) => total + take(one), 0);
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
