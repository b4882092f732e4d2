import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Turn } from '../../../../src/core/chat/turn/turn.ts';
import {
  added,
  call,
  completed,
  created,
  deltas,
  done,
  failed,
  incomplete,
  message,
  thought,
  type Json,
} from '../../faults/events.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { followInPanel } from '../../../support/panelState.ts';
import { assistantText, createTurnWorld, type InputJson } from './turnWorld.ts';

/*
 * What a person has seen of a turn is what the model is told of it, whatever broke, was repeated or
 * was stopped on the way.
 */

type Piece =
  | { kind: 'text'; text: string; phase?: string }
  | { kind: 'thought'; text: string }
  | { kind: 'call'; id: string };

type Ending = 'completed' | 'goesOn' | 'cut' | 'failed' | 'invalid' | 'incomplete' | 'busy';

interface Attempt {
  pieces: readonly Piece[];
  ending: Ending;
  /** How much of the events comes before a cut or a failure, 0 to 1. */
  share: number;
}

const someText = fc.constantFrom(
  'Look at the file.',
  'Look at the file. It is short.',
  'Now I know.',
  'Two words',
  'Let me see: assistant to=functions.read_file code {"path":"a.ts"}',
);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('text' as const), text: someText }) },
  fc.record({
    kind: fc.constant('text' as const),
    text: someText,
    phase: fc.constantFrom('commentary', 'final_answer'),
  }),
  fc.record({ kind: fc.constant('thought' as const), text: fc.constantFrom('', 'Hm.', 'Well.') }),
  fc.record({ kind: fc.constant('call' as const), id: fc.constantFrom('c1', 'c2', 'c3') }),
);
const endings: readonly Ending[] = [
  'completed',
  'goesOn',
  'cut',
  'failed',
  'invalid',
  'incomplete',
  'busy',
];
const attempt: fc.Arbitrary<Attempt> = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
  ending: fc.constantFrom(...endings),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

function eventsOf(one: Piece, at: number): Json[] {
  switch (one.kind) {
    case 'text': {
      const phase = one.phase === undefined ? {} : { phase: one.phase };
      const opened = { ...message(''), content: [], ...phase };
      return [added(opened, at), ...deltas(one.text, at), done(message(one.text, phase), at)];
    }
    case 'thought':
      return [added(thought(''), at), done(thought(one.text), at)];
    case 'call':
      return [added(call(one.id, 'read_file', ''), at), done(call(one.id), at)];
  }
}

function responseOf({ pieces, ending, share }: Attempt) {
  const events = pieces.flatMap(eventsOf);
  const some = [created, ...events.slice(0, Math.round(events.length * share))];
  switch (ending) {
    case 'completed':
      return streamOf(sseBytes([created, ...events, completed()]), 90);
    case 'goesOn':
      return streamOf(sseBytes([created, ...events, completed({ end_turn: false })]), 90);
    case 'cut':
      return streamOf(sseBytes(some), 90);
    case 'failed':
      return streamOf(sseBytes([...some, failed({ code: 'server_error', message: 'No.' })]), 90);
    case 'invalid':
      return streamOf(sseBytes([...some, failed({ code: 'invalid_prompt', message: 'No.' })]), 90);
    case 'incomplete':
      return streamOf(sseBytes([...some, incomplete('max_output_tokens')]), 90);
    case 'busy':
      return statusOf(503, 'busy');
  }
}

const plain = () => streamOf(sseBytes([created, done(message('Bye.')), completed()]));

function shownText({ parts }: Turn): string {
  return parts
    .map((part) => (part.kind === 'text' || part.kind === 'refusal' ? part.text : ''))
    .join('');
}

/** Items between the question of the turn and the question after it. */
function itemsAfter(input: readonly InputJson[], question: string): InputJson[] {
  const at = input.findIndex((item) => JSON.stringify(item).includes(question));
  return input.slice(at + 1, -1);
}

function expectCompletePairs(items: readonly InputJson[]): void {
  for (const [at, item] of items.entries()) {
    const next = items[at + 1];
    if (item.type === 'function_call') {
      expect(next).toMatchObject({ type: 'function_call_output', call_id: item['call_id'] });
    } else if (item.type === 'function_call_output') {
      expect(items[at - 1]?.type).toBe('function_call');
    }
  }
}

function expectFollowedThoughts(items: readonly InputJson[]): void {
  for (const [at, { type }] of items.entries()) {
    const next = items[at + 1];
    if (type !== 'reasoning') continue;
    expect(next?.['role'] ?? next?.type).toMatch(/^(assistant|function_call|reasoning)$/);
  }
}

