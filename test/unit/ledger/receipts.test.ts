import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { sumPoints } from '../../../src/core/ledger/entry.ts';
import { windowLedger } from '../../../src/core/ledger/ledger.ts';
import type { Behaviour } from '../../backend/backend.ts';
import type { Charge } from '../../backend/ledger.ts';
import { seeded } from '../core/ledger/synthetic.ts';
import { openDesk, people, type Desk } from './desk.ts';

/**
 * What the ledger says of turns, beside what the stand-in knows that they took: the session, the
 * client and the ledger as they are shipped, over real sockets.
 */

const hourMs = 3_600_000;
const turns = 200;

interface Deed {
  /** Faults that come before the answer, or instead of it. */
  faults: readonly Behaviour[];
  kinds: readonly string[];
  outcome: LedgerEntry['outcome'];
  ending?: 'drop';
  isStopped?: true;
  isSpent?: true;
  isShared?: true;
}

const done = { faults: [], kinds: [], outcome: 'done' } as const;
const fault = (kind: string, ...faults: Behaviour[]): Deed => ({
  faults,
  kinds: faults.map(() => kind),
  outcome: 'done',
});
const deeds: readonly (readonly [string, number, Deed])[] = [
  ['plain', 50, done],
  ['dropped', 5, fault('network', { kind: 'drop' })],
  ['cut', 8, fault('cut', { kind: 'fixture', name: 'drop_mid_text' })],
  ['cut after the last word', 4, { ...done, ending: 'drop' }],
  ['server error', 4, fault('server', { kind: 'status', status: 500, body: {} })],
  ['rate limited', 4, fault('rateLimited', { kind: 'httpError', name: 'rate_limit_retry_after' })],
  ['garbled', 6, fault('garbled', { kind: 'fixture', name: 'garbled_plus_hash' })],
  [
    'refused',
    4,
    {
      faults: [{ kind: 'httpError', name: 'bad_image' }],
      kinds: ['badRequest'],
      outcome: 'failed',
    },
  ],
  ['stopped', 6, { faults: [], kinds: [], outcome: 'stopped', isStopped: true }],
  ['spent', 3, { faults: [], kinds: ['usageLimit'], outcome: 'done', isSpent: true }],
  ['other device during it', 10, { ...done, isShared: true }],
];

interface Played {
  id: string;
  name: string;
  deed: Deed;
  model: string;
  effort: string;
  charges: readonly Charge[];
  /** % of the 5-hour limit that other devices took unseen before, and during it. */
  before: number;
  during: number;
  /** Whether the figures after it are known before anything else is used. */
  isSeen: boolean;
}

let desk: Desk;
const played: Played[] = [];

beforeAll(async () => {
  desk = await openDesk();
  const random = seeded(20);
  for (let at = 0; at < turns; at += 1) played.push(await play(random));
}, 120_000);

afterAll(() => desk.close());

async function play(random: () => number): Promise<Played> {
  const { control, state, clock, tracker } = desk;
  if (desk.session.turns().length >= 8) desk.startNew();
  const { session } = desk;
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)]!;
  clock.pass(60_000 * 20 * random());
  await makeRoom();
  if (random() < 0.1) state.person = pick(people);
  const before = await useBetween(random);
  const [name, , deed] = pickDeed(random());
  if (deed.isSpent) control.useElsewhere(state.person, { fiveHour: 100, weekly: 0 });
  Object.assign(state, {
    model: pick(['gpt-5.5', 'gpt-5.1-codex-max']),
    effort: pick(['low', 'medium', 'high']),
  });
  const text = 'An answer of some words. '.repeat(20 + 1200 * random() ** 2);
  const ending = deed.isStopped ? 'stall' : (deed.ending ?? 'complete');
  control.script(...deed.faults);
  if (deed.outcome !== 'failed') {
    control.script({ kind: 'text', text, reasoning: 'Hm, let me see. '.repeat(30), then: ending });
  }
  let during = 0;
  state.onEvent = (event) => {
    if (deed.isStopped && event.type === 'append') queueMicrotask(session.stop);
    if (deed.isShared && event.type === 'headers' && during === 0) {
      during = 1 + 3 * random();
      control.useElsewhere(state.person, { fiveHour: during, weekly: during / 5 });
    }
  };
  const first = control.charges().length;
  session.send({ text: `Question ${'and so on '.repeat(50 * random())}`, attachments: [] });
  await desk.rest();
  clock.pass(1000);
  const isSeen = random() < 0.7;
  if (isSeen) await desk.poll();
  // Somebody looks now and then, in the middle of it all.
  if (random() < 0.3) tracker.settle();
  const id = session.turns().at(-1)?.id ?? '';
  const charges = control.charges().slice(first);
  return {
    id,
    name,
    deed,
    model: state.model,
    effort: state.effort,
    charges,
    before,
    during,
    isSeen,
  };
}

/** The windows start anew when they are nearly spent, as nobody can work on then. */
async function makeRoom(): Promise<void> {
  for (const email of people) {
    await desk.poll(email);
    const windows = desk.quota.current(email)?.windows ?? [];
    const isFull = (kind: string) =>
      windows.some((window) => window.kind === kind && window.usedPercent > 80);
    if (isFull('weekly')) desk.clock.pass(169 * hourMs);
    else if (isFull('fiveHour')) desk.clock.pass(5.1 * hourMs);
  }
}

/** Gives what others took since the last figures. */
async function useBetween(random: () => number): Promise<number> {
  const { control, state } = desk;
  if (random() < 0.6) return 0;
  const points = 4 * random();
  control.useElsewhere(state.person, { fiveHour: points, weekly: points / 5 });
  if (random() < 0.5) return points;
  await desk.poll();
  return 0;
}

