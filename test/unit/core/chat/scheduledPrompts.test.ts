import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createScheduledPrompts } from '../../../../src/core/chat/scheduledPrompts.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';

const hourMs = 3_600_000;

function world() {
  const clock = steppedClock();
  const ended = createEmitter<void>();
  const sent: string[] = [];
  const given: string[] = [];
  let isBusy = false;
  let made = 0;
  const held = createScheduledPrompts({
    clock,
    isBusy: () => isBusy,
    onDidEndTurn: ended.event,
    newId: () => `held-${++made}`,
    log: silentLog,
  });
  return {
    clock,
    held,
    sent,
    given,
    hold: (text: string, untilMs: number) =>
      held.hold({ text, untilMs, send: () => sent.push(text), giveBack: () => given.push(text) }),
    begin: () => (isBusy = true),
    end() {
      isBusy = false;
      ended.fire();
    },
  };
}

test('a held message is sent exactly once, a second after the reset', async () => {
  const { clock, held, sent, hold } = world();
  hold('go on', clock.now() + hourMs);
  await clock.advance(hourMs);
  expect(sent).toEqual([]);
  await clock.advance(1_000);
  expect(sent).toEqual(['go on']);
  await clock.advance(10 * hourMs);
  expect(sent).toEqual(['go on']);
  expect(held.list()).toEqual([]);
  expect(clock.timers).toEqual([]);
});

test('it waits for the turn that runs', async () => {
  const { clock, sent, hold, begin, end } = world();
  hold('go on', clock.now() + hourMs);
  begin();
  await clock.advance(2 * hourMs);
  expect(sent).toEqual([]);
  end();
  await settled();
  expect(sent).toEqual(['go on']);
});

test('sent by hand it does not go out again at the reset', async () => {
  const { clock, held, sent, hold } = world();
  hold('go on', clock.now() + hourMs);
  held.sendNow('held-1');
  held.sendNow('held-1');
  await clock.advance(2 * hourMs);
  expect(sent).toEqual(['go on']);
});

test('while a turn runs it cannot be sent by hand, and is kept', () => {
  const { clock, held, sent, hold, begin } = world();
  hold('go on', clock.now() + hourMs);
  begin();
  held.sendNow('held-1');
  expect(sent).toEqual([]);
  expect(held.list()).toHaveLength(1);
});

test('cancelled it is given back and never sent', async () => {
  const { clock, held, sent, given, hold } = world();
  hold('go on', clock.now() + hourMs);
  held.cancel('held-1');
  await clock.advance(2 * hourMs);
  expect([sent, given]).toEqual([[], ['go on']]);
});

test('a wait longer than a timer can hold is waited for in stretches', async () => {
  const { clock, sent, hold } = world();
  hold('go on', clock.now() + 40 * 24 * hourMs);
  await clock.advance(40 * 24 * hourMs);
  expect(sent).toEqual([]);
  await clock.advance(1_000);
  expect(sent).toEqual(['go on']);
});

test('whatever happens, each message is sent once, or given back once, or still held', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('hold' as const), minutes: fc.integer({ min: 0, max: 120 }) }),
    fc.record({ kind: fc.constant('advance' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constantFrom('send' as const, 'cancel' as const), at: fc.nat(5) }),
    fc.record({ kind: fc.constantFrom('begin' as const, 'end' as const, 'cancelAll' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { clock, held, sent, given, hold, begin, end } = world();
      let made = 0;
      for (const each of steps) {
        if (each.kind === 'hold') hold(`m${made++}`, clock.now() + each.minutes * 60_000);
        else if (each.kind === 'advance') await clock.advance(each.minutes * 60_000);
        else if (each.kind === 'send') held.sendNow(held.list()[each.at]?.id ?? '');
        else if (each.kind === 'cancel') held.cancel(held.list()[each.at]?.id ?? '');
        else if (each.kind === 'begin') begin();
        else if (each.kind === 'end') end();
        else held.cancelAll();
      }
      const all = [...sent, ...given, ...held.list().map(({ text }) => text)];
      expect(all.toSorted()).toEqual(Array.from({ length: made }, (_, n) => `m${n}`).toSorted());
    }),
    { numRuns: 200 },
  );
});
