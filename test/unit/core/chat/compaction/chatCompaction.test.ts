import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDeferred } from '../../../../../src/base/async/deferred.ts';
import { prepareInput } from '../../../../../src/core/responses/request/prepareInput.ts';
import { ResponsesError } from '../../../../../src/core/responses/retry/failure.ts';
import { summaryPrompt } from '../../../../../src/core/conversations/compaction/summaryPrompt.ts';
import type { CompactionUsage } from '../../../../../src/core/chat/compaction/compactionUsage.ts';
import { chatWorld, hasSummary } from './chatWorld.ts';

async function filled(world: ReturnType<typeof chatWorld>, turns: number) {
  for (let turn = 0; turn < turns; turn++) await world.ask(`question ${turn}`);
}

test('a chat below three quarters of the window is left alone', async () => {
  const world = chatWorld();
  await filled(world, 10);
  expect(world.summaries()).toEqual([]);
});

test('from three quarters on the history is summarized while the chat goes on, then replaced', async () => {
  const world = chatWorld();
  const gate = createDeferred<void>();
  world.summaryGate = gate.promise;
  await filled(world, 15);
  expect(world.session.compaction.state()).toMatchObject({
    status: 'running',
    trigger: 'background',
  });
  await world.ask('meanwhile');
  expect(hasSummary(world.lastInput())).toBe(false);
  gate.resolve(undefined);
  await world.settled();
  await world.ask('after');
  expect(hasSummary(world.lastInput())).toBe(true);
  expect(JSON.stringify(world.lastInput())).toContain('meanwhile');
  expect(world.refused).toEqual([]);
});

test('the summary is asked for with the items, instructions and tools of the turns before', async () => {
  const world = chatWorld();
  await filled(world, 15);
  await world.settled();
  const [request] = world.summaries();
  const input = prepareInput(request?.input ?? []);
  const before = prepareInput(world.lastInput());
  expect(input.slice(0, -1)).toEqual(before.slice(0, input.length - 1));
  expect(JSON.stringify(input.at(-1))).toContain(summaryPrompt.slice(0, 40));
  expect(request).toMatchObject({ instructions: 'Be brief.', tools: [], sessionId: 'chat-1' });
});

test('the context meter goes down, and is an estimate until the next answer', async () => {
  const world = chatWorld();
  await filled(world, 13);
  const before = world.session.context();
  await world.session.compaction.start('command');
  const after = world.session.context();
  expect(before).not.toHaveProperty('isEstimate');
  expect(after).toMatchObject({ isEstimate: true });
  expect(after.usedTokens).toBeLessThan(before.usedTokens / 2);
  await world.ask('next');
  expect(world.session.context()).not.toHaveProperty('isEstimate');
});

test('the command compacts at any time, and an empty chat gives a failure and no request', async () => {
  const world = chatWorld();
  await world.session.compaction.start('command');
  expect(world.session.compaction.state()).toMatchObject({
    status: 'failed',
    error: { problem: 'nothing' },
  });
  expect(world.summaries()).toEqual([]);
});

test('at nine tenths a request waits for the compaction', async () => {
  const world = chatWorld({ isHeldBack: () => false }, { tokens: 6_000 });
  await filled(world, 2);
  world.summaryText = new ResponsesError({ kind: 'server' });
  await world.ask('fills it');
  await world.settled();
  world.summaryText = 'All is done. '.repeat(30);
  await world.ask('next');
  expect(hasSummary(world.lastInput())).toBe(true);
  expect(world.refused).toEqual([]);
});

test('a prompt that still fits is sent when the compaction fails', async () => {
  const world = chatWorld({}, { tokens: 1_000 });
  world.summaryText = new ResponsesError({ kind: 'server' });
  await filled(world, 17);
  await world.settled();
  await world.ask('still fits');
  expect(JSON.stringify(world.lastInput())).toContain('still fits');
  expect(world.given).toEqual([]);
  expect(world.session.compaction.state()).toMatchObject({ status: 'failed' });
});

test('a prompt that does not fit is given back, and the chat stays as it was', async () => {
  const world = chatWorld({}, { tokens: 1_000 });
  world.summaryText = new ResponsesError({ kind: 'server' });
  await filled(world, 10);
  await world.settled();
  const records = world.chat.records().length;
  const turns = world.session.turns().length;
  const long = 'word '.repeat(20_000);
  await world.ask(long);
  expect(world.given).toEqual([long]);
  expect(world.session.turns()).toHaveLength(turns);
  expect(world.chat.records()).toHaveLength(records);
  await world.ask('short');
  expect(JSON.stringify(world.lastInput())).toContain('short');
});

test('after two failures no compaction starts by itself, and the command starts one', async () => {
  const world = chatWorld();
  world.summaryText = new ResponsesError({ kind: 'server' });
  for (let turn = 0; turn < 18; turn++) {
    await world.ask('go');
    await world.settled();
  }
  expect(world.summaries().length).toBe(2);
  const before = world.summaries().length;
  await world.session.compaction.start('command');
  expect(world.summaries().length).toBe(before + 1);
});

test('none starts by itself while the quota would not bear it', async () => {
  const asked: number[] = [];
  const world = chatWorld({ isHeldBack: (tokens) => asked.push(tokens) > 0 });
  await filled(world, 16);
  expect(world.summaries()).toEqual([]);
  expect(asked[0]).toBeGreaterThanOrEqual(15_000);
});

test('Stop ends a compaction, and nothing has changed', async () => {
  const world = chatWorld();
  await filled(world, 12);
  world.summaryGate = new Promise(() => {});
  const before = world.types();
  const over = world.session.compaction.start('command');
  world.session.stop();
  await over;
  expect(world.session.compaction.state()).toBeUndefined();
  expect(world.types()).toEqual(before);
});

