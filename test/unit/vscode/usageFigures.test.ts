import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { LedgerEntry } from '../../../src/core/ledger/entry.ts';
import { noHistory } from '../../../src/core/ledger/history.ts';
import { sumPoints } from '../../../src/core/ledger/entry.ts';
import { createLedgerTracker } from '../../../src/core/ledger/tracker.ts';
import { usageToWebview } from '../../../src/shared/protocol/usage.ts';
import { outlookOf, usageLedger, usagePlot } from '../../../src/vscode/usage/usageFigures.ts';
import { account, createWorld, styles } from '../core/ledger/synthetic.ts';

const nowMs = Date.UTC(2026, 2, 4, 1, 30);
const hourMs = 3_600_000;

const entry = (hoursAgo: number): LedgerEntry => {
  const atMs = nowMs - hoursAgo * hourMs;
  return {
    version: 1,
    id: `turn-${hoursAgo}`,
    revision: 1,
    atMs,
    endedAtMs: atMs,
    chatId: 'chat',
    credentialId: 'home',
    spans: [{ credentialId: 'home', fromMs: atMs, toMs: atMs }],
    model: 'some-model',
    effort: 'low',
    requests: 1,
    failed: [],
    shares: [],
    kind: 'turn',
    outcome: 'done',
  };
};

describe('the ledger', () => {
  test.each([
    ['day', ['turn-1', 'turn-23']],
    ['week', ['turn-1', 'turn-23', 'turn-25', 'turn-167']],
  ] as const)('of the last %s reaches back over midnight, and no further', (scope, ids) => {
    const entries = [1, 23, 25, 167, 169].map(entry);
    const figures = {
      entries,
      history: noHistory,
      quota: undefined,
      credentialId: 'home',
      titleOf: () => undefined,
      chatId: 'chat',
      nowMs,
    };
    expect(usageLedger(figures, scope).rows.map(({ id }) => id)).toEqual(ids);
  });

  test('of an account leaves out what a turn took of the one that it went on with', () => {
    const share = {
      kind: 'fiveHour',
      label: '5h',
      startsAtMs: nowMs,
      certainty: 'measured',
    } as const;
    const span = (credentialId: string, ms: number) => ({ credentialId, fromMs: 0, toMs: ms });
    const went = (id: string, homeMs: number): LedgerEntry => ({
      ...entry(1),
      id,
      credentialId: 'work',
      spans: [span('home', homeMs), span('work', 9)],
      shares: [
        ...(homeMs > 0 ? [{ ...share, credentialId: 'home', points: 2 }] : []),
        { ...share, credentialId: 'work', points: 5 },
      ],
    });
    const rowsOf = (credentialId: string) =>
      usageLedger(
        {
          entries: [went('in the middle', 5), went('at once', 0)],
          history: noHistory,
          quota: undefined,
          credentialId,
          titleOf: () => undefined,
          chatId: 'chat',
          nowMs,
        },
        'day',
      ).rows.map(({ id, fiveHourPoints }) => [id, fiveHourPoints]);
    expect(rowsOf('home')).toEqual([['in the middle', 2]]);
    expect(rowsOf('work')).toEqual([
      ['in the middle', 5],
      ['at once', 5],
    ]);
  });

  test('of a window adds up to the figure on its bar, by rows and others', () => {
    fc.assert(
      fc.property(fc.constantFrom(...styles), fc.nat(1000), fc.nat(60), (style, seed, turns) => {
        const { figures, bar } = worked(style, seed, turns);
        const { rows, others, sum } = usageLedger(figures, 'window');
        const five = rows.map(({ fiveHourPoints }) => fiveHourPoints ?? 0);
        expect(sumPoints([...five, others?.fiveHourPoints ?? 0])).toBe(bar);
        expect(sum.fiveHourPoints).toBe(bar);
        const week = rows.map(({ weeklyPoints }) => weeklyPoints ?? 0);
        expect(sumPoints([...week, others?.weeklyPoints ?? 0])).toBe(sum.weeklyPoints);
        expect(sum.input).toBe(rows.reduce((all, { input }) => all + input, 0));
      }),
      { numRuns: 30 },
    );
  });

  test('of a chat holds that chat alone, with the sums of its rows', () => {
    const { figures } = worked(styles[0]!, 1, 30);
    const entries = figures.entries.map((one, at) => ({ ...one, chatId: `chat-${at % 3}` }));
    const { rows, sum } = usageLedger({ ...figures, entries, chatId: 'chat-1' }, 'chat');
    expect(rows.length).toBe(10);
    expect(sum.fiveHourPoints).toBe(
      sumPoints(rows.map(({ fiveHourPoints }) => fiveHourPoints ?? 0)),
    );
    expect(sum.output).toBe(rows.reduce((all, { output }) => all + output, 0));
  });
});

