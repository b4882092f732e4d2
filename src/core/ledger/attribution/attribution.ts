import { attribute, type WindowPeriodShares } from './attribute.ts';
import { windowPeriodsOf, type WindowPeriod } from '../windowPeriods.ts';
import { inputWeight, tokenWeight, toPoints, type LedgerEntry, type Share } from '../entry.ts';
import type { WindowHistory, WindowSeries } from '../history.ts';
import { bookingBy, learnCostModel, risesOf, type CostModel, type Rise } from './costModel.ts';
import { createTimeline, type Timeline, type TurnSpan } from './timeline.ts';

/** One window of one account with its runs, the oldest first. */
export interface WindowShares {
  series: WindowSeries;
  cycles: readonly WindowPeriodShares[];
  /** As learnt up to now. */
  rates: CostModel;
}

/** An entry, or a turn that still runs and has no tokens yet. */
export type Attributable = Pick<LedgerEntry, 'id' | 'spans' | 'model' | 'tokens'> & {
  running?: boolean;
};

export interface Attribution {
  /**
   * Splits the use of every limit in the history between these turns and everything else. The
   * result depends on the arguments alone; window periods that are as they were the last time are
   * not split again.
   */
  split(history: WindowHistory, turns: readonly Attributable[]): AttributionResult;
}

export interface AttributionResult {
  windows: readonly WindowShares[];
  /** Turns whose shares may differ from the last time. */
  changed: ReadonlySet<string>;
  /** What the turn took of each limit, one share for each window period that it touched. */
  sharesOf(turnId: string): Share[];
}

/** A run with all that its split depends on. */
interface Part {
  cycle: WindowPeriod;
  spans: readonly TurnSpan[];
  rises: readonly Rise[];
  /** As learnt from this run and those before it. */
  rates: CostModel;
  /** The booking that it was split by, as text. */
  booking: string;
  shares: WindowPeriodShares;
}

interface Known {
  window: WindowShares;
  timeline: Timeline;
  parts: readonly Part[];
}

export function createAttribution(): Attribution {
  let known = new Map<string, Known>();
  return {
    split(history, turns) {
      const changed = new Set<string>();
      const timelines = timelinesOf(turns);
      const next = new Map<string, Known>();
      for (const series of history.series) {
        const key = JSON.stringify([series.credentialId, series.label]);
        const timeline = timelines.get(series.credentialId) ?? createTimeline([]);
        next.set(key, splitSeries(series, timeline, known.get(key), changed));
      }
      for (const [key, { parts }] of known) if (!next.has(key)) noteAll(parts, changed);
      known = next;
      const windows = [...next.values()].map(({ window }) => window);
      return { windows, changed, sharesOf: (turnId) => sharesOf(turnId, windows) };
    },
  };
}

function splitSeries(
  series: WindowSeries,
  timeline: Timeline,
  old: Known | undefined,
  changed: Set<string>,
): Known {
  if (old?.window.series === series && isSameList(old.timeline.spans, timeline.spans)) return old;
  const before = new Map(old?.parts.map((part) => [part.cycle.points[0]?.atMs, part]));
  const raw = windowPeriodsOf(series).map((cycle) => {
    const spans = timeline.touching(cycle.startsAtMs, cycle.endsAtMs, none);
    const part = before.get(cycle.points[0]?.atMs);
    const isSame = part && isSameCycle(part.cycle, cycle) && isSameList(part.spans, spans);
    return { cycle, spans, part, isSame: isSame ?? false };
  });
  const rises = raw.map(({ cycle, part, isSame }) =>
    part && isSame ? part.rises : risesOf(cycle, timeline),
  );
  const rates = ratesOf(raw, rises, old);
  const parts = raw.map(({ cycle, spans, part, isSame }, at): Part => {
    const own = rates[at] ?? learnCostModel([]);
    const booked = firstKnown(rates.slice(at), spans);
    const booking = textOf(booked, spans);
    const stays = part && isSame && part.booking === booking;
    const shares = stays ? part.shares : attribute(cycle, timeline, bookingBy(booked));
    if (!stays) noteChanges(part?.shares, shares, changed);
    return { cycle, spans, rises: rises[at] ?? [], rates: own, booking, shares };
  });
  const gone = (old?.parts ?? []).filter((part) => !raw.some((one) => one.part === part));
  noteAll(gone, changed);
  const cycles = parts.map(({ shares }) => shares);
  return { window: { series, cycles, rates: rates.at(-1) ?? learnCostModel([]) }, timeline, parts };
}

const none: ReadonlyMap<string, unknown> = new Map();

/** For each run what it and those before it teach: so what comes later changes no old receipt. */
function ratesOf(
  raw: readonly { part: Part | undefined; isSame: boolean }[],
  rises: readonly (readonly Rise[])[],
  old: Known | undefined,
): CostModel[] {
  let isAsBefore = true;
  const all: Rise[] = [];
  return raw.map(({ part, isSame }, at) => {
    isAsBefore &&= isSame && part !== undefined && old?.parts[at] === part;
    for (const rise of rises[at] ?? []) all.push(rise);
    return part && isAsBefore ? part.rates : learnCostModel(all);
  });
}

