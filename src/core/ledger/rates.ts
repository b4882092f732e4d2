import type { Booking } from './attribute.ts';
import type { Cycle } from './cycles.ts';
import type { Timeline } from './timeline.ts';

/** How much of a window a weighted token takes, thousandths of a percentage point. */
export interface Rates {
  /** Undefined while too little was seen. */
  rate(model: string): number | undefined;
  /** See `Booking`; undefined while too little was seen. */
  inputFirst: boolean | undefined;
}

type Weights = ReadonlyMap<string, number>;

/** What happened between two clear readings of one run. */
export interface Rise {
  mills: number;
  ms: number;
  /** Weighted tokens of ours between the two, by model; none while nothing ran. */
  weights: Weights;
  /** The same if the input is booked first. */
  inputFirst: Weights;
  coarse: boolean;
}

export function risesOf({ points, coarse }: Cycle, timeline: Timeline): Rise[] {
  const clear = points.filter(({ below }) => below === undefined);
  const weightsOf = (fromMs: number, toMs: number, inputFirst: boolean) => {
    const weights = new Map<string, number>();
    for (const { turn, weight } of timeline.wants(fromMs, toMs, inputFirst)) {
      weights.set(turn.model, (weights.get(turn.model) ?? 0) + weight);
    }
    return weights;
  };
  return clear.slice(1).map((point, at) => {
    const { atMs: fromMs, mills: before } = clear[at] ?? point;
    return {
      mills: point.mills - before,
      ms: point.atMs - fromMs,
      weights: weightsOf(fromMs, point.atMs, false),
      inputFirst: weightsOf(fromMs, point.atMs, true),
      coarse,
    };
  });
}

/** With less to go by, rounding matters more than what turns take. */
const fewestMills = 3000;
const fewestRises = 8;
const mostRises = 1200;

/**
 * Learns from what happened between the readings of one window, the oldest first: all that rose
 * over all that was sent. Rises far beyond what that explains are left out as those of other
 * devices, again and again until none is left. Whether headers tell the figures with the question
 * booked is not documented; it is learnt too, from which of the two explains the rises better.
 */
export function learnRates(rises: readonly Rise[]): Rates {
  const recent = rises.slice(-mostRises);
  const late = learn(recent.map(({ weights, ...rise }) => ({ ...rise, weights })));
  const early = learn(recent.map(({ inputFirst, ...rise }) => ({ ...rise, weights: inputFirst })));
  const inputFirst =
    early.error < 0.8 * late.error ? true : late.error < 0.8 * early.error ? false : undefined;
  return { rate: inputFirst === true ? early.rate : late.rate, inputFirst };
}

type Weighed = Omit<Rise, 'inputFirst'>;

function learn(rises: readonly Weighed[]) {
  const ours = rises.filter(({ weights }) => weights.size > 0);
  const idle = rises.filter(({ weights }) => weights.size === 0);
  const idleMs = sum(idle, ({ ms }) => ms);
  const othersPerMs = sum(idle, ({ mills }) => mills) / Math.max(1, idleMs);
  const common = ratio(ours, othersPerMs);
  const own = new Map<string, number | undefined>();
  for (const model of new Set(ours.flatMap(({ weights }) => [...weights.keys()]))) {
    const pure = ours.filter(({ weights }) => weights.size === 1 && weights.has(model));
    own.set(model, ratio(pure, othersPerMs));
  }
  const rate = (model: string) => own.get(model) ?? common;
  return { rate, error: errorOf(rises, rate) };
}

/** How far the rises are from what the rates let expect; what others took does not count fully. */
function errorOf(rises: readonly Weighed[], rate: Rates['rate']): number {
  return sum(
    rises.filter(({ coarse }) => !coarse),
    ({ mills, weights }) => {
      const expected = sum([...weights], ([model, weight]) => weight * (rate(model) ?? 0));
      return Math.min(Math.abs(mills - expected), 2000);
    },
  );
}

function ratio(rises: readonly Weighed[], othersPerMs: number): number | undefined {
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
export function bookingBy(rates: Rates): Booking {
  return {
    inputFirst: rates.inputFirst ?? false,
    explains(turn, coarse) {
      const rate = rates.rate(turn.model);
      return rate === undefined ? undefined : margin * rate * turn.weight + (coarse ? 1000 : 100);
    },
  };
}
