import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HttpResponse } from '../../../../src/base/http.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { answer as clean, created, deltas, done, message, completed } from '../../faults/events.ts';
import { classic, paint, run } from './harness.ts';
import { sampled } from '../../../support/fullTests.ts';

/*
 * Whatever happens on the way, a person sees at the end exactly what one clean attempt shows, or
 * what was clean of it and an error. The faults of up to five attempts are drawn at random.
 */

const text = 'First line.\n\nA second paragraph with `code` and more.';
const whole = sseBytes(clean(text));
const leak = 'Well.\nassistant to=functions.read_file code {"path":"a.ts"}';
const garbled = sseBytes([created, ...deltas(leak), done(message(leak)), completed()]);

type Fault =
  | { kind: 'cut'; share: number; chunk: number }
  | { kind: 'reset'; share: number; chunk: number }
  | { kind: 'status'; status: number }
  | { kind: 'garble'; chunk: number }
  | { kind: 'twice'; share: number }
  | { kind: 'empty' };

const share = fc.double({ min: 0, max: 0.97, noNaN: true });
const chunk = fc.integer({ min: 1, max: 400 });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), share, chunk }),
  fc.record({ kind: fc.constant('reset' as const), share, chunk }),
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(500, 503, 429, 502) }),
  fc.record({ kind: fc.constant('garble' as const), chunk }),
  fc.record({ kind: fc.constant('twice' as const), share }),
  fc.record({ kind: fc.constant('empty' as const) }),
);

/** Bytes of the clean answer before its message is finished: what comes later would stand. */
const unfinished = sseBytes([created, ...deltas(text)]);

function strike(one: Fault): HttpResponse {
  switch (one.kind) {
    case 'cut':
      return streamOf(unfinished.subarray(0, unfinished.length * one.share), one.chunk);
    case 'reset':
      return { ...streamOf(new Uint8Array()), body: broken(one.share, one.chunk) };
    case 'status':
      return statusOf(one.status, 'busy');
    case 'garble':
      return streamOf(garbled, one.chunk);
    case 'twice':
      return streamOf(sseBytes([created, ...deltas(text).flatMap((event) => [event, event])]));
    case 'empty':
      return streamOf(new Uint8Array());
  }
}

async function* broken(part: number, size: number): AsyncGenerator<Uint8Array> {
  const bytes = unfinished.subarray(0, unfinished.length * part);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  throw new Error('socket hang up');
}

test('any run of faults and then a clean answer shows what the clean answer alone shows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 5 }), chunk, async (faults, size) => {
      const garbles = faults.filter(({ kind }) => kind === 'garble').length;
      const script = [...faults.map((one) => () => strike(one)), () => streamOf(whole, size)];
      const { shown, answer, failure, events } = await run(scriptedHttp(...script).http);
      if (garbles > 3) {
        expect(failure?.kind).toBe('garbled');
      } else {
        expect(shown).toEqual([{ kind: 'text', text }]);
        expect(answer?.items.length).toBe(1);
        expect(answer?.attempts).toBe(faults.length + 1);
      }
      const attempts = events.map(({ attempt }) => attempt);
      expect(attempts).toEqual(attempts.toSorted((a, b) => a - b));
    }),
    { numRuns: sampled(1_500, 7_000) },
  );
}, 60_000);

test('a stop at any event lets nothing through afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 3 }), fc.nat(60), async (faults, at) => {
      const abort = new AbortController();
      let seen = 0;
      let after = 0;
      const script = [...faults.map((one) => () => strike(one)), () => streamOf(whole, 20)];
      const { http } = scriptedHttp(...script);
      const work = run(http, classic, {
        signal: abort.signal,
        onEvent() {
          if (abort.signal.aborted) after++;
          else if (seen++ === at) abort.abort(new Error('stopped'));
        },
      });
      const outcome = await work.then(
        () => 'ended',
        (error: unknown) => (error instanceof Error ? error.message : 'odd'),
      );
      expect(outcome).toBe(seen > at ? 'stopped' : 'ended');
      expect(after).toBe(0);
    }),
    { numRuns: sampled(1_000, 3_000) },
  );
}, 60_000);

test('a stream that is cut at every single byte and then comes whole shows one clean answer', async () => {
  const bytes = fixtureBytes('ok_reasoning_then_text.sse');
  const want = paint((await run(scriptedHttp(() => streamOf(bytes)).http)).events);
  const lastItem = Buffer.from(bytes).lastIndexOf('event: response.output_item.done');
  for (let at = 0; at < lastItem; at++) {
    const { http } = scriptedHttp(
      () => streamOf(bytes.subarray(0, at)),
      () => streamOf(bytes),
    );
    expect((await run(http)).shown, `cut at byte ${at}`).toEqual(want);
  }
});
