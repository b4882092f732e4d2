import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  believedWindow,
  compactionNeed,
  createCompactionGuard,
} from '../../../../../src/core/conversations/compaction/compactionPolicy.ts';

test.each([
  [193_799, 'none'],
  [193_800, 'background'],
  [232_559, 'background'],
  [232_560, 'forced'],
  [300_000, 'forced'],
])('at %i of 258,400 tokens the need is %s', (used, need) => {
  expect(compactionNeed(used, 258_400)).toBe(need);
});

test.each([
  [272_000, undefined, 272_000],
  [16_000, undefined, 16_000],
  [2_432, undefined, 272_000],
  [2_432, 400_000, 400_000],
  [100_000, 272_000, 272_000],
  [136_000, 272_000, 136_000],
  [872_000, 272_000, 872_000],
])('a window of %i after one of %s is taken for %i', (advertised, before, believed) => {
  expect(believedWindow(advertised, before)).toBe(believed);
});

test('after two failures no compaction starts by itself', () => {
  const guard = createCompactionGuard();
  guard.failed(false);
  expect(guard.mayStart()).toBe('yes');
  guard.failed(false);
  expect(guard.mayStart()).toBe('no');
  guard.reset();
  expect(guard.mayStart()).toBe('yes');
});

test('a success between two failures lets the count begin again', () => {
  const guard = createCompactionGuard();
  guard.failed(false);
  guard.succeeded();
  guard.stepDone();
  guard.failed(false);
  expect(guard.mayStart()).toBe('yes');
});

test('after a compaction without a gain none starts by itself', () => {
  const guard = createCompactionGuard();
  guard.failed(true);
  expect(guard.mayStart()).toBe('no');
});

test('between two compactions lies an ordinary step', () => {
  const guard = createCompactionGuard();
  guard.succeeded();
  expect(guard.mayStart()).toBe('no');
  guard.stepDone();
  expect(guard.mayStart()).toBe('yes');
});

test('the third compaction of a turn asks, and the first of the next turn does not', () => {
  const guard = createCompactionGuard();
  for (let count = 0; count < 2; count++) {
    guard.succeeded();
    guard.stepDone();
  }
  expect(guard.mayStart()).toBe('ask');
  guard.turnStarted();
  expect(guard.mayStart()).toBe('yes');
});

test('whatever happens, a turn has at most two compactions that start unasked', () => {
  const events = fc.array(fc.constantFrom('step', 'success', 'failure', 'noGain'));
  fc.assert(
    fc.property(events, (happens) => {
      const guard = createCompactionGuard();
      let unasked = 0;
      for (const event of happens) {
        if (event === 'step') guard.stepDone();
        else if (guard.mayStart() === 'yes') {
          if (event === 'success') guard.succeeded();
          else guard.failed(event === 'noGain');
          if (event === 'success') unasked++;
        }
      }
      expect(unasked).toBeLessThanOrEqual(2);
    }),
  );
});
