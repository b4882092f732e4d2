import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InputItem } from '../../../../src/core/responses/request/input.ts';
import { prepareInput } from '../../../../src/core/responses/request/prepareInput.ts';

const outputOf: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
};
const isOutput = (type: string) => Object.values(outputOf).includes(type);

/** The definition, word by word and slow. */
function completePairs(items: readonly InputItem[]): InputItem[] {
  const firstCall = (id: unknown) =>
    items.find((item) => item.type in outputOf && item['call_id'] === id);
  const answerTo = (call: InputItem) =>
    items.find(
      (item, at) =>
        at > items.indexOf(call) &&
        item.type === outputOf[call.type] &&
        item['call_id'] === call['call_id'],
    );
  return items.flatMap((item): InputItem[] => {
    const call = firstCall(item['call_id']);
    if (isOutput(item.type)) return call && answerTo(call) === item ? [item] : [];
    if (!(item.type in outputOf)) return [item];
    if (call !== item) return [];
    const missing = {
      type: outputOf[item.type] ?? '',
      call_id: item['call_id'],
      output: 'This call was not run.',
    };
    return answerTo(item) ? [item] : [item, missing];
  });
}

const item = fc.record({
  type: fc.constantFrom(...Object.keys(outputOf), ...Object.values(outputOf), 'message'),
  call_id: fc.constantFrom('a', 'b', 'c', 'd'),
  output: fc.nat(9),
});

test('calls and outputs are paired as the plain definition says', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), (items) => {
      expect(prepareInput(items)).toEqual(completePairs(items));
    }),
    { numRuns: 1000 },
  );
});
