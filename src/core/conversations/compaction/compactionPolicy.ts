/** Percent of the usable window from which on a compaction starts while turns go on. */
const backgroundPercent = 75;
/** Percent from which on no request is sent before a compaction. */
const forcedPercent = 90;

export type CompactionNeed = 'none' | 'background' | 'forced';

/** @param windowTokens - the usable window: what a conversation may fill of the advertised one */
export function compactionNeed(usedTokens: number, windowTokens: number): CompactionNeed {
  const percent = (100 * usedTokens) / windowTokens;
  if (percent >= forcedPercent) return 'forced';
  return percent >= backgroundPercent ? 'background' : 'none';
}

/** No model that is served has a smaller window, tokens. */
const smallestWindow = 16_000;
const usualWindow = 272_000;

/**
 * The window of a model as it is believed: figures that are too small to be true, or less than half
 * of what the same model was said to have before, are taken for an error of the catalogue.
 *
 * @param before - what was believed of this model before, tokens
 */
export function believedWindow(advertised: number, before: number | undefined): number {
  const least = Math.max(smallestWindow, (before ?? 0) / 2);
  return advertised >= least ? advertised : (before ?? usualWindow);
}

/** Keeps the automatic compactions of one chat from failing or repeating without end. */
export interface CompactionGuard {
  /** Whether one may start by itself. `ask`: it would be the third one of this turn. */
  mayStart(): 'yes' | 'ask' | 'no';
  /** A turn has begun. */
  turnStarted(): void;
  /** An ordinary request was answered. */
  stepDone(): void;
  /** One that started by itself has succeeded. */
  succeeded(): void;
  /** @param isFinal - the next one cannot do better */
  failed(isFinal: boolean): void;
  /** The user has started one, or has changed the history: the counts begin again. */
  reset(): void;
}

const mostFailures = 2;
const mostPerTurn = 2;

export function createCompactionGuard(): CompactionGuard {
  let failures = 0;
  let inTurn = 0;
  let isStepBetween = true;
  return {
    mayStart() {
      if (failures >= mostFailures || !isStepBetween) return 'no';
      return inTurn >= mostPerTurn ? 'ask' : 'yes';
    },
    turnStarted: () => void (inTurn = 0),
    stepDone: () => void (isStepBetween = true),
    succeeded() {
      failures = 0;
      inTurn++;
      isStepBetween = false;
    },
    failed(isFinal) {
      failures = isFinal ? mostFailures : failures + 1;
    },
    reset() {
      failures = 0;
      inTurn = 0;
      isStepBetween = true;
    },
  };
}
