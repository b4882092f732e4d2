import { notesOf } from '../../../support/chats.ts';
import { describe, expect, test } from 'vitest';
import {
  answer,
  completed,
  created,
  deltas,
  done,
  incomplete,
  message,
} from '../../faults/events.ts';
import { followInPanel } from '../../../support/panelState.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic } from '../responses/harness.ts';
import { createTurnWorld } from './turnWorld.ts';

const whole = (text: string) => streamOf(sseBytes(answer(text)));
const notesIn = (world: ReturnType<typeof createTurnWorld>) => notesOf(world.session.turns()[0]);

describe('the row of a retry', () => {
  const refusals = [
    ['Codex server error', () => statusOf(500, '')],
    ['Codex is overloaded', () => statusOf(503, { error: { code: 'server_is_overloaded' } })],
    ['Too many requests', () => statusOf(429, {})],
    ['Connection lost', () => streamOf(sseBytes([created]))],
    ['Empty response', () => streamOf(sseBytes([created, completed()]))],
  ] as const;

  test.each(refusals)('says "%s" and when the next attempt comes', async (reason, refusal) => {
    const clock = steppedClock();
    const world = createTurnWorld([refusal, () => whole('Yes.')], { clock });
    const panel = followInPanel(world.session);
    world.send('Why?');
    await settled();
    const [turn] = panel.turns();
    expect(turn?.retry).toEqual({ attempt: 2, maxAttempts: 6, reason, atMs: clock.now() + 250 });
    await clock.advance(250);
    await world.rest();
    expect(panel.turns()[0]).toMatchObject({ status: 'done', notes: [] });
    expect(panel.turns()[0]).not.toHaveProperty('retry');
    expect(panel.differences()).toEqual([]);
  });

  test('is skipped by "Try now", for this wait and this turn alone', async () => {
    const clock = steppedClock();
    const busy = () => statusOf(500, '');
    const world = createTurnWorld([busy, busy, () => whole('Yes.')], { clock });
    world.send('Why?');
    await settled();
    const id = world.session.turns()[0]?.id ?? '';
    world.session.retryNow('another turn');
    await settled();
    expect(world.sent.length).toBe(1);
    world.session.retryNow(id);
    await settled();
    expect(world.sent.length).toBe(2);
    expect(world.session.turns()[0]?.retry?.attempt).toBe(3);
    world.session.retryNow(id);
    await world.rest();
    expect(world.session.turns()[0]).toMatchObject({ status: 'done', parts: [{ text: 'Yes.' }] });
    expect(clock.timers).toEqual([]);
  });

  test('goes with a stop, and nothing is sent afterwards', async () => {
    const clock = steppedClock();
    const world = createTurnWorld([() => statusOf(500, '')], { clock });
    world.send('Why?');
    await settled();
    world.session.stop();
    await clock.advance(10_000);
    expect(world.session.turns()[0]).toMatchObject({ status: 'stopped' });
    expect(world.session.turns()[0]).not.toHaveProperty('retry');
    expect(world.sent.length).toBe(1);
  });
});

test('another model than was asked for is named once, however often the backend says so', async () => {
  const headers = { 'content-type': 'text/event-stream', 'openai-model': 'gpt-5.5-mini' };
  const named = { type: 'response.metadata', headers: { 'openai-model': 'gpt-5.5-mini' } };
  const half = [
    created,
    named,
    ...deltas('One.'),
    done(message('One.')),
    completed({ end_turn: false }),
  ];
  const world = createTurnWorld([
    () => statusOf(503, '', { 'openai-model': 'gpt-5.5-mini' }),
    () => ({ ...streamOf(sseBytes(half)), headers }),
    () => ({ ...whole('Two.'), headers }),
  ]);
  world.send('Why?');
  await world.rest();
  expect(notesIn(world)).toEqual(['Answered by gpt-5.5-mini instead.']);
});

test('the model that was asked for is not named', async () => {
  const headers = { 'content-type': 'text/event-stream', 'openai-model': classic.model.slug };
  const world = createTurnWorld([() => ({ ...whole('Yes.'), headers })]);
  world.send('Why?');
  await world.rest();
  expect(notesIn(world)).toEqual([]);
});

test('what is to be said of the chosen model stands in the turn once, also after several requests', async () => {
  const half = [created, ...deltas('One.'), done(message('One.')), completed({ end_turn: false })];
  const note = { kind: 'modelReplaced', wanted: 'Spark', used: 'B', isSuccessor: true } as const;
  const world = createTurnWorld([() => streamOf(sseBytes(half)), () => whole('Two.')], {
    basis: () => ({ ...classic, windowTokens: 258_400, notes: [note] }),
  });
  world.send('Why?');
  await world.rest();
  expect(world.sent.length).toBe(2);
  expect(notesIn(world)).toEqual(['The model “Spark” isn’t available. Using its successor B.']);
});

test.each([
  ['max_output_tokens', 'The response reached its length limit and was cut off.', true],
  [
    'content_filter',
    'The response was cut off by the content filter. Retrying gives the same result.',
    false,
  ],
  ['some_new_reason', 'Codex ended the response early (some_new_reason).', true],
])('an answer that ended as incomplete says why: %s', async (reason, words, mayContinue) => {
  const events = [created, ...deltas('Half'), incomplete(reason)];
  const world = createTurnWorld([() => streamOf(sseBytes(events))]);
  world.send('Why?');
  await world.rest();
  expect(world.session.turns()[0]).toMatchObject({ status: 'done', mayContinue });
  expect(notesIn(world)).toEqual([words]);
});