test('what was shown of a turn goes out with the next question, each text once and each call with its output', async () => {
  const retries = fc.boolean();
  const stopAt = fc.option(fc.nat(120), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempt, { minLength: 1, maxLength: 9 }),
      stopAt,
      retries,
      async (attempts, stop, retried) => {
        let heard = 0;
        const script = [...attempts.map((one) => () => responseOf(one)), plain];
        const world = createTurnWorld(script, {
          onTurnEvent() {
            if (world.session.turns().length === 1 && heard++ === stop) world.session.stop();
          },
        });
        const { session } = world;
        const panel = followInPanel(session);
        world.send('The first question');
        await world.rest();
        if (retried) {
          session.retry(session.turns()[0]?.id ?? '');
          await world.rest();
        }
        const [turn] = session.turns();
        if (!turn) throw new Error('There is no turn.');
        expect(turn.status).not.toBe('running');
        expect(turn.parts.filter(({ stale }) => stale)).toEqual([]);

        const before = world.sent.length;
        world.send('The second question');
        await world.rest();
        const items = itemsAfter(world.inputOf(before), 'The first question');
        expect(assistantText(items)).toBe(shownText(turn));
        expect(items.filter(({ role }) => role === 'user')).toEqual([]);
        expectCompletePairs(items);
        expectFollowedThoughts(items);
        expect(panel.differences()).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
}, 60_000);

const text = (words: string, index = 0) => [...deltas(words, index), done(message(words), index)];
const cut = (...events: Json[]) => streamOf(sseBytes([created, ...events]));
const goesOn = (...events: Json[]) =>
  streamOf(sseBytes([created, ...events, completed({ end_turn: false })]));
const refused = () => statusOf(400, { detail: 'No.' });

/** Resolves as soon as the turn has shown this text. */
async function untilShown(world: ReturnType<typeof createTurnWorld>, words: string) {
  await vi.waitFor(() => expect(JSON.stringify(world.session.turns())).toContain(words), {
    interval: 1,
  });
}

const endless = (words: string) => async (signal: AbortSignal) => ({
  ...streamOf(new Uint8Array()),
  body: (async function* () {
    yield sseBytes([created, ...deltas(words)]);
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
  })(),
});

describe('the history after a turn that did not end well', () => {
  const types = (items: readonly InputJson[]) => items.map(({ type, role }) => role ?? type);

  test('holds the text of every request once when a later one was stopped', async () => {
    const world = createTurnWorld([
      () => goesOn(...text('First half. ')),
      () => endless('Second ha'),
      plain,
    ]);
    world.send('The first question');
    await untilShown(world, 'Second ha');
    world.session.stop();
    world.send('The second question');
    await world.rest();
    const items = itemsAfter(world.inputOf(2), 'The first question');
    expect(assistantText(items)).toBe('First half. Second ha');
    expect(types(items)).toEqual(['assistant', 'assistant', 'developer']);
  });

  test('holds what was shown and every finished item when the turn has failed', async () => {
    const world = createTurnWorld([
      () => goesOn(done(thought('Hm.')), ...text('First half. ', 1), done(call('c1'), 2)),
      () => cut(...text('A whole item. '), ...deltas('And half', 1)),
      refused,
      plain,
    ]);
    world.send('The first question');
    await world.rest();
    expect(world.session.turns()[0]?.status).toBe('failed');
    world.send('The second question');
    await world.rest();
    const items = itemsAfter(world.inputOf(3), 'The first question');
    expect(assistantText(items)).toBe('First half. A whole item. And half');
    expect(types(items)).toEqual([
      'reasoning',
      'assistant',
      'function_call',
      'function_call_output',
      'assistant',
      'assistant',
      'developer',
    ]);
  });

  test('says of a finished call that it was not run when the turn was stopped before', async () => {
    const world = createTurnWorld([() => cut(...text('I look. '), done(call('c1'), 1)), plain], {
      onTurnEvent(event) {
        if (event.type === 'item' && event.output === 1) world.session.stop();
      },
    });
    world.send('The first question');
    await world.rest();
    world.send('The second question');
    await world.rest();
    const items = itemsAfter(world.inputOf(1), 'The first question');
    expect(assistantText(items)).toBe('I look. ');
    expectCompletePairs(items);
  });

  test('is that of before the turn when the last turn is done again', async () => {
    const world = createTurnWorld([() => cut(...text('Half. ')), refused, plain, plain]);
    world.send('The first question');
    await world.rest();
    world.session.retry(world.session.turns()[0]?.id ?? '');
    await world.rest();
    expect(types(world.inputOf(2))).toEqual(['user']);
  });
});
