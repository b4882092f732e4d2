import type { Certainty } from './entry.ts';
import type { Cycle, CyclePoint } from './cycles.ts';
import type { Timeline, TurnSpan, Want } from './timeline.ts';

/** What is known of how turns are booked. */
export interface Booking {
  /** The most that such a turn can take, thousandths of a point; undefined while not learnt. */
  explains: (turn: TurnSpan, coarse: boolean) => number | undefined;
  /** Whether the headers of an answer tell the figures with its question booked already. */
  inputFirst: boolean;
}

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
}

/**
 * Splits the use of a window between turns and everything else. A rise of the figure goes to the
 * turns that ran between the two readings, by weighted tokens, up to what they can explain. What
 * rose while none ran, and what is left over, is not blamed on a turn.
 */
export function attribute(cycle: Cycle, timeline: Timeline, booking: Booking): CycleShares {
  const taken = new Map<string, TurnShare>();
  const wantsOf = (fromMs: number, toMs: number) =>
    timeline.wants(fromMs, toMs, booking.inputFirst);
  let last = { atMs: cycle.startsAtMs, mills: 0 };
  let movedAtMs = cycle.startsAtMs;
  let vague: CyclePoint[] = [];
  let seen = false;

  /** A figure that rounds may have been owed since it moved the last time. */
  function give(mills: number, fromMs: number, toMs: number): void {
    const isOurs = wantsOf(fromMs, toMs).length > 0;
    const wants = isOurs ? wantsOf(movedAtMs, toMs) : [];
    split({ mills, wants, cycle, seen, explains: booking.explains }, taken);
    movedAtMs = toMs;
  }

  for (const point of cycle.points) {
    if (point.below !== undefined) {
      vague.push(point);
      continue;
    }
    const steps = point.mills > last.mills ? stepsOf(last, vague, point, wantsOf) : [];
    for (const { mills, fromMs, toMs } of steps) give(mills, fromMs, toMs);
    vague = [];
    last = point;
    seen = true;
  }
  const shares = allShares(cycle, timeline, taken, last.atMs);
  const ours = [...shares.values()].reduce((sum, { mills }) => sum + mills, 0);
  return { cycle, mills: last.mills, turns: shares, otherMills: last.mills - ours };
}

interface Step {
  mills: number;
  fromMs: number;
  toMs: number;
}

/**
 * A rise in one step, or in several where whole percents in between tell how much of it can have
 * come before them.
 */
function stepsOf(
  last: CyclePoint,
  vague: readonly CyclePoint[],
  point: CyclePoint,
  wantsOf: (fromMs: number, toMs: number) => readonly Want[],
): Step[] {
  const steps: Step[] = [];
  let { atMs: fromMs, mills: base } = last;
  for (const { atMs: toMs, below = 0 } of vague) {
    const before = sumOf(wantsOf(fromMs, toMs));
    const after = sumOf(wantsOf(toMs, point.atMs));
    const part = before > 0 ? ((point.mills - base) * before) / (before + after) : 0;
    const mills = Math.max(0, Math.min(Math.round(part), below - 1 - base));
    if (mills > 0) steps.push({ mills, fromMs, toMs });
    base += mills;
    fromMs = toMs;
  }
  if (point.mills > base) steps.push({ mills: point.mills - base, fromMs, toMs: point.atMs });
  return steps;
}

const sumOf = (wants: readonly Want[]) => wants.reduce((sum, { weight }) => sum + weight, 0);

interface Split {
  mills: number;
  wants: readonly Want[];
  cycle: Cycle;
  /** False for the rise up to the first reading of the run. */
  seen: boolean;
  explains: Booking['explains'];
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
  timeline: Timeline,
  taken: ReadonlyMap<string, TurnShare>,
  clearAtMs: number,
): Map<string, TurnShare> {
  const { startsAtMs, endsAtMs, isOver, coarse } = cycle;
  const toldAtMs = cycle.points.at(-1)?.atMs ?? startsAtMs;
  const touching = timeline.touching(startsAtMs, endsAtMs, taken);
  return new Map(
    touching.map((turn): [string, TurnShare] => {
      const share = taken.get(turn.id);
      const untilMs = Math.min(turn.toMs, endsAtMs);
      const isPending = !isOver && (turn.running || toldAtMs < untilMs);
      const found = share?.certainty ?? (coarse ? 'rough' : 'measured');
      // Nothing clear was told after its end.
      const certainty = isPending ? 'pending' : clearAtMs < untilMs ? worse(found, 'rough') : found;
      return [turn.id, { mills: share?.mills ?? 0, certainty }];
    }),
  );
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
