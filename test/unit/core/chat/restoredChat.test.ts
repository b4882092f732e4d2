import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { omitUndefined } from '../../../../src/base/omitUndefined.ts';
import { createMemoryChatLog } from '../../../../src/core/conversations/memoryChatLog.ts';
import { readStoredRecords } from '../../../support/chats.ts';
import { steppedClock } from '../../../support/steppedClock.ts';
import { toTurnView } from '../../../../src/vscode/chat/turnMessages.ts';
import { sseBytes, statusOf, streamOf, type Answering } from '../../../support/streams.ts';
import {
  call,
  completed,
  created,
  deltas,
  done,
  incomplete,
  message,
  thought,
} from '../../faults/events.ts';
import { createTurnWorld } from './turnWorld.ts';

/* A chat that is opened again is what it was: in the panel, and in what the model is told. */

const piece = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).map((text) => ({ text })),
  fc.constant({ call: true as const }),
  fc.constant({ thought: true as const }),
);
const answer = fc.record({
  pieces: fc.array(piece, { maxLength: 4 }),
  ending: fc.constantFrom('completed', 'goesOn', 'cut', 'incomplete', 'busy', 'refused'),
});
const deed = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('send' as const) }), weight: 4 },
  fc.record({ kind: fc.constant('retry' as const), at: fc.nat(3) }),
  fc.record({ kind: fc.constant('stop' as const), after: fc.nat(30) }),
);

type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function responseOf({ pieces, ending }: Answer): Answering {
  if (ending === 'busy') return statusOf(503, 'busy');
  if (ending === 'refused') return statusOf(400, { error: { code: 'invalid_prompt' } });
  const events = pieces.flatMap((one, at) => {
    if ('text' in one) return [...deltas(one.text, at), done(message(one.text), at)];
    if ('call' in one) return [done(call(`call-${at}`), at)];
    return [done(thought(`thought ${at}`), at)];
  });
  const end = {
    completed: [completed()],
    goesOn: [completed({ end_turn: false })],
    cut: [],
    incomplete: [incomplete('max_output_tokens')],
  }[ending];
  return streamOf(sseBytes([created, ...events, ...end]), 90);
}

test('a chat that is opened again shows and tells the model what it did before', async () => {
  const answers = fc.array(answer, { minLength: 1, maxLength: 8 });
  const deeds = fc.array(deed, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(answers, deeds, async (script, steps) => {
      const plain = { pieces: [{ text: 'Bye.' }], ending: 'completed' as const };
      let stopAfter: number | undefined;
      const world = createTurnWorld(
        [...script.map((one) => () => responseOf(one)), () => responseOf(plain)],
        {
          onTurnEvent() {
            if (stopAfter !== undefined && stopAfter-- === 0) world.session.stop();
          },
        },
      );
      const { session } = world;
      for (const [at, step] of steps.entries()) {
        stopAfter = step.kind === 'stop' ? step.after : undefined;
        if (step.kind === 'retry') session.retry(session.turns()[step.at]?.id ?? '');
        else world.send(`Prompt ${at}`);
        await world.rest();
      }
      stopAfter = undefined;
      const records = readStoredRecords(world.chat.records());
      const chat = createMemoryChatLog(world.chat.id, world.clock.now, records);
      const again = createTurnWorld([() => responseOf(plain)], { chat, clock: world.clock });
      expect(again.session.turns().map(toTurnView)).toEqual(session.turns().map(toTurnView));
      expect(omitUndefined({ context: again.session.context() })).toEqual(
        omitUndefined({ context: session.context() }),
      );

      const before = world.sent.length;
      world.send('And now?');
      again.send('And now?');
      await world.rest();
      await again.rest();
      expect(again.sent[0]?.body).toBe(world.sent[before]?.body);
    }),
    { numRuns: 300 },
  );
}, 120_000);

test('a chat whose window was closed in the middle of an answer shows what was written, and the model knows of it', async () => {
  const half = streamOf(sseBytes([created, ...deltas('Half of it')]));
  const endless = async (signal: AbortSignal) => ({
    ...half,
    body: (async function* () {
      yield* half.body;
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
    })(),
  });
  const clock = steppedClock();
  const world = createTurnWorld([() => endless], { clock });
  world.send('Why?');
  await expect.poll(() => JSON.stringify(world.session.turns())).toContain('Half of it');
  expect(JSON.stringify(world.chat.records())).not.toContain('Half of it');
  await clock.advance(2_000);
  expect(JSON.stringify(world.chat.records())).toContain('Half of it');
  expect(clock.timers).toEqual([]);
  const records = readStoredRecords(world.chat.records());
  const chat = createMemoryChatLog(world.chat.id, world.clock.now, records);
  const again = createTurnWorld([() => responseOf({ pieces: [], ending: 'completed' })], { chat });
  expect(again.session.turns()).toMatchObject([
    { status: 'interrupted', parts: [{ kind: 'text', text: 'Half of it' }] },
  ]);
  again.send('Go on');
  await again.rest();
  const told = JSON.stringify(again.inputOf(0));
  expect(told.split('Half of it').length).toBe(2);
  expect(told).toContain('broke off');
  expect(chat.conversation().turns.values().next().value?.status).toBe('interrupted');
  world.session.stop();
});