test('Stop ends a turn that waits for a compaction, and the compaction with it', async () => {
  const world = chatWorld({}, { tokens: 6_000 });
  world.summaryGate = new Promise(() => {});
  await filled(world, 3);
  const over = world.ask('waits');
  await new Promise((resolve) => setTimeout(resolve, 5));
  world.session.stop();
  await over;
  await world.settled();
  expect(world.session.turns().at(-1)).toMatchObject({ status: 'stopped' });
  expect(world.types()).not.toContain('compact');
});

test('Restore sends the whole history again, and the earlier compaction counts again', async () => {
  const world = chatWorld();
  await filled(world, 12);
  const whole = world.lastInput().length;
  await world.session.compaction.start('command');
  await world.ask('next');
  const [first] = world.session.compactions();
  expect(hasSummary(world.lastInput())).toBe(true);
  await world.session.compaction.restore(first?.compaction ?? '');
  expect(world.session.compactions()).toMatchObject([{ isRestored: true }]);
  await world.ask('whole again');
  expect(hasSummary(world.lastInput())).toBe(false);
  expect(world.lastInput().length).toBeGreaterThan(whole);
});

test('a chat that was reloaded sends what the chat before it would have sent', async () => {
  const world = chatWorld();
  await filled(world, 12);
  await world.session.compaction.start('command');
  const stored = JSON.parse(JSON.stringify(world.chat.records()));
  const reloaded = chatWorld({}, { before: stored });
  expect(reloaded.session.context()).toEqual(world.session.context());
  await Promise.all([world.ask('next'), reloaded.ask('next')]);
  expect(prepareInput(reloaded.lastInput())).toEqual(prepareInput(world.lastInput()));
});

test('a chat that was killed at any step opens with the old or the new context', async () => {
  const world = chatWorld();
  await filled(world, 12);
  const old = JSON.parse(JSON.stringify(world.chat.records()));
  await world.session.compaction.start('command');
  await world.session.compaction.restore(world.session.compactions()[0]?.compaction ?? '');
  const all = JSON.parse(JSON.stringify(world.chat.records()));
  const contexts = [];
  for (let count = old.length; count <= all.length; count++) {
    const opened = chatWorld({}, { before: all.slice(0, count) });
    await opened.ask('next');
    expect(opened.refused).toEqual([]);
    contexts.push(hasSummary(opened.lastInput()) ? 'new' : 'old');
  }
  expect(contexts).toEqual(['old', 'new', 'old']);
});

test('a compaction belongs to its branch: another answer to an earlier prompt is without it', async () => {
  const world = chatWorld();
  await filled(world, 12);
  await world.session.compaction.start('command');
  const cut = world.session.compactions()[0]?.cut.turn;
  world.chat.add({ type: 'branch', leaf: world.session.turns()[2]?.id });
  const reloaded = chatWorld({}, { before: JSON.parse(JSON.stringify(world.chat.records())) });
  expect(reloaded.session.compactions()).toEqual([]);
  await reloaded.ask('from the third turn');
  expect(hasSummary(reloaded.lastInput())).toBe(false);
  expect(cut).toBeDefined();
});

test('each compaction is reported to the ledger once, with its tokens', async () => {
  const told: unknown[] = [];
  const compactionUsage: CompactionUsage = {
    started: (_id, tokens) => told.push(['started', tokens > 0]),
    event: (_id, { type }) => told.push(type),
    ended: (_id, outcome, tokens) => told.push([outcome, tokens?.output]),
  };
  const world = chatWorld({ compactionUsage });
  await filled(world, 12);
  await world.session.compaction.start('command');
  expect(told).toEqual([['started', true], 'attempt', ['done', 100]]);
});

test('whatever happens, each request is accepted and no message of the user is lost', async () => {
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.constant('ask' as const) },
    fc.constantFrom(
      'compact' as const,
      'restore' as const,
      'stop' as const,
      'retry' as const,
      'fail' as const,
      'reload' as const,
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 5, maxLength: 25 }),
      fc.constantFrom(300, 2_000, 5_000),
      async (actions, tokens) => {
        let world = chatWorld({}, { tokens });
        for (const [at, one] of actions.entries()) {
          const good = world.summaryText;
          if (one === 'ask') await world.ask(`question ${at}`);
          else if (one === 'compact') await world.session.compaction.start('command');
          else if (one === 'restore') {
            await world.session.compaction.restore(
              world.session.compactions().at(-1)?.compaction ?? '',
            );
          } else if (one === 'stop') {
            const over = world.session.compaction.start('command');
            world.session.stop();
            await over;
          } else if (one === 'retry') {
            const last = world.session.turns().at(-1);
            if (last) {
              const ended = new Promise<void>((resolve) => {
                world.session.onDidEndTurn(() => resolve());
              });
              world.session.retry(last.id);
              await ended;
            }
          } else if (one === 'fail') {
            world.summaryText = new ResponsesError({ kind: 'server' });
            await world.session.compaction.start('command');
            world.summaryText = good;
          } else {
            await world.settled();
            expect(world.refused).toEqual([]);
            world = chatWorld(
              {},
              { tokens, before: JSON.parse(JSON.stringify(world.chat.records())) },
            );
          }
        }
        await world.settled();
        expect(world.refused).toEqual([]);
        // Budget for the messages of the user is far from used up: each one is still there, once.
        await world.ask('the last one');
        const text = JSON.stringify(world.lastInput());
        for (const { prompt } of world.session.turns()) {
          const count = text.split(JSON.stringify(prompt.text)).length - 1;
          expect({ prompt: prompt.text, count }).toEqual({ prompt: prompt.text, count: 1 });
        }
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
