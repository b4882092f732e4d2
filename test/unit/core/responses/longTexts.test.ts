import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnswerChange } from '../../../../src/core/responses/stream/answer.ts';
import {
  findLeak,
  findLeakInPieces,
} from '../../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { createLeakFilter } from '../../../../src/core/responses/leakedToolCalls/leakFilter.ts';
import { completed, created, done, message, thought } from '../../faults/events.ts';
import { skippingClock, type ManualClock } from '../../../support/manualClock.ts';
import { sseBytes, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

/** Each look at this clock takes a millisecond, so a stretch of work lasts a number of steps. */
function countingClock(): ManualClock {
  const clock = skippingClock();
  let ms = clock.now();
  return { ...clock, now: () => ms++ };
}

/** How often the event loop has run since the start. */
function countTurns() {
  let turns = 0;
  let timer = setImmediate(function turn() {
    turns++;
    timer = setImmediate(turn);
  });
  return { turns: () => turns, end: () => clearImmediate(timer) };
}

const delta = (text: string) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta: text,
});
const long = (unit: string, length = 1_000_000) => unit.repeat(Math.ceil(length / unit.length));
const leak = '\nassistant to=functions.read_file code {"path":"a.ts"}';

const places: readonly [string, (text: string) => object[]][] = [
  ['one delta', (text) => [delta(text)]],
  ['a finished message', (text) => [done(message(text))]],
  ['a summary', (text) => [done(thought(text)), done(message('Done.'), 1)]],
  ['the terminal event', (text) => [completed({ output: [message(text)] })]],
];

test.each(places)(
  'a long text in %s leaves the event loop to others meanwhile',
  async (_, eventsOf) => {
    const text = long('漢to=a.b ');
    const loop = countTurns();
    const seen = new Set<number>();
    const events = [created, ...eventsOf(text), completed()];
    const { answer, shown } = await run(async () => streamOf(sseBytes(events)), classic, {
      clock: countingClock(),
      onEvent: ({ type }) => void (type === 'append' && seen.add(loop.turns())),
    });
    loop.end();
    expect(seen.size).toBeGreaterThan(15);
    expect(shown[0]?.text).toBe(text);
    expect(answer?.items.length).toBeGreaterThan(0);
  },
);

test('what comes behind a long text is told behind it', async () => {
  const text = long('word ');
  const second = { ...delta('Second.'), output_index: 1 };
  const events = [created, delta(text), second, done(message(text)), completed()];
  const { shown, events: told } = await run(async () => streamOf(sseBytes(events)), classic, {
    clock: countingClock(),
  });
  expect(shown.map((part) => part.text.length)).toEqual([text.length, 'Second.'.length]);
  const last = told.findLastIndex((event) => event.type === 'append');
  expect(told.findIndex((event) => event.type === 'item')).toBeGreaterThan(last);
});

test('a stop inside a long text ends the turn, and nothing more of it is told', async () => {
  const stop = new AbortController();
  let after = 0;
  const events = [created, delta(long('a to=b ')), completed()];
  const turn = run(async () => streamOf(sseBytes(events)), classic, {
    clock: countingClock(),
    signal: stop.signal,
    onEvent({ type }) {
      if (stop.signal.aborted) after++;
      if (type === 'put') setImmediate(() => stop.abort(new Error('stopped')));
    },
  });
  await expect(turn).rejects.toThrow('stopped');
  expect(after).toBe(0);
});

test.each(places)('a leak behind a long text in %s is found', async (_, eventsOf) => {
  const text = long('a to=b ', 200_000);
  const bytes = sseBytes([created, ...eventsOf(text + leak), completed()]);
  const request = { ...classic, tools: [{ name: 'read_file', description: '', parameters: {} }] };
  const { shown, answer, failure } = await run(async () => streamOf(bytes), request, {
    clock: countingClock(),
  });
  expect(JSON.stringify([shown, answer?.items ?? []])).not.toContain('functions.read_file');
  expect(failure?.kind ?? answer?.status).toMatch(/garbled|completed/);
});

const word = fc.constantFrom(
  'Hello. ',
  'to=x ',
  '漢',
  '♀♀',
  '\n',
  leak,
  'assistant ',
  '`',
  '{"a":1}',
);
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
const part = (said: string, kind: 'text' | 'reasoning' | 'call', id: string) => ({
  id,
  output: 0,
  kind,
  text: said,
});
const id = fc.constantFrom('a', 'b');
const change: fc.Arbitrary<AnswerChange> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), id, text }),
  fc.record({
    type: fc.constant('put' as const),
    part: fc.tuple(text, fc.constantFrom('text', 'reasoning', 'call'), id).map((of) => part(...of)),
    final: fc.boolean(),
  }),
  fc.record({ type: fc.constant('close' as const), id }),
  fc.constant({ type: 'item' as const, output: 0, item: { type: 'message' } }),
);

test('a long text never reaches the panel with a character split in two', () => {
  for (const pieceChars of [1, 2, 7]) {
    const shown: string[] = [];
    const filter = createLeakFilter({ tools: [], delivery: 'live', pieceChars }, (one) => {
      if (one.type === 'put') shown.push(one.part.text);
      else if (one.type === 'append') shown.push(one.text);
    });
    filter.change({ type: 'put', part: part('', 'text', 'a'), final: false });
    filter.change({ type: 'append', id: 'a', text: 'x😀'.repeat(50) });
    while (filter.isBusy()) filter.work();
    filter.change({ type: 'close', id: 'a' });
    expect(shown.join('')).toBe('x😀'.repeat(50));
    expect(shown.filter((one) => !one.isWellFormed())).toEqual([]);
  }
});

test('a filter that works in pieces tells the same in the end as one that does not', () => {
  const told = (changes: readonly AnswerChange[], delivery: 'live' | 'items', pieces: object) => {
    const parts = new Map<string, string>();
    const items: number[] = [];
    const filter = createLeakFilter({ tools: ['read_file'], delivery, ...pieces }, (one) => {
      if (one.type === 'put') parts.set(one.part.id, one.part.text);
      else if (one.type === 'append') parts.set(one.id, `${parts.get(one.id)}${one.text}`);
      else if (one.type === 'item') items.push(parts.size);
    });
    for (const one of changes) filter.change(one);
    while (filter.isBusy()) filter.work();
    return [[...parts], items, filter.found(), filter.isTextGarbled()];
  };
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 8 }),
      fc.constantFrom('live' as const, 'items' as const),
      fc.integer({ min: 1, max: 40 }),
      (changes, delivery, pieceChars) => {
        expect(told(changes, delivery, { pieceChars })).toEqual(told(changes, delivery, {}));
      },
    ),
  );
});

test('the first leak of a text is the same in pieces', async () => {
  const tools = ['read_file'];
  const anyText = fc.tuple(fc.nat(9_000), text).map(([length, rest]) => 'a'.repeat(length) + rest);
  await fc.assert(
    fc.asyncProperty(anyText, async (one) => {
      const inPieces = await findLeakInPieces(one, { tools }, () => undefined);
      expect(inPieces).toEqual(findLeak(one, { tools }));
    }),
  );
});
