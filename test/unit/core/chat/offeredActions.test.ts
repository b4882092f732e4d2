import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import type { LimitAction } from '../../../../src/shared/protocol/limits.ts';
import { settled } from '../../../support/steppedClock.ts';
import { createTalkWorld, minuteMs } from './chatHarness.ts';

/** Two accounts, and a question that asks before it uses up the rest of a window. */
async function asked() {
  const lines: string[] = [];
  const made = createTalkWorld(['a', 'b'], {
    ...silentLog,
    warn: (line) => void lines.push(line),
  });
  await made.pool.ready;
  made.learn('a');
  made.tell('a', 98, made.clock.now() + 90 * minuteMs);
  made.send('Hello');
  const warning = made.sending.warning();
  return { made, lines, warning, id: warning?.id ?? '', actions: warning?.actions ?? [] };
}

/** A turn that a usage limit has ended. */
async function failed() {
  const lines: string[] = [];
  const made = createTalkWorld(['a'], { ...silentLog, warn: (line) => void lines.push(line) });
  await made.pool.ready;
  const resetsAtMs = made.clock.now() + 30 * minuteMs;
  made.reply = () => ({ spentUntilMs: resetsAtMs });
  made.send('Hello');
  await settled();
  const { id = '', failure } = made.last() ?? {};
  made.sent.length = 0;
  return { made, lines, id, actions: failure?.limitActions ?? [] };
}

const word = fc.string({ minLength: 1, maxLength: 12 }).map((text) => `secret-${text}`);
const anyWay: fc.Arbitrary<LimitAction> = fc.oneof(
  fc.record({ kind: fc.constant('lowerEffort' as const), effort: word }),
  fc.record({ kind: fc.constant('useAccount' as const), accountId: word, label: word }),
  fc.record({ kind: fc.constant('wait' as const), untilMs: fc.integer({ min: 1 }) }),
);

test('an action that a warning did not offer is ignored, and the question stays open', async () => {
  await fc.assert(
    fc.asyncProperty(anyWay, async (action) => {
      const { made, lines, warning, id } = await asked();
      const { effort } = made;
      made.sending.answer(id, action);
      await settled();
      expect(made.sending.warning()).toEqual(warning);
      expect([made.sent, made.held.list(), made.drafts, made.effort]).toEqual([[], [], [], effort]);
      expect(lines).toEqual([`a limit action that was not offered is ignored: ${action.kind}`]);
    }),
    { numRuns: 30 },
  );
});

test('an action that a failed turn does not offer is ignored', async () => {
  const offeredNowhere: LimitAction[] = [
    { kind: 'cancel' },
    { kind: 'lowerEffort', effort: 'low' },
    { kind: 'useAccount', accountId: 'a', label: 'a@example.com' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyWay, fc.constantFrom(...offeredNowhere)), async (action) => {
      const { made, lines, id } = await failed();
      const { effort } = made;
      made.sending.retryWith(id, action);
      await settled();
      expect([made.sent, made.held.list(), made.effort]).toEqual([[], [], effort]);
      expect(lines.at(-1)).toBe(`a limit action that was not offered is ignored: ${action.kind}`);
    }),
    { numRuns: 30 },
  );
});

test('a turn that has not failed offers nothing but to be asked again', async () => {
  const made = createTalkWorld(['a', 'b']);
  await made.pool.ready;
  made.send('Hello');
  await settled();
  made.sent.length = 0;
  const id = made.last()?.id ?? '';
  made.sending.retryWith(id, { kind: 'useAccount', accountId: 'b', label: 'b' });
  made.sending.retryWith(id, { kind: 'wait', untilMs: made.clock.now() + minuteMs });
  await settled();
  expect([made.sent, made.held.list()]).toEqual([[], []]);
  made.sending.retryWith(id, { kind: 'send' });
  await settled();
  expect(made.sent).toHaveLength(1);
});

test('every action that is offered is honored, whatever label comes back with it', async () => {
  const first = await asked();
  expect(first.actions.length).toBeGreaterThan(3);
  for (const at of first.actions.keys()) {
    const { made, lines, id, actions } = await asked();
    const action = actions[at];
    if (!action) continue;
    made.sending.answer(id, action.kind === 'useAccount' ? { ...action, label: 'x' } : action);
    await settled();
    expect(made.sending.warning()).toBeUndefined();
    expect(lines).toEqual([]);
  }
  const { made, id, actions } = await failed();
  expect(actions.map(({ kind }) => kind)).toEqual(['wait']);
  for (const action of actions) made.sending.retryWith(id, action);
  expect(made.held.list()).toHaveLength(1);
});
