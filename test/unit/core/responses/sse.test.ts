import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEventReader, EventTooLongError } from '../../../../src/core/responses/stream/sse.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const events: string[] = [];
  const reader = createEventReader((data) => events.push(data));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  const sorted = places.toSorted((a, b) => a - b);
  for (const [at, to] of sorted.entries()) reader.push(bytes.subarray(sorted[at - 1] ?? 0, to));
  reader.end();
  return events;
}

test('events come out the same with every kind of line end and however the bytes are cut', () => {
  const data = fc.array(fc.stringMatching(/^[a-zé☃]{0,6}$/), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(data, { maxLength: 6 }),
      fc.constantFrom('\n', '\r', '\r\n'),
      fc.array(fc.nat(), { maxLength: 12 }),
      (events, end, cuts) => {
        const line = (text: string) => text + end;
        const text = events
          .map((lines) => lines.map((one) => line(`data: ${one}`)).join('') + line(''))
          .join(line(': a comment'));
        expect(read(bytesOf(text), cuts)).toEqual(events.map((lines) => lines.join('\n')));
      },
    ),
  );
});

describe('an event that never ends', () => {
  /** Pushes the piece until the reader refuses it, at most so many characters; gives how many. */
  function pushUntilRefused(piece: string, most: number): number {
    const reader = createEventReader(() => {});
    const bytes = bytesOf(piece.repeat(Math.ceil(64_000 / piece.length)));
    for (let pushed = 0; pushed < most; pushed += bytes.length) {
      try {
        reader.push(bytes);
      } catch (error) {
        expect(error).toEqual(new EventTooLongError());
        return pushed;
      }
    }
    return most;
  }

  test.each([
    ['of one line', 'a', 12_200_000],
    ['of many lines', 'data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n', 12_200_000],
    ['of empty lines with a name', 'data:\n', 3_800_000],
    ['of lines that end in a carriage return', 'data:\r', 3_800_000],
    ['of comments', ':\n', 1_900_000],
  ])('%s is refused in words', (_, piece, most) => {
    expect(pushUntilRefused(piece, 70_000_000)).toBeLessThan(most);
  });

  test('is told from a comment now and then over days', () => {
    expect(pushUntilRefused(': still here\n\n', 70_000_000)).toBeGreaterThanOrEqual(70_000_000);
  });

  test('is told from a long one that does end', () => {
    const long = 'x'.repeat(5_500_000);
    const events: number[] = [];
    const reader = createEventReader((data) => events.push(data.length));
    for (let round = 0; round < 3; round++) reader.push(bytesOf(`data: ${long}\n\n`));
    expect(events).toEqual([5_500_000, 5_500_000, 5_500_000]);
  });
});
