import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFollow, isAtEnd, nearEndPx } from '../../../webview/transcript/follow.ts';

const place = (fromEnd: number, contentHeight = 2_000) => ({
  viewHeight: 500,
  contentHeight,
  top: contentHeight - 500 - fromEnd,
});

test.each([
  [0, true],
  [nearEndPx, true],
  [nearEndPx + 1, false],
])('counts %i px from the end as at the end: %s', (fromEnd, expected) => {
  expect(isAtEnd(place(fromEnd))).toBe(expected);
});

test('follows from the start, and through text that comes below', () => {
  const follow = createFollow(() => false);
  follow.scrolled(place(0));
  follow.scrolled({ ...place(0), contentHeight: 2_600 });
  expect(follow.following).toBe(true);
});

test('ends when the reader scrolls up, and resumes when the reader comes back', () => {
  const follow = createFollow(() => false);
  follow.scrolled(place(0));
  follow.scrolled(place(200));
  expect(follow.following).toBe(false);
  follow.scrolled(place(10));
  expect(follow.following).toBe(true);
});

test('is not resumed by the first small step upwards that is still near the end', () => {
  const follow = createFollow(() => false);
  follow.scrolled(place(0));
  follow.hold();
  follow.scrolled(place(12));
  expect(follow.following).toBe(false);
});

test('stays where the reader has selected text, even at the end', () => {
  let held = true;
  const follow = createFollow(() => held);
  follow.hold();
  follow.scrolled(place(20));
  follow.scrolled(place(0));
  expect(follow.following).toBe(false);
  held = false;
  follow.scrolled(place(0));
  expect(follow.following).toBe(true);
});

test('goes on following when an answer is taken back and the page gets shorter', () => {
  const follow = createFollow(() => false);
  follow.scrolled(place(0, 3_000));
  follow.scrolled(place(0, 1_000));
  expect(follow.following).toBe(true);
});

test('never follows a reader who went up until the end is reached or asked for', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('hold' as const) }),
    fc.record({ do: fc.constant('up' as const), by: fc.integer({ min: 33, max: 900 }) }),
    fc.record({ do: fc.constant('grow' as const), by: fc.integer({ min: 1, max: 900 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const follow = createFollow(() => false);
      let top = 1_500;
      let contentHeight = 2_000;
      follow.scrolled({ top, viewHeight: 500, contentHeight });
      follow.hold();
      for (const one of steps) {
        if (one.do === 'hold') follow.hold();
        else if (one.do === 'grow') contentHeight += one.by;
        else {
          top = Math.max(0, top - one.by);
          follow.scrolled({ top, viewHeight: 500, contentHeight });
        }
        expect(follow.following).toBe(false);
      }
      follow.release();
      expect(follow.following).toBe(true);
    }),
  );
});
