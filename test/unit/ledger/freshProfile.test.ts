import { afterEach, beforeEach, expect, test } from 'vitest';
import { toReceipt } from '../../../src/core/chat/turn/receipt.ts';
import { sumPoints } from '../../../src/core/ledger/entry.ts';
import { windowLedger } from '../../../src/core/ledger/ledger.ts';
import { usageLedger } from '../../../src/vscode/usage/usageFigures.ts';
import { openDesk, people, type Desk } from './desk.ts';

/** The first minutes of somebody new: nothing is learnt yet, and the windows stand at 0. */

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  await desk.poll();
});
afterEach(() => desk.close());

async function turn(then: 'complete' | 'stall' = 'complete'): Promise<string> {
  const { control, session, clock, state } = desk;
  control.script({ kind: 'text', text: 'Yes. '.repeat(40), then });
  state.onEvent = (event) => {
    if (then === 'stall' && event.type === 'append') queueMicrotask(session.stop);
  };
  session.send({ text: 'Is it so?', attachments: [] });
  await desk.rest();
  clock.pass(30_000);
  return session.turns().at(-1)?.id ?? '';
}

function ledger(label = '5h') {
  const { tracker, quota, clock } = desk;
  const window = quota.current(people[0])?.windows.find((one) => one.label === label);
  const query = {
    credentialId: people[0],
    label,
    usedPercent: window?.usedPercent ?? 0,
    runningSinceMs: tracker.runningSince(people[0]),
    nowMs: clock.now(),
  };
  const { rows, others, pending } = windowLedger(tracker.entries(), tracker.history(), query);
  return {
    bar: query.usedPercent,
    rows: rows.map(({ points }) => points[label] ?? 0).toReversed(),
    others: others[label],
    pending: pending[label],
  };
}

/** As the Usage page has it. */
const table = () =>
  usageLedger(
    {
      entries: desk.tracker.entries(),
      history: desk.tracker.history(),
      quota: desk.quota.current(people[0]),
      credentialId: people[0],
      titleOf: () => undefined,
      chatId: desk.session.id,
      nowMs: desk.clock.now(),
    },
    'window',
  );

const receipt = (id: string) => {
  const entry = desk.tracker.entry(id);
  return entry && toReceipt(entry).shares.find(({ label }) => label === '5h');
};

test('the cost of two short turns stands at the turns, none of it at other devices', async () => {
  for (let at = 0; at < 2; at += 1) {
    await turn();
    await desk.poll();
  }
  const { bar, rows, others, pending } = ledger();
  expect(bar).toBeGreaterThan(1);
  expect([others, pending]).toEqual([0, 0]);
  expect(rows.every((points) => points > 0)).toBe(true);
  expect(sumPoints(rows)).toBe(bar);
});

test('a stopped turn takes what the bar moved by for it', async () => {
  const ids = [await turn()];
  await desk.poll();
  ids.push(await turn());
  await desk.poll();
  const before = ledger().bar;
  ids.push(await turn('stall'));
  await desk.poll();
  const { bar, rows, others } = ledger();
  expect(others).toBe(0);
  expect(bar).toBeGreaterThan(before);
  expect(rows[2]).toBeGreaterThan((bar - before) / 2);
  expect(sumPoints(rows)).toBe(bar);
  expect(ids.map((id) => receipt(id)?.points)).toEqual(rows);
});

test('what is not settled is pending, at the receipt and in the table, and nobody else is blamed', async () => {
  await turn();
  await desk.poll();
  const id = await turn();
  // Its headers told of the question, and nothing was told since its end.
  const open = ledger();
  expect(receipt(id)?.certainty).toBe('pending');
  expect(open.others).toBe(0);
  expect(open.rows[1]).toBeGreaterThan(0);
  expect(sumPoints(open.rows)).toBe(open.bar);
  expect(table()).toMatchObject({ pending: { fiveHourPoints: open.rows[1] } });
  expect(table().rows[0]).toMatchObject({ pending: ['5h', 'wk'] });
  expect(table().rows[0]).not.toHaveProperty('fiveHourPoints');
  await desk.poll();
  const settled = ledger();
  expect([settled.others, settled.pending]).toEqual([0, 0]);
  expect(sumPoints(settled.rows)).toBe(settled.bar);
  expect(table()).not.toHaveProperty('pending');
  expect(table().rows[0]?.fiveHourPoints).toBe(receipt(id)?.points);
});

test('while a turn runs, what it took so far is pending', async () => {
  const { control, session, state } = desk;
  control.script({ kind: 'text', text: 'Yes. '.repeat(40), then: 'stall' });
  const seen = new Promise<ReturnType<typeof ledger>>((resolve) => {
    state.onEvent = ({ type }) => {
      if (type === 'append') queueMicrotask(() => resolve(ledger()));
    };
  });
  session.send({ text: 'Is it so?', attachments: [] });
  const { bar, others, pending, rows } = await seen;
  session.stop();
  await desk.rest();
  expect(bar).toBeGreaterThan(0);
  expect({ others, pending, rows }).toEqual({ others: 0, pending: bar, rows: [] });
});
