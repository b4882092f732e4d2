import { apportion } from '../apportion.ts';
import type { Certainty } from '../entry.ts';
import type { WindowPeriod, WindowPeriodPoint } from '../windowPeriods.ts';
import type { Timeline, Want } from './timeline.ts';

/** What is known of how turns are booked. */
export interface Booking {
  /** The most that so much of a turn can take, thousandths of a point; undefined: not learnt. */
  explains: (model: string, weight: number, coarse: boolean) => number | undefined;
  /**
   * Whether the headers of an answer tell the figures with its question booked already. Until that
   * is learnt it is taken for true: a turn's own cost must not be blamed on others.
   */
  inputFirst: boolean;
}

export interface TurnShare {
  mills: number;
  certainty: Certainty;
}

export interface WindowPeriodShares {
  cycle: WindowPeriod;
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
export function attribute(
  cycle: WindowPeriod,
  timeline: Timeline,
  booking: Booking,
): WindowPeriodShares {
  const taken = new Map<string, TurnShare>();
  const wantsOf = (fromMs: number, toMs: number) =>
    timeline.wants(fromMs, toMs, booking.inputFirst);
  let last: Pick<WindowPeriodPoint, 'atMs' | 'mills'> = { atMs: cycle.startsAtMs, mills: 0 };
  let movedAtMs = cycle.startsAtMs;
  let seen = false;

  function give({ mills, fromMs, toMs, isSeen }: Step): void {
    const isOurs = wantsOf(fromMs, toMs).length > 0;
    // A figure that rounds may have been owed since it moved the last time.
    const wants = isOurs ? wantsOf(movedAtMs, toMs) : [];
    split({ mills, wants, cycle, seen: isSeen, toMs, explains: booking.explains }, taken);
    movedAtMs = toMs;
  }

  for (const points of stretchesOf(cycle.points)) {
    for (const step of stepsOf(last, points, wantsOf, seen)) give(step);
    const end = points.at(-1);
    if (end?.below === undefined) last = end ?? last;
    seen = true;
  }
  const figure = cycle.points.at(-1)?.mills ?? 0;
  const shares = allShares(cycle, timeline, taken, last.atMs);
  const ours = [...shares.values()].reduce((sum, { mills }) => sum + mills, 0);
  return { cycle, mills: figure, turns: shares, otherMills: figure - ours };
}

/** Each up to a clear figure, the last one up to what was told at all. */
function stretchesOf(points: readonly WindowPeriodPoint[]): WindowPeriodPoint[][] {
  const stretches: WindowPeriodPoint[][] = [];
  let open: WindowPeriodPoint[] | undefined;
  for (const point of points) {
    if (open) open.push(point);
    else stretches.push((open = [point]));
    if (point.below === undefined) open = undefined;
  }
  return stretches;
}

interface Step {
  mills: number;
  fromMs: number;
  toMs: number;
  /** False for the rise up to the first reading of the run. */
  isSeen: boolean;
}

/**
 * The rise up to the last of these points. Whole percents before it tell within a point how much
 * of it had come by then: as much as the turns until then took of all that the turns took.
 */
function stepsOf(
  last: Pick<WindowPeriodPoint, 'atMs' | 'mills'>,
  points: readonly WindowPeriodPoint[],
  wantsOf: (fromMs: number, toMs: number) => readonly Want[],
  seen: boolean,
): Step[] {
  const end = points.at(-1);
  if (!end || end.mills <= last.mills) return [];
  let { atMs: fromMs, mills: base } = last;
  let isSeen = seen;
  return points.flatMap((point): Step[] => {
    const { atMs: toMs, below = Infinity } = point;
    const before = isSeen ? sumOf(wantsOf(fromMs, toMs)) : 0;
    const after = sumOf(wantsOf(toMs, end.atMs));
    const part = before > 0 ? ((end.mills - base) * before) / (before + after) : 0;
    const most = Math.min(Math.round(base + part), below - 1);
    const reached = point === end ? end.mills : Math.max(base, point.mills, most);
    const step = { mills: reached - base, fromMs, toMs, isSeen };
    [fromMs, base, isSeen] = [toMs, reached, true];
    return step.mills > 0 ? [step] : [];
  });
}

const sumOf = (wants: readonly Want[]) => wants.reduce((sum, { weight }) => sum + weight, 0);

interface Split {
  mills: number;
  wants: readonly Want[];
  cycle: WindowPeriod;
  /** False for the rise up to the first reading of the run. */
  seen: boolean;
  toMs: number;
  explains: Booking['explains'];
}

/**
 * While nothing is learnt, a turn explains this much and so much for each weighted token: more than
 * any plan's window takes for it, and far less than what another device may have taken meanwhile.
 */
const unlearntMills = 3000;
const unlearntMillsPerToken = 0.4;

/** Adds to what each turn has taken so far. */
function split(rise: Split, taken: Map<string, TurnShare>): void {
  const { mills, wants, cycle, seen, toMs, explains } = rise;
  // What was there before the first reading is ours only as far as it is known what turns take.
  const unbounded = seen || cycle.seenFromStart ? mills : 0;
  const before = wants.map(({ turn }) => taken.get(turn.id)?.mills ?? 0);
  // Up to its headers a turn has taken no more than its input.
  const sent = wants.map(({ turn }) => (toMs <= turn.fromMs ? turn.inputWeight : turn.weight));
  const limits = wants.map(({ turn }, at) => explains(turn.model, sent[at] ?? 0, cycle.coarse));
  const caps = limits.map((limit, at) => {
    const had = before[at] ?? 0;
    const most =
      limit ?? Math.min(had + unbounded, unlearntMills + unlearntMillsPerToken * (sent[at] ?? 0));
    return Math.max(0, most - had);
  });
  const weights = wants.map(({ weight }) => weight);
  for (const [at, part] of apportion(mills, weights, caps).entries()) {
    const id = wants[at]?.turn.id ?? '';
    const known = limits[at] !== undefined && seen;
    const how: Certainty = !known ? 'rough' : wants.length > 1 ? 'shared' : 'measured';
    const certainty = worse(taken.get(id)?.certainty, how);
    taken.set(id, { mills: (before[at] ?? 0) + part, certainty });
  }
}

/** Turns of which nothing was seen have a share of 0. */
function allShares(
  cycle: WindowPeriod,
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
