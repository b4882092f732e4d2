import type { Account } from './accounts.ts';

export interface TokenUse {
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
}

/** One window as the backend reports it. */
export interface WindowState {
  usedPercent: number;
  minutes: number;
  /** Epoch seconds. */
  resetAt: number;
  resetAfterSeconds: number;
}

export interface Windows {
  fiveHour: WindowState;
  weekly: WindowState;
}

/** Percentage points of the two windows. */
export interface Points {
  fiveHour: number;
  weekly: number;
}

/** What one request to the model has really taken. */
export interface Charge {
  /** Absent while it is not known who asks: refused requests. */
  email?: string;
  atMs: number;
  points: Points;
  /** What its last event told the client, if it came to that. */
  told?: { input: number; cached: number; output: number; reasoning: number };
  /** Nothing more will be booked. */
  isOver: boolean;
}

/** Tokens used per account, counted in two windows that open at the first use. */
export interface Ledger {
  /** Gives what it takes of each window. */
  charge(account: Account, use: TokenUse): Points;
  read(account: Account): Windows;
  /** The window that has no quota left, the one that resets last if both. */
  spent(account: Account): WindowState | undefined;
  set(account: Account, usage: { fiveHourPercent?: number; weeklyPercent?: number }): void;
  /** Another device takes so many points of both. */
  add(account: Account, points: Points): void;
  /** Both windows start anew, as by a reset that was redeemed. */
  clear(account: Account): void;
  reset(): void;
}

interface Window {
  cost: number;
  opensAtMs: number | undefined;
}

type Slot = 'fiveHour' | 'weekly';
const slots: readonly Slot[] = ['fiveHour', 'weekly'];
const minutesOf: Record<Slot, number> = { fiveHour: 300, weekly: 10_080 };

/** Weighted tokens of the five-hour window by plan: a practice turn moves a plus account visibly. */
const fiveHourBudget: Record<string, number> = { free: 60_000, go: 120_000, pro: 2_000_000 };
const usualBudget = 300_000;
const weeklyFactor = 5;

/** Even the shortest turn costs this much, so that it shows. */
const leastCost = 1500;

/** What a turn costs: answers weigh most, cached input hardly. */
const costOf = ({ inputTokens, cachedTokens, outputTokens }: TokenUse) =>
  (inputTokens > 0 ? leastCost : 0) + inputTokens - cachedTokens * 0.9 + outputTokens * 5;

export function createLedger(now: () => number): Ledger {
  const books = new Map<string, Record<Slot, Window>>();

  function windowOf(account: Account, slot: Slot): Window {
    const book = books.get(account.email) ?? { fiveHour: closed(), weekly: closed() };
    books.set(account.email, book);
    const window = book[slot];
    const lifeMs = minutesOf[slot] * 60_000;
    if (window.opensAtMs !== undefined && now() >= window.opensAtMs + lifeMs)
      Object.assign(window, closed());
    return window;
  }

  function state(account: Account, slot: Slot): WindowState {
    const window = windowOf(account, slot);
    const resetAt = Math.ceil(((window.opensAtMs ?? now()) + minutesOf[slot] * 60_000) / 1000);
    return {
      usedPercent: Math.min(100, (window.cost / budget(account, slot)) * 100),
      minutes: minutesOf[slot],
      resetAt,
      resetAfterSeconds: Math.max(0, resetAt - Math.floor(now() / 1000)),
    };
  }

  function put(account: Account, slot: Slot, cost: number): void {
    const window = windowOf(account, slot);
    window.cost = cost;
    window.opensAtMs ??= now();
  }

  const read = (account: Account): Windows => ({
    fiveHour: state(account, 'fiveHour'),
    weekly: state(account, 'weekly'),
  });

  return {
    charge(account, use) {
      const cost = costOf(use);
      for (const slot of slots) put(account, slot, windowOf(account, slot).cost + cost);
      const points = (slot: Slot) => (cost / budget(account, slot)) * 100;
      return { fiveHour: points('fiveHour'), weekly: points('weekly') };
    },
    add(account, points) {
      for (const slot of slots) {
        const cost = (points[slot] / 100) * budget(account, slot);
        put(account, slot, windowOf(account, slot).cost + cost);
      }
    },
    read,
    spent(account) {
      const { fiveHour, weekly } = read(account);
      return [weekly, fiveHour].find((window) => window.usedPercent >= 100);
    },
    set(account, { fiveHourPercent, weeklyPercent }) {
      const percents = { fiveHour: fiveHourPercent, weekly: weeklyPercent };
      for (const slot of slots) {
        const percent = percents[slot];
        if (percent !== undefined) put(account, slot, (budget(account, slot) * percent) / 100);
      }
    },
    clear: ({ email }) => void books.delete(email),
    reset: () => books.clear(),
  };
}

const closed = (): Window => ({ cost: 0, opensAtMs: undefined });

const budget = (account: Account, slot: Slot) =>
  (fiveHourBudget[account.plan] ?? usualBudget) * (slot === 'weekly' ? weeklyFactor : 1);
