/** A turn on one account, as the attribution sees it. */
export interface TurnSpan {
  id: string;
  /** When the account let its first request in. */
  fromMs: number;
  /** Now, for a turn that runs. The same as `fromMs` where no request was let in. */
  toMs: number;
  running: boolean;
  /** Weighted tokens of the turn, see `tokenWeight`. */
  weight: number;
  /** Those of its input. */
  inputWeight: number;
  model: string;
}

/** What a turn has taken in a stretch of time, in weighted tokens. */
export interface Want {
  turn: TurnSpan;
  weight: number;
}

/** The turns on one account, so that those of a stretch of time are found fast. */
export interface Timeline {
  spans: readonly TurnSpan[];
  /**
   * What turns have taken after `fromMs` and up to `toMs`, in weighted tokens. With `inputFirst`
   * the input counts when the turn was let in, else all is spread evenly over the turn.
   */
  wants(fromMs: number, toMs: number, inputFirst: boolean): Want[];
  /** Turns that ran in this stretch, and those named. */
  touching(fromMs: number, toMs: number, named: ReadonlyMap<string, unknown>): TurnSpan[];
}

export function createTimeline(unsorted: readonly TurnSpan[]): Timeline {
  const spans = unsorted
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .toSorted((a, b) => a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1));
  /** By when all up to this one have ended. */
  const endedBy: number[] = [];
  for (const { toMs } of spans) endedBy.push(Math.max(endedBy.at(-1) ?? 0, toMs));

  function between(fromMs: number, toMs: number): TurnSpan[] {
    const first = firstAbove(endedBy, fromMs);
    const found: TurnSpan[] = [];
    for (let at = first; at < spans.length; at += 1) {
      const span = spans[at];
      if (!span || span.fromMs > toMs) break;
      if (span.toMs > fromMs) found.push(span);
    }
    return found;
  }

  return {
    spans,
    wants(fromMs, toMs, inputFirst) {
      const wants: Want[] = [];
      for (const turn of between(fromMs, toMs)) {
        const weight = weightIn(turn, fromMs, toMs, inputFirst);
        if (weight > 0) wants.push({ turn, weight });
      }
      return wants;
    },
    touching: (fromMs, toMs, named) =>
      between(fromMs, toMs).filter((span) => span.fromMs < toMs || named.has(span.id)),
  };
}

function weightIn(turn: TurnSpan, fromMs: number, toMs: number, inputFirst: boolean): number {
  const overlapMs = Math.min(turn.toMs, toMs) - Math.max(turn.fromMs, fromMs);
  const first = inputFirst ? turn.inputWeight : 0;
  const spread = ((turn.weight - first) * Math.max(0, overlapMs)) / (turn.toMs - turn.fromMs);
  return spread + (fromMs < turn.fromMs && turn.fromMs <= toMs ? first : 0);
}

/** Of numbers that never fall, the index of the first that is above the limit. */
function firstAbove(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
