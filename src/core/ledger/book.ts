import { attribute, type CycleShares, type TurnSpan } from './attribute.ts';
import { cyclesOf } from './cycles.ts';
import { tokenWeight, toPoints, type LedgerEntry, type Share } from './entry.ts';
import type { WindowHistory, WindowSeries } from './history.ts';
import { explainsBy, learnRates, type Rates } from './rates.ts';

/** One window of one account with its runs, the oldest first. */
export interface WindowShares {
  series: WindowSeries;
  cycles: readonly CycleShares[];
  rates: Rates;
}

/** An entry, or a turn that still runs and has no tokens yet. */
export type Attributable = Pick<LedgerEntry, 'id' | 'spans' | 'model' | 'tokens'> & {
  running?: boolean;
};

/** Splits the use of every window that the history tells of. Depends on its arguments alone. */
export function splitAll(history: WindowHistory, turns: readonly Attributable[]): WindowShares[] {
  const typical = typicalWeight(turns);
  return history.series.map((series) => {
    const spans = turns.flatMap((turn) => toSpans(turn, series.credentialId, typical));
    const cycles = cyclesOf(series);
    // First without a bound, to see what the figures rose by while turns of ours ran.
    const free = cycles.map((cycle) => attribute(cycle, spans, () => undefined));
    const rates = learnRates(free.flatMap(({ rises }) => rises));
    const explains = explainsBy(rates);
    return { series, rates, cycles: cycles.map((cycle) => attribute(cycle, spans, explains)) };
  });
}

/** What the turn took of each window, one share for each run that it touched. */
export function sharesOf(turnId: string, windows: readonly WindowShares[]): Share[] {
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

/** A turn that spent time on several accounts is one span on each, its tokens spread by time. */
function toSpans(turn: Attributable, credentialId: string, typical: number): TurnSpan[] {
  const mine = turn.spans.filter((span) => span.credentialId === credentialId);
  const first = mine[0];
  if (!first) return [];
  const length = (spans: Attributable['spans']) =>
    spans.reduce((sum, { fromMs, toMs }) => sum + Math.max(1, toMs - fromMs), 0);
  const weight = turn.tokens ? tokenWeight(turn.tokens) : typical;
  return [
    {
      id: turn.id,
      fromMs: first.fromMs,
      toMs: mine.at(-1)?.toMs ?? first.toMs,
      running: turn.running ?? false,
      weight: Math.max(1, (weight * length(mine)) / length(turn.spans)),
      model: turn.model,
    },
  ];
}

/** Stands for tokens that nobody counted, as after a stop. */
function typicalWeight(turns: readonly Attributable[]): number {
  const weights = turns.flatMap(({ tokens }) => (tokens ? [tokenWeight(tokens)] : []));
  return weights.toSorted((a, b) => a - b)[Math.floor(weights.length / 2)] ?? 20_000;
}
