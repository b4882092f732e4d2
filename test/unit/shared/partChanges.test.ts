import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPartChange } from '../../../src/shared/partChanges.ts';
import { partChange, type PartChange, type TurnPart } from '../../../src/shared/protocol/turn.ts';

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const someChange: fc.Arbitrary<PartChange> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), id: ids, text: fc.string() }),
  fc.record(
    {
      type: fc.constant('put' as const),
      part: fc.record({ kind: fc.constant('text' as const), id: ids, text: fc.string() }),
      before: ids,
    },
    { requiredKeys: ['type', 'part'] },
  ),
  fc.record({ type: fc.constant('drop' as const), id: ids }),
);

test('a part that is held elsewhere never changes', () => {
  fc.assert(
    fc.property(fc.array(someChange, { maxLength: 40 }), (changes) => {
      const parts: TurnPart[] = [];
      const seen = new Map<TurnPart, string>();
      for (const change of changes) {
        applyPartChange(parts, change);
        for (const part of parts) if (!seen.has(part)) seen.set(part, JSON.stringify(part));
      }
      for (const [part, before] of seen) expect(JSON.stringify(part)).toBe(before);
    }),
  );
});

test('the panel has the parts of the host after any changes, parsed on the way', () => {
  fc.assert(
    fc.property(fc.array(someChange, { maxLength: 40 }), (changes) => {
      const host: TurnPart[] = [];
      const panel: TurnPart[] = [];
      for (const change of changes) {
        applyPartChange(host, change);
        applyPartChange(panel, partChange.parse(JSON.parse(JSON.stringify(change))));
      }
      expect(panel).toEqual(host);
      expect(new Set(host.map(({ id }) => id)).size).toBe(host.length);
    }),
  );
});

test('text is not appended to a call', () => {
  const call: TurnPart = { kind: 'call', id: 'a', tool: 'Read', detail: 'a.ts', state: 'done' };
  const parts = [call];
  applyPartChange(parts, { type: 'append', id: 'a', text: 'more' });
  expect(parts).toEqual([call]);
});

test('an append leaves all other parts as they are', () => {
  const parts: TurnPart[] = Array.from({ length: 2_000 }, (_, at) => ({
    kind: 'text',
    id: `part-${at}`,
    text: '',
  }));
  const others = parts.slice(0, -1);
  for (let at = 0; at < 50; at++) {
    applyPartChange(parts, { type: 'append', id: 'part-1999', text: 'x' });
  }
  expect(parts.slice(0, -1).every((part, at) => part === others[at])).toBe(true);
  expect(parts.at(-1)).toMatchObject({ text: 'x'.repeat(50) });
});
