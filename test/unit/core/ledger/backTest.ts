import { estimateTurn } from '../../../../src/core/ledger/estimate.ts';
import { preflight } from '../../../../src/core/ledger/preflight.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { account, createWorld, type Style } from './synthetic.ts';

export interface Coverage {
  style: string;
  turns: number;
  /** Shares of turns whose truth lay in the range. */
  points: number;
  tokens: number;
  /** Width of the range over its middle, on average. */
  width: number;
  /** Warnings at a figure that leaves more than the middle of the range. */
  nags: number;
}

/** Estimates every turn before it is played, and looks how often the range held. */
export function backTest(style: Style, turns: number, seed: number): Coverage {
  const world = createWorld(style, seed);
  const tracker = createLedgerTracker({ now: world.nowMs });
  const found = { points: 0, tokens: 0, width: 0, asked: 0, nags: 0 };
  for (let at = 0; at < turns; at += 1) {
    const turn = world.next();
    const { model, effort, contextTokens = 0 } = turn.start;
    const plan = { credentialId: account, model, effort, contextTokens };
    const estimate = estimateTurn(tracker.entries(), tracker.windows(), plan);
    const five = estimate?.points['5h'];
    if (estimate && five) {
      const { input, output } = turn.tokens;
      found.asked += 1;
      found.points += Number(five.low <= turn.truth && turn.truth <= five.high);
      const { low, high } = estimate.tokens;
      found.tokens += Number(low <= input + output && input + output <= high);
      found.width += (five.high - five.low) / five.middle;
      const usedPercent = 100 - five.middle * 1.001;
      const window = { kind: 'fiveHour' as const, label: '5h', usedPercent };
      const state = {
        credentialId: account,
        observedAtMs: world.nowMs(),
        windows: [window],
        others: [],
        refused: false,
      };
      found.nags += Number(preflight(estimate, state, world.nowMs()).warn);
    }
    world.play(turn, tracker);
  }
  return {
    style: style.name,
    turns: found.asked,
    points: found.points / found.asked,
    tokens: found.tokens / found.asked,
    width: found.width / found.asked,
    nags: found.nags,
  };
}