function pickDeed(share: number): (typeof deeds)[number] {
  const all = deeds.reduce((sum, [, often]) => sum + often, 0);
  let left = share * all;
  return deeds.find(([, often]) => (left -= often) < 0) ?? deeds[0]!;
}

const entryOf = ({ id }: Played) => {
  const entry = desk.tracker.entry(id);
  if (!entry) throw new Error(`There is no receipt of ${id}.`);
  return entry;
};

const pointsOf = (entry: LedgerEntry, label: string) =>
  sumPoints(entry.shares.filter((one) => one.label === label).map(({ points }) => points));

const truthOf = ({ charges }: Played, window: 'fiveHour' | 'weekly') =>
  charges.reduce((sum, { points }) => sum + points[window], 0);

test('every way in which a turn can go was played', () => {
  expect(new Set(played.map(({ name }) => name))).toEqual(new Set(deeds.map(([name]) => name)));
});

test('tokens, requests, failures, models and outcomes are those of the backend, for every turn', () => {
  const told = played.map((turn) => {
    const { tokens, requests, failed, outcome, model, effort } = entryOf(turn);
    return { name: turn.name, tokens, requests, failed, outcome, model, effort };
  });
  const wanted = played.map((turn) => {
    const { name, charges, deed, model, effort } = turn;
    const { kinds, outcome } = deed;
    return {
      name,
      tokens: sumTold(charges),
      requests: charges.length,
      failed: kinds,
      outcome,
      model,
      effort,
    };
  });
  expect(told).toEqual(wanted);
});

function sumTold(charges: readonly Charge[]) {
  const told = charges.flatMap((charge) => charge.told ?? []);
  if (told.length === 0) return undefined;
  const sum = (take: (one: (typeof told)[number]) => number) =>
    told.reduce((all, one) => all + take(one), 0);
  return {
    input: sum(({ input }) => input),
    cached: sum(({ cached }) => cached),
    output: sum(({ output }) => output),
    reasoning: sum(({ reasoning }) => reasoning),
  };
}

test('turns and other devices add up to the figure of each window, exactly', () => {
  const { tracker, quota, clock } = desk;
  const windows = tracker.windows();
  expect(windows.length).toBe(4);
  for (const { series, cycles } of windows) {
    for (const { cycle, mills, otherMills } of cycles) {
      const shares = tracker.entries().flatMap((entry) =>
        entry.shares
          .filter(({ credentialId, label }) => {
            return credentialId === series.credentialId && label === series.label;
          })
          .filter(({ startsAtMs }) => Math.abs(startsAtMs - cycle.startsAtMs) < 60_000),
      );
      expect(otherMills).toBeGreaterThanOrEqual(0);
      expect(sumPoints([...shares.map(({ points }) => points), otherMills / 1000])).toBe(
        mills / 1000,
      );
    }
  }
  for (const credentialId of people) {
    const window = quota.current(credentialId)?.windows.find(({ kind }) => kind === 'fiveHour');
    const usedPercent = window?.usedPercent ?? 0;
    const query = { credentialId, label: '5h', usedPercent, nowMs: clock.now() };
    const { rows, others } = windowLedger(tracker.entries(), tracker.history(), query);
    const all = [...rows.map(({ points }) => points['5h'] ?? 0), others['5h'] ?? 0];
    expect(sumPoints(all)).toBe(usedPercent);
  }
});

/** The usage answer cuts off less than a point, headers less than a tenth. */
const resolution = 1.1;

const figures = (turn: Played) => {
  const entry = entryOf(turn);
  const certainties = entry.shares.flatMap(({ label, certainty }) =>
    label === '5h' ? [certainty] : [],
  );
  return {
    name: turn.name,
    truth: truthOf(turn, 'fiveHour'),
    told: pointsOf(entry, '5h'),
    during: turn.during,
    isSure: certainties.every((one) => one === 'measured' || one === 'shared'),
  };
};

/**
 * What others took just before a turn shows in the same headers as its question, and can pass for
 * it up to what such a question usually takes; so there the bound is the turn once more.
 */
test('a turn is given no more than the figures tell, but for what others took beside it', () => {
  const known = played.filter(({ isSeen }) => isSeen).map(figures);
  expect(known.length).toBeGreaterThan(100);
  const over = (bound: (truth: number) => number) =>
    known.filter(({ truth, told, during }) => told > bound(truth) + during + resolution);
  expect(over((truth) => 2 * truth)).toEqual([]);
  expect(over((truth) => truth).length / known.length).toBeLessThan(0.1);
});

test('a turn that was measured lacks nothing of what it took', () => {
  const known = played
    // What the backend took for these it does not tell.
    .filter(({ name }) => name !== 'garbled' && name !== 'cut')
    .filter(({ isSeen }) => isSeen)
    .map(figures)
    .filter(({ isSure }) => isSure);
  expect(known.length).toBeGreaterThan(80);
  expect(known.filter(({ truth, told }) => told < truth - resolution)).toEqual([]);
});

test('what other devices took between turns stays out of them', () => {
  const after = played.filter(({ isSeen, before, during }) => isSeen && before > 1 && during === 0);
  expect(after.length).toBeGreaterThan(8);
  const over = after.map(figures).reduce((sum, { truth, told }) => sum + told - truth, 0);
  expect(over / after.length).toBeLessThan(1);
});

test('nothing is given to turns that were refused', () => {
  const refused = played.filter(({ name }) => name === 'refused').map(figures);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ told }) => told > 0)).toEqual([]);
});