/** What too little was seen for at first comes from the first run after which it is known. */
function firstKnown(rates: readonly CostModel[], spans: readonly TurnSpan[]): CostModel {
  const models = new Set(spans.map(({ model }) => model));
  const byModel = new Map<string, number | undefined>();
  for (const model of models) {
    const knows = rates.find((one) => one.rate(model) !== undefined);
    byModel.set(model, knows?.rate(model));
  }
  const decided = rates.find(({ inputFirst }) => inputFirst !== undefined);
  return { rate: (model) => byModel.get(model), slack: () => 0, inputFirst: decided?.inputFirst };
}

function textOf(rates: CostModel, spans: readonly TurnSpan[]): string {
  const models = [...new Set(spans.map(({ model }) => model))];
  return JSON.stringify([rates.inputFirst, models.map((model) => [model, rates.rate(model)])]);
}

function sharesOf(turnId: string, windows: readonly WindowShares[]): Share[] {
  return windows.flatMap(({ series, cycles }) =>
    cycles.flatMap(({ cycle, turns }): Share[] => {
      const share = turns.get(turnId);
      if (!share) return [];
      return [
        {
          credentialId: series.credentialId,
          kind: series.kind,
          label: series.label,
          startsAtMs: cycle.startsAtMs,
          points: toPoints(share.mills),
          certainty: share.certainty,
        },
      ];
    }),
  );
}

function timelinesOf(turns: readonly Attributable[]): Map<string, Timeline> {
  const typical = typicalWeight(turns);
  const byAccount = new Map<string, TurnSpan[]>();
  for (const turn of turns) {
    for (const credentialId of new Set(turn.spans.map((span) => span.credentialId))) {
      const span = toSpan(turn, credentialId, typical);
      const spans = byAccount.get(credentialId);
      if (spans) spans.push(span);
      else byAccount.set(credentialId, [span]);
    }
  }
  return new Map([...byAccount].map(([id, spans]) => [id, createTimeline(spans)]));
}

/** A turn that spent time on several accounts is one span on each, its tokens spread by time. */
function toSpan(turn: Attributable, credentialId: string, typical: number): TurnSpan {
  const mine = turn.spans.filter((span) => span.credentialId === credentialId);
  const within = mine.filter(({ fromMs, toMs }) => toMs > fromMs);
  const length = (spans: Attributable['spans']) =>
    spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const part = length(mine) / Math.max(1, length(turn.spans));
  const weight = turn.tokens ? tokenWeight(turn.tokens) : typical;
  return {
    id: turn.id,
    fromMs: (within[0] ?? mine[0])?.fromMs ?? 0,
    toMs: (within.at(-1) ?? mine[0])?.toMs ?? 0,
    running: turn.running ?? false,
    weight: Math.max(1, weight * part),
    inputWeight: (turn.tokens ? inputWeight(turn.tokens) : typical / 4) * part,
    model: turn.model,
  };
}

/** Stands for tokens that nobody counted, as after a stop. Rounded, so that it rarely changes. */
function typicalWeight(turns: readonly Attributable[]): number {
  const weights = turns.flatMap(({ tokens }) => (tokens ? [tokenWeight(tokens)] : []));
  const median = weights.toSorted((a, b) => a - b)[Math.floor(weights.length / 2)] ?? 16_384;
  return 2 ** Math.round(Math.log2(Math.max(1, median)));
}

function noteChanges(
  old: WindowPeriodShares | undefined,
  next: WindowPeriodShares,
  changed: Set<string>,
): void {
  const moved = old?.cycle.startsAtMs !== next.cycle.startsAtMs;
  for (const [id, share] of next.turns) {
    const before = old?.turns.get(id);
    const isSame = before?.mills === share.mills && before.certainty === share.certainty;
    if (moved || !isSame) changed.add(id);
  }
  for (const id of old?.turns.keys() ?? []) if (!next.turns.has(id)) changed.add(id);
}

function noteAll(parts: readonly Part[], changed: Set<string>): void {
  for (const { shares } of parts) for (const id of shares.turns.keys()) changed.add(id);
}

function isSameCycle(a: WindowPeriod, b: WindowPeriod): boolean {
  return (
    a.startsAtMs === b.startsAtMs &&
    a.endsAtMs === b.endsAtMs &&
    a.isOver === b.isOver &&
    a.coarse === b.coarse &&
    a.seenFromStart === b.seenFromStart &&
    isSameList(a.points, b.points)
  );
}

/** Whether both hold the same plain values. */
function isSameList<T extends object>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, at) => isSamePlain(one, b[at]));
}

function isSamePlain<T extends object>(a: T, b: T | undefined): boolean {
  if (a === b) return true;
  if (b === undefined) return false;
  for (const key in a) if (a[key] !== b[key]) return false;
  return !('below' in b) || 'below' in a;
}
