import * as fc from 'fast-check';
import { developerMessage, userMessage } from '../../../../../src/core/responses/request/input.ts';
import type { HistoryEntry } from '../../../../../src/core/conversations/context/historyEntry.ts';
import { seal } from '../../../../backend/seal.ts';

export const accountId = 'account';

export const user = (...texts: string[]): HistoryEntry => ({
  kind: 'user',
  item: userMessage(...texts),
});

export const answer = (text: string): HistoryEntry => ({
  kind: 'answer',
  item: {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
  },
});

export const reasoning = (): HistoryEntry => ({
  kind: 'answer',
  item: { type: 'reasoning', summary: [], encrypted_content: seal('reasoning', accountId) },
});

export const call = (callId: string, text = '{}'): HistoryEntry => ({
  kind: 'answer',
  item: { type: 'function_call', call_id: callId, name: 'tool', arguments: text },
});

export const output = (callId: string, text = 'done'): HistoryEntry => ({
  kind: 'answer',
  item: { type: 'function_call_output', call_id: callId, output: text },
});

const words = fc.oneof(
  { weight: 4, arbitrary: fc.lorem({ maxCount: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('word ', '漢字', 'é', '😀'), fc.integer({ min: 100, max: 30_000 }))
      .map(([unit, count]) => unit.repeat(count)),
  },
);

const prompt = fc
  .tuple(words, fc.array(words, { maxLength: 2 }))
  .map(([text, files]) => user(text, ...files));

/** One request with what it calls: all calls first, then all outputs. */
const step = fc
  .tuple(fc.boolean(), fc.option(words), fc.array(words, { maxLength: 3 }))
  .map(([thinks, remark, outputs]) => (id: string) => [
    ...(thinks ? [reasoning()] : []),
    ...(remark === null ? [] : [answer(remark)]),
    ...outputs.map((_, at) => call(`${id}_${at}`)),
    ...outputs.map((text, at) => output(`${id}_${at}`, text)),
    ...(thinks && remark === null && outputs.length === 0 ? [answer('so')] : []),
  ]);

const turn = fc
  .tuple(prompt, fc.array(step, { maxLength: 6 }), fc.constantFrom('done', 'stopped', 'asks'))
  .map(([first, steps, end]) => (id: string) => [
    first,
    ...steps.flatMap((one, at) => one(`${id}_${at}`)),
    ...(end === 'done' ? [answer('The end of the turn.')] : []),
    ...(end === 'stopped'
      ? [{ kind: 'answer' as const, item: developerMessage('It was stopped.') }]
      : []),
  ]);

/** Whole chats as their records give them to the next request. */
export const histories: fc.Arbitrary<HistoryEntry[]> = fc
  .array(turn, { minLength: 1, maxLength: 8 })
  .map((turns) => turns.flatMap((one, at) => one(`call_${at}`)));