type Style = (typeof styles)[number];

/** What there is to show after some turns of somebody who works in this way. */
function worked(style: Style, seed: number, turns: number) {
  const world = createWorld(style, seed);
  const tracker = createLedgerTracker({ now: world.nowMs });
  for (let at = 0; at < turns; at += 1) world.play(world.next(), tracker);
  const { five, week } = world.figures();
  const window = {
    kind: 'fiveHour',
    label: '5h',
    usedPercent: five,
  } as const;
  const weekly = { kind: 'weekly', label: 'wk', usedPercent: week } as const;
  const figures = {
    entries: tracker.entries(),
    history: tracker.history(),
    quota: {
      credentialId: account,
      observedAtMs: world.nowMs(),
      windows: [window, weekly],
      others: [],
      refused: false,
    },
    credentialId: account,
    titleOf: () => undefined,
    chatId: 'chat',
    nowMs: world.nowMs(),
  };
  return { figures, bar: five };
}

describe('what the page is told', () => {
  const message = z.discriminatedUnion('type', usageToWebview);
  const point = fc.record({
    gapMs: fc.integer({ min: 1, max: 3 * hourMs }),
    usedPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    leftMs: fc.integer({ min: 0, max: 170 * hourMs }),
    whole: fc.boolean(),
  });
  const course = fc.record({
    points: fc.array(point, { maxLength: 200 }),
    often: fc.constantFrom(1, 30),
    minutes: fc.constantFrom(300, 10_080),
  });

  test('is of the shape that it reads, whatever the backend has told', () => {
    fc.assert(
      fc.property(course, ({ points, often, minutes }) => {
        const { figures, toldAtMs } = told(points, often, minutes);
        for (const span of ['day', 'week'] as const) {
          const plot = usagePlot(figures, span);
          expect(message.safeParse({ type: 'usage/plot', seq: 1, plot }).error).toBeUndefined();
          const [first] = plot.series;
          for (const atMs of first?.resetsAtMs ?? []) expect(atMs).toBeLessThanOrEqual(toldAtMs);
          const times = [...(first?.points ?? []), ...(first?.guess ?? [])].map(({ atMs }) => atMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
        const outlook = outlookOf(figures);
        const accounts = { list: [], outlook, refreshing: false };
        expect(
          message.safeParse({ type: 'usage/accounts', seq: 1, accounts }).error,
        ).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('holds no more points than it takes, after a week of a reading every three minutes', () => {
    const every = { gapMs: 180_000, leftMs: 100 * hourMs, whole: false };
    const points = Array.from({ length: 2900 }, (_, at) => ({ ...every, usedPercent: at / 30 }));
    const { figures } = told(points, 1, 10_080);
    const plot = usagePlot(figures, 'week');
    expect(message.safeParse({ type: 'usage/plot', seq: 1, plot }).error).toBeUndefined();
    expect(plot.series[0]?.points.at(-1)?.percent).toBeCloseTo(2899 / 30, 2);
  });

  function told(points: readonly Told[], often: number, minutes: number) {
    let atMs = nowMs;
    const tracker = createLedgerTracker({ now: () => atMs });
    const [kind, label] =
      minutes === 300 ? (['fiveHour', '5h'] as const) : (['weekly', 'wk'] as const);
    const window = { kind, label, name: label, usedPercent: 0 };
    for (const { gapMs, usedPercent, leftMs, whole } of Array.from(
      { length: often },
      () => points,
    ).flat()) {
      atMs += Math.ceil(gapMs / often);
      const used = whole ? Math.floor(usedPercent) : usedPercent;
      tracker.reading({
        credentialId: 'home',
        source: whole ? 'usage' : 'headers',
        observedAtMs: atMs,
        windows: [{ ...window, minutes, usedPercent: used, resetsAtMs: atMs + leftMs }],
      });
    }
    const figures = {
      entries: [],
      history: tracker.history(),
      quota: {
        credentialId: 'home',
        observedAtMs: atMs,
        windows: [window],
        others: [],
        refused: false,
      },
      credentialId: 'home',
      titleOf: () => undefined,
      chatId: 'chat',
      nowMs: atMs,
    };
    return { figures, toldAtMs: atMs };
  }
});

interface Told {
  gapMs: number;
  usedPercent: number;
  leftMs: number;
  whole: boolean;
}
