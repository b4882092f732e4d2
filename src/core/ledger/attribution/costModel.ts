import type { Booking } from './attribute.ts';
import type { WindowPeriod } from '../windowPeriods.ts';
import type { Timeline } from './timeline.ts';

/** How much of a window a weighted token takes, thousandths of a percentage point. */
export interface CostModel {
  /** Undefined while too little was seen. */
  rate(model: string): number | undefined;
  /** How far the rate may be off, as a share of it: what others took is known from idle times only. */
  slack(model: string): number;
  /** See `Booking`; undefined while too little was seen. */
  inputFirst: boolean | undefined;
}

/** Weighted tokens of ours between two readings. */
interface Weights {
  /** 0 while nothing of ours ran. */
  total: number;
  /** By model. */
  parts: readonly (readonly [string, number])[];
}

/** What happened between two clear readings of one run. */
export interface Rise {
  mills: number;
  ms: number;
  coarse: boolean;
  /** If all is booked as the turn goes on. */
  even: Weights;
  /** If the input is booked first. */
  inputFirst: Weights;
}

export function risesOf({ points, coarse }: WindowPeriod, timeline: Timeline): Rise[] {
  const clear = points.filter(({ below }) => below === undefined);
  const weightsOf = (fromMs: number, toMs: number, inputFirst: boolean): Weights => {
    const wants = timeline.wants(fromMs, toMs, inputFirst);
    if (wants.length === 0) return nothing;
    const parts = new Map<string, number>();
    for (const { turn, weight } of wants) {
      parts.set(turn.model, (parts.get(turn.model) ?? 0) + weight);
    }
    return { total: sum(wants, ({ weight }) => weight), parts: [...parts] };
  };
  return clear.slice(1).map((point, at) => {
    const { atMs: fromMs, mills: before } = clear[at] ?? point;
    return {
      mills: point.mills - before,
      ms: point.atMs - fromMs,
      coarse,
      even: weightsOf(fromMs, point.atMs, false),
      inputFirst: weightsOf(fromMs, point.atMs, true),
    };
  });
}

const nothing: Weights = { total: 0, parts: [] };

/** With less to go by, rounding matters more than what turns take. */
const fewestMills = 3000;
const fewestRises = 8;
const mostRises = 1200;
const fewestVotes = 10;

/**
 * Learns from what happened between the readings of one window, the oldest first: all that rose
 * over all that was sent. Rises far beyond what that explains are left out as those of other
 * devices, again and again until none is left. Whether headers tell the figures with the question
 * booked is not documented; it is learnt too, from which of the two explains the rises better.
 */
export function learnCostModel(rises: readonly Rise[]): CostModel {
  const recent = rises.slice(-mostRises);
  const even = learn(recent, 'even');
  const early = learn(recent, 'inputFirst');
  const inputFirst = isBookedFirst(recent, even, early);
  const learnt = inputFirst ? early : even;
  return {
    rate: (model) => learnt(model)?.rate,
    slack: (model) => learnt(model)?.slack ?? 0,
    inputFirst,
  };
}

interface Ratio {
  rate: number;
  slack: number;
}

type RatioOf = (model: string) => Ratio | undefined;

/** Lets each rise, where the two differ, vote for the one that comes nearer to it. */
function isBookedFirst(rises: readonly Rise[], even: RatioOf, early: RatioOf): boolean | undefined {
  let [first, all] = [0, 0];
  for (const rise of rises) {
    if (rise.coarse) continue;
    const [late, soon] = [expected(rise.even, even), expected(rise.inputFirst, early)];
    // Less than this may be rounding.
    if (Math.abs(late - soon) < 150) continue;
    all += 1;
    first += Number(Math.abs(rise.mills - soon) < Math.abs(rise.mills - late));
  }
  if (all < fewestVotes) return undefined;
  return first > 0.6 * all ? true : first < 0.4 * all ? false : undefined;
}

const expected = ({ parts }: Weights, ratioOf: RatioOf) =>
  sum(parts, ([model, weight]) => weight * (ratioOf(model)?.rate ?? 0));

type Way = 'even' | 'inputFirst';

function learn(rises: readonly Rise[], way: Way): RatioOf {
  const ours: Rise[] = [];
  const idle: Rise[] = [];
  const pure = new Map<string, Rise[]>();
  for (const rise of rises) {
    const { total, parts } = rise[way];
    (total === 0 ? idle : ours).push(rise);
    for (const [model] of parts) if (!pure.has(model)) pure.set(model, []);
    const [one, other] = parts;
    if (one && !other) pure.get(one[0])?.push(rise);
  }
  const othersPerMs = othersOf(idle, ours);
  const common = ratio(ours, way, othersPerMs);
  const own = new Map([...pure].map(([model, all]) => [model, ratio(all, way, othersPerMs)]));
  return (model) => own.get(model) ?? common;
}

/**
 * What others take while nothing of ours runs, a ms. A single great rise, and few of them beside
 * many of ours, tell little of what they take at other times.
 */
function othersOf(idle: readonly Rise[], ours: readonly Rise[]): number {
  const msOf = (all: readonly Rise[]) => sum(all, ({ ms }) => ms);
  const most = (3 * sum(ours, ({ mills }) => mills)) / Math.max(1, ours.length);
  const [idleMs, oursMs] = [msOf(idle), msOf(ours)];
  const limit = idleMs < oursMs ? most : Infinity;
  return sum(idle, (rise) => Math.min(rise.mills, limit)) / Math.max(1, idleMs, oursMs);
}

function ratio(rises: readonly Rise[], way: Way, othersPerMs: number): Ratio | undefined {
  let kept = rises;
  for (;;) {
    let [mills, others, weight] = [0, 0, 0];
    for (const rise of kept) {
      mills += rise.mills;
      weight += rise[way].total;
      // As much as while nothing of ours ran. Whole percents hide most of that already.
      if (!rise.coarse) others += rise.ms * othersPerMs;
    }
    if (mills < fewestMills || kept.length < fewestRises) return undefined;
    const rate = Math.max(mills - others, mills / 2) / weight;
    const usual = kept.filter(
      (one) => one.mills <= 3 * rate * one[way].total + (one.coarse ? 1000 : 100),
    );
    if (usual.length === kept.length) {
      return { rate, slack: Math.min(0.5, others / Math.max(1, 2 * mills)) };
    }
    kept = usual;
  }
}

function sum<T>(all: readonly T[], take: (one: T) => number): number {
  return all.reduce((total, one) => total + take(one), 0);
}

/** Prices differ between kinds of tokens by less than this from our weights. */
const margin = 2;

/** The most that a turn can explain: twice the usual, and what rounding may add. */
export function bookingBy(rates: CostModel): Booking {
  return {
    inputFirst: rates.inputFirst ?? true,
    explains(model, weight, coarse) {
      const rate = rates.rate(model);
      return rate === undefined ? undefined : margin * rate * weight + (coarse ? 1000 : 100);
    },
  };
}
