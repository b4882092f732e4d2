import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent } from '../../../../src/core/responses/stream/events.ts';

const anything = fc.oneof(fc.jsonValue(), fc.constant(undefined));
const types = [
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
];

test('a delta is read the same whether all its indexes came or the schema fills them in', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.string(),
      fc.record({ output_index: anything, content_index: anything, summary_index: anything }),
      (type, delta, indexes) => {
        const parsed = parseEvent(JSON.stringify({ type, delta, ...indexes }));
        expect(parsed.kind).toBe('event');
        if (parsed.kind !== 'event') return;
        const { output_index: output, content_index: content, summary_index: summary } = indexes;
        // JSON has a zero with a sign; as an index it is the same.
        const number = (value: unknown) => (typeof value === 'number' ? value || 0 : 0);
        const wanted = {
          type,
          delta,
          output_index: number(output),
          ...(/output_text|refusal|reasoning_text/.test(type) && {
            content_index: number(content),
          }),
          ...(type.includes('summary') && { summary_index: number(summary) }),
        };
        expect(parsed.event).toMatchObject(wanted);
      },
    ),
  );
});

test('a delta without text is malformed and never an event', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      anything.filter((value) => typeof value !== 'string'),
      (type, delta) => {
        const indexes = { output_index: 0, content_index: 0, summary_index: 0 };
        expect(parseEvent(JSON.stringify({ type, delta, ...indexes })).kind).toBe('malformed');
      },
    ),
  );
});
