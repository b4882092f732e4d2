import type { Certainty } from './entry.ts';
import type { Cycle } from './cycles.ts';

/** A turn on one account, as the attribution sees it. */
export interface TurnSpan {
  id: string;
  fromMs: number;
  /** Now, for a turn that runs. */
  toMs: number;
  running: boolean;
  /** Weighted tokens of the turn, see `tokenWeight`. */
  weight: number;
  model: string;
}

/** The most that such a turn can explain, thousandths of a point; undefined while not learnt. */
export type Explains = (turn: TurnSpan, coarse: boolean) => number | undefined;

export interface TurnShare {
  mills: number;
  certainty: Certainty;
}

export interface CycleShares {
  cycle: Cycle;
  /** Where the window stands: turns and others together, to the thousandth. */
  mills: number;
  turns: ReadonlyMap<string, TurnShare>;
  otherMills: number;
  /** What happened between two readings, from which the rates are learnt. */
  rises: readonly Rise[];
}

export interface Rise {
  mills: number;
  ms: number;
  /** Weighted tokens of ours between the two readings, by model; none while nothing ran. */
  weights: ReadonlyMap<string, number>;
  coarse: boolean;
}

/**
 * Splits the use of a window between turns and everything else. A rise of the figure goes to the
 * turns that ran between the two readings, by weighted tokens, up to what they can explain. What
 * rose while none ran, and what is left over, is not blamed on a turn.
 */
export function attribute(
  cycle: Cycle,
  turns: readonly TurnSpan[],
  explains: Explains,
): CycleShares {
  const taken = new Map<string, TurnShare>();
  const rises: Rise[] = [];
  let last = { atMs: cycle.startsAtMs, mills: 0 };
  let movedAtMs = cycle.startsAtMs;
  for (const [at, point] of cycle.points.entries()) {
    const mills = point.mills - last.mills;
    const now = wantsOf(turns, last.atMs, point.atMs);
    const ms = point.atMs - last.atMs;
    if (at > 0) rises.push({ mills, ms, weights: byModel(now), coarse: cycle.coarse });
    if (mills > 0) {
      // A figure that rounds may have been owed since it moved the last time.
      const wants = now.length > 0 ? wantsOf(turns, movedAtMs, point.atMs) : [];
      split({ mills, wants, cycle, seen: at > 0, explains }, taken);
      movedAtMs = point.atMs;
    }
    last = point;
  }
  const shares = allShares(cycle, turns, taken);
  const ours = [...shares.values()].reduce((sum, { mills }) => sum + mills, 0);
  return { cycle, mills: last.mills, turns: shares, otherMills: last.mills - ours, rises };
}

interface Split {
  mills: number;
  wants: readonly Want[];
  cycle: Cycle;
  /** False for the rise up to the first reading of the run. */
  seen: boolean;
  explains: Explains;
}

/** Adds to what each turn has taken so far. */
function split(rise: Split, taken: Map<string, TurnShare>): void {
  const { mills, wants, cycle, seen, explains } = rise;
  // What was there before the first reading is ours only as far as it is known what turns take.
  const unbounded = seen || cycle.seenFromStart ? mills : 0;
  const limits = wants.map(({ turn }) => explains(turn, cycle.coarse));
  const before = wants.map(({ turn }) => taken.get(turn.id)?.mills ?? 0);
  const caps = limits.map((limit, at) =>
    limit === undefined ? unbounded : Math.max(0, limit - (before[at] ?? 0)),
  );
  const weights = wants.map(({ weight }) => weight);
  for (const [at, part] of pour(mills, weights, caps).entries()) {
    const id = wants[at]?.turn.id ?? '';
    const known = limits[at] !== undefined && seen;
    const how: Certainty = !known ? 'rough' : wants.length > 1 ? 'shared' : 'measured';
    const certainty = worse(taken.get(id)?.certainty, how);
    taken.set(id, { mills: (before[at] ?? 0) + part, certainty });
  }
}

/** Turns of which nothing was seen have a share of 0. */
function allShares(
  cycle: Cycle,
  turns: readonly TurnSpan[],
  taken: ReadonlyMap<string, TurnShare>,
): Map<string, TurnShare> {
  const endMs = cycle.resetsAtMs ?? Number.MAX_SAFE_INTEGER;
  const lastAtMs = cycle.points.at(-1)?.atMs ?? cycle.startsAtMs;
  const touching = turns.filter(
    (turn) => taken.has(turn.id) || overlapMs(turn, cycle.startsAtMs, endMs) > 0,
  );
  return new Map(
    touching.map((turn): [string, TurnShare] => {
      const share = taken.get(turn.id);
      const pending = turn.running || lastAtMs < Math.min(turn.toMs, endMs);
      const unseen = cycle.coarse ? 'rough' : 'measured';
      const certainty = pending ? 'pending' : (share?.certainty ?? unseen);
      return [turn.id, { mills: share?.mills ?? 0, certainty }];
    }),
  );
}

function wantsOf(turns: readonly TurnSpan[], fromMs: number, toMs: number): Want[] {
  return turns
    .filter((turn) => overlapMs(turn, fromMs, toMs) > 0)
    .map((turn) => toWant(turn, fromMs, toMs));
}

function overlapMs(turn: TurnSpan, fromMs: number, toMs: number): number {
  return Math.min(turn.toMs, toMs) - Math.max(turn.fromMs, fromMs);
}

interface Want {
  turn: TurnSpan;
  weight: number;
}

/** Tokens are taken to be spread evenly over the turn. */
function toWant(turn: TurnSpan, fromMs: number, toMs: number): Want {
  const length = Math.max(1, turn.toMs - turn.fromMs);
  return { turn, weight: (turn.weight * overlapMs(turn, fromMs, toMs)) / length };
}

function byModel(wants: readonly Want[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { turn, weight } of wants) {
    weights.set(turn.model, (weights.get(turn.model) ?? 0) + weight);
  }
  return weights;
}

const order: readonly Certainty[] = ['measured', 'shared', 'rough', 'pending'];

function worse(a: Certainty | undefined, b: Certainty): Certainty {
  return a !== undefined && order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** Splits a whole number by weights into whole numbers, none above its cap; the rest stays out. */
export function pour(
  amount: number,
  weights: readonly number[],
  caps: readonly number[] = weights.map(() => amount),
): number[] {
  const got = weights.map(() => 0);
  let left = amount;
  const room = (at: number) => Math.floor(caps[at] ?? 0) - (got[at] ?? 0);
  for (let open = indexes(); left > 0 && open.length > 0; open = indexes()) {
    const total = open.reduce((sum, at) => sum + (weights[at] ?? 0), 0);
    const before = left;
    const ideal = open.map((at) => ({ at, exact: (before * (weights[at] ?? 0)) / total }));
    for (const { at, exact } of ideal) give(at, Math.floor(exact));
    const byRest = ideal.toSorted((a, b) => (b.exact % 1) - (a.exact % 1) || a.at - b.at);
    for (const { at } of byRest) if (left > 0 && left < open.length) give(at, 1);
    if (left === before) give(open[0] ?? 0, 1);
  }
  return got;

  function indexes(): number[] {
    return weights.flatMap((weight, at) => (weight > 0 && room(at) > 0 ? [at] : []));
  }
  function give(at: number, many: number): void {
    const part = Math.min(many, room(at), left);
    got[at] = (got[at] ?? 0) + part;
    left -= part;
  }
}
