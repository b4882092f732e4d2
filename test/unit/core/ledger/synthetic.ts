import type { LedgerReading } from '../../../../src/core/ledger/history.ts';
import type { TurnStart } from '../../../../src/core/ledger/runningTurns.ts';
import type { LedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import type { Tokens } from '../../../../src/core/ledger/entry.ts';

/** How somebody works, for made-up ledgers of which the truth is known. */
export interface Style {
  name: string;
  models: readonly { id: string; pointsPerToken: number }[];
  efforts: readonly { id: string; output: number }[];
  /** Spread of the log of the tokens. */
  spread: number;
  /** Share of turns that take several times as much. */
  heavy: number;
  /** Context after which a new chat begins. */
  maxContext: number;
  /** Points an hour of another device, on average; it works in bursts. */
  others: number;
  pauseMin: number;
  /** Decimals of the figures: 0 for whole percents. */
  decimals: 0 | 1;
}

const small = { id: 'small', pointsPerToken: 4e-6 };
const large = { id: 'large', pointsPerToken: 1.2e-5 };
const low = { id: 'low', output: 900 };
const medium = { id: 'medium', output: 2500 };
const high = { id: 'high', output: 7000 };
const usual = { spread: 0.5, heavy: 0.03, maxContext: 150_000, others: 0, pauseMin: 12 };

export const styles: readonly Style[] = [
  { ...usual, name: 'steady, one model', models: [large], efforts: [medium], decimals: 1 },
  { ...usual, name: 'steady, whole percents', models: [large], efforts: [medium], decimals: 0 },
  {
    ...usual,
    name: 'two models, three efforts',
    models: [small, large],
    efforts: [low, medium, high],
    decimals: 1,
  },
  {
    ...usual,
    name: 'heavy tails',
    models: [large],
    efforts: [medium, high],
    spread: 1,
    heavy: 0.12,
    decimals: 1,
  },
  {
    ...usual,
    name: 'other device, whole percents',
    models: [large],
    efforts: [low, high],
    others: 4,
    decimals: 0,
  },
  {
    ...usual,
    name: 'short talks, other device',
    models: [small, large],
    efforts: [low],
    maxContext: 25_000,
    others: 2,
    pauseMin: 4,
    decimals: 1,
  },
];

/** Numbers from 0 up to 1 that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface MadeTurn {
  start: TurnStart;
  tokens: Tokens;
  /** % of the 5-hour limit that it really takes. */
  truth: number;
  ms: number;
}

export interface World {
  nowMs(): number;
  /** The turn that comes next, after a pause in which others may use the window too. */
  next(): MadeTurn;
  /** Plays the turn into the tracker, with readings as answers and polls bring them. */
  play(turn: MadeTurn, tracker: LedgerTracker): void;
  figures(): { five: number; week: number };
}

const hourMs = 3_600_000;
export const account = 'account';

/** One account with both windows, its weekly one an eighth as fast. */
export function createWorld(style: Style, seed: number, beginsAtMs = Date.UTC(2026, 9, 5)): World {
  const random = seeded(seed);
  const bell = () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)]!;
  const five = { used: 0, resetsAtMs: beginsAtMs + 5 * hourMs };
  const week = { used: 0, resetsAtMs: beginsAtMs + 168 * hourMs };
  let now = beginsAtMs;
  let context = 0;
  let count = 0;

  function pass(ms: number): void {
    now += ms;
    const burst = random() < 0.15 ? style.others / 0.15 : 0;
    take((burst * ms) / hourMs);
  }
  function take(points: number): void {
    for (const [window, hours] of [
      [five, 5],
      [week, 168],
    ] as const) {
      while (now >= window.resetsAtMs) {
        window.used = 0;
        window.resetsAtMs += hours * hourMs;
      }
    }
    five.used += points;
    week.used += points / 8;
  }
  const shown = (used: number) =>
    Math.min(100, Math.floor(used * 10 ** style.decimals) / 10 ** style.decimals);
  function reading(source: 'headers' | 'usage'): LedgerReading {
    take(0);
    return {
      credentialId: account,
      source,
      observedAtMs: now,
      windows: [
        {
          kind: 'fiveHour',
          label: '5h',
          usedPercent: shown(five.used),
          minutes: 300,
          resetsAtMs: five.resetsAtMs,
        },
        {
          kind: 'weekly',
          label: 'wk',
          usedPercent: shown(week.used),
          minutes: 10_080,
          resetsAtMs: week.resetsAtMs,
        },
      ],
    };
  }
  return {
    nowMs: () => now,
    figures: () => ({ five: shown(five.used), week: shown(week.used) }),
    next() {
      pass(style.pauseMin * 60_000 * (0.3 + 1.4 * random()));
      // Nobody works on with a spent window.
      if (five.used > 85 || week.used > 90) {
        const window = week.used > 90 ? week : five;
        now = window.resetsAtMs + 60_000;
        take(0);
      }
      if (context > style.maxContext * (0.5 + 0.5 * random())) context = 0;
      const model = pick(style.models);
      const effort = pick(style.efforts);
      const scale = Math.exp(style.spread * bell()) * (random() < style.heavy ? 5 : 1);
      const output = Math.round(effort.output * scale) + 20;
      const fresh = Math.round(3000 * Math.exp(0.6 * bell())) + 200;
      const input = context + fresh;
      const cached = Math.round(context * 0.9);
      const tokens = { input, cached, output, reasoning: Math.round(output / 2) };
      // The real prices are near ours, not ours.
      const price = input - cached + cached * 0.125 + output * 7;
      const turn: MadeTurn = {
        start: {
          id: `turn-${count++}`,
          atMs: now,
          chatId: 'chat',
          model: model.id,
          effort: effort.id,
          kind: 'turn',
          contextTokens: context,
        },
        tokens,
        truth: price * model.pointsPerToken,
        ms: 4000 + output * 15,
      };
      context = input + output;
      return turn;
    },
    play({ start, tokens, truth, ms }, tracker) {
      tracker.turnStarted(start);
      tracker.request(start.id, account, now);
      now += 800;
      tracker.reading(reading('headers'));
      tracker.accepted(start.id, account, now);
      pass(ms);
      take(truth);
      tracker.turnEnded({ id: start.id, atMs: now, tokens, outcome: 'done' });
      now += 1000;
      tracker.reading(reading('usage'));
    },
  };
}
