import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ToWebview } from '../../../src/shared/protocol/messages.ts';
import { createSequence } from '../../../webview/panel/sequence.ts';
import { snapshot } from './views.ts';

const focus = (seq: number): ToWebview => ({ type: 'focus', seq });

function judge(...messages: ToWebview[]): string[] {
  const sequence = createSequence();
  return messages.map((message) => sequence.judge(message));
}

test('takes messages that follow each other', () => {
  expect(judge(snapshot({ seq: 4 }), focus(5), focus(6))).toEqual(['take', 'take', 'take']);
});

test('asks once after a gap and takes nothing more before the snapshot', () => {
  expect(judge(snapshot({ seq: 1 }), focus(3), focus(4), snapshot({ seq: 5 }), focus(6))).toEqual([
    'take',
    'ask',
    'drop',
    'take',
    'take',
  ]);
});

test('asks when the first it hears is not a snapshot', () => {
  expect(judge(focus(1), focus(2))).toEqual(['ask', 'drop']);
});

test('passes over what it has heard already', () => {
  expect(judge(snapshot({ seq: 3 }), focus(3), focus(2), focus(4))).toEqual([
    'take',
    'drop',
    'drop',
    'take',
  ]);
});

test('never takes a change on top of a state that misses one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(6)), { maxLength: 60 }), (script) => {
      const sequence = createSequence();
      let due: number | undefined;
      let seq = 0;
      for (const [isSnapshot, skip] of script) {
        seq += 1 + (skip === 0 ? 1 : 0);
        const message = isSnapshot ? snapshot({ seq }) : focus(seq);
        const verdict = sequence.judge(message);
        if (!isSnapshot) expect(verdict === 'take').toBe(seq === due);
        due = verdict === 'take' ? seq + 1 : undefined;
      }
    }),
  );
});
