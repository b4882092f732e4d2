import { randomBytes } from 'node:crypto';
import type { Json } from './values.ts';

export interface Call {
  name: string;
  /** Arguments of a function tool as JSON text, or the input of a custom tool. */
  arguments: string;
  callId?: string;
  namespace?: string;
  custom?: boolean;
}

/** What one response says, in this order. */
export interface Answer {
  /** Parts of the reasoning summary; an empty list is reasoning without a summary. */
  reasoning?: readonly string[];
  /** Said before the calls. */
  commentary?: string;
  search?: string;
  calls?: readonly Call[];
  text?: string;
  /** In how many deltas the text comes; default: pieces the size of a token. */
  deltas?: number;
  compaction?: boolean;
  refusal?: string;
}

export interface ResponseHead {
  id: string;
  model: string;
  /** Epoch seconds. */
  createdAt: number;
  /** Wraps what only this account may send back (WIRE.md f). */
  seal: (kind: string) => string;
}

export interface Step {
  event: Json;
  /** Text of a delta, so that the caller paces and counts; absent for structure. */
  delta?: string;
}

export const newId = (prefix: string) => `${prefix}_${randomBytes(20).toString('hex')}`;

/** The events of a response up to, but without, the terminal one. */
export function* answerSteps(head: ResponseHead, answer: Answer): Generator<Step> {
  yield { event: { type: 'response.created', response: responseObject(head, 'in_progress') } };
  yield { event: { type: 'response.in_progress', response: responseObject(head, 'in_progress') } };
  let index = 0;
  if (answer.compaction) {
    const item = {
      type: 'compaction',
      id: newId('cmp'),
      encrypted_content: head.seal('compaction'),
    };
    yield { event: { type: 'response.output_item.done', output_index: index++, item } };
  }
  if (answer.reasoning) yield* reasoningSteps(index++, answer.reasoning, head);
  if (answer.commentary)
    yield* messageSteps(index++, { text: answer.commentary, phase: 'commentary' });
  if (answer.search) yield* searchSteps(index++, answer.search);
  for (const call of answer.calls ?? []) yield* callSteps(index++, call);
  if (answer.refusal !== undefined) yield* refusalSteps(index++, answer.refusal);
  if (answer.text !== undefined)
    yield* messageSteps(index, {
      text: answer.text,
      phase: 'final_answer',
      ...(answer.deltas !== undefined && { deltas: answer.deltas }),
    });
}

export function responseObject(head: ResponseHead, status: string, more: Json = {}): Json {
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdAt,
    status,
    model: head.model,
    output: [],
    ...more,
  };
}

function* reasoningSteps(index: number, parts: readonly string[], head: ResponseHead) {
  const id = newId('rs');
  const at = { item_id: id, output_index: index };
  yield added(index, { type: 'reasoning', id, summary: [] });
  for (const [summaryIndex, text] of parts.entries()) {
    const place = { ...at, summary_index: summaryIndex };
    yield step('response.reasoning_summary_part.added', { ...place, part: summary('') });
    for (const delta of tokens(text))
      yield { ...step('response.reasoning_summary_text.delta', { ...place, delta }), delta };
    yield step('response.reasoning_summary_text.done', { ...place, text });
    yield step('response.reasoning_summary_part.done', { ...place, part: summary(text) });
  }
  yield done(index, {
    type: 'reasoning',
    id,
    summary: parts.map(summary),
    content: null,
    encrypted_content: head.seal('reasoning'),
  });
}

function* messageSteps(index: number, message: { text: string; phase: string; deltas?: number }) {
  const id = newId('msg');
  const { text, phase } = message;
  const base = { type: 'message', id, role: 'assistant', phase };
  const place = { item_id: id, output_index: index, content_index: 0 };
  yield added(index, { ...base, status: 'in_progress', content: [] });
  yield step('response.content_part.added', { ...place, part: outputText('') });
  const pieces = message.deltas === undefined ? tokens(text) : evenly(text, message.deltas);
  for (const delta of pieces)
    yield { ...step('response.output_text.delta', { ...place, delta }), delta };
  yield step('response.output_text.done', { ...place, text });
  yield step('response.content_part.done', { ...place, part: outputText(text) });
  yield done(index, { ...base, status: 'completed', content: [outputText(text)] });
}

function* refusalSteps(index: number, refusal: string) {
  const id = newId('msg');
  const base = { type: 'message', id, role: 'assistant' };
  const place = { item_id: id, output_index: index, content_index: 0 };
  yield added(index, { ...base, status: 'in_progress', content: [] });
  yield step('response.content_part.added', { ...place, part: { type: 'refusal', refusal: '' } });
  for (const delta of tokens(refusal))
    yield { ...step('response.refusal.delta', { ...place, delta }), delta };
  yield step('response.refusal.done', { ...place, refusal });
  yield done(index, { ...base, status: 'completed', content: [{ type: 'refusal', refusal }] });
}

function* searchSteps(index: number, query: string) {
  const id = newId('ws');
  yield added(index, { type: 'web_search_call', id, status: 'in_progress' });
  for (const phase of ['in_progress', 'searching', 'completed'])
    yield step(`response.web_search_call.${phase}`, { output_index: index, item_id: id });
  yield done(index, {
    type: 'web_search_call',
    id,
    status: 'completed',
    action: { type: 'search', query },
  });
}

function* callSteps(index: number, call: Call) {
  const id = newId(call.custom ? 'ctc' : 'fc');
  const field = call.custom ? 'input' : 'arguments';
  const events = call.custom
    ? 'response.custom_tool_call_input'
    : 'response.function_call_arguments';
  const item = (text: string, status: string): Json => ({
    type: call.custom ? 'custom_tool_call' : 'function_call',
    id,
    call_id: call.callId ?? `call_${randomBytes(12).toString('hex')}`,
    name: call.name,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
    [field]: text,
    status,
  });
  const opened = item('', 'in_progress');
  yield added(index, opened);
  for (const delta of tokens(call.arguments))
    yield { ...step(`${events}.delta`, { item_id: id, output_index: index, delta }), delta };
  yield step(`${events}.done`, { item_id: id, output_index: index, [field]: call.arguments });
  yield done(index, { ...opened, [field]: call.arguments, status: 'completed' });
}

const step = (type: string, fields: Json): Step => ({ event: { type, ...fields } });
const added = (index: number, item: Json) =>
  step('response.output_item.added', { output_index: index, item });
const done = (index: number, item: Json) =>
  step('response.output_item.done', { output_index: index, item });
const outputText = (text: string) => ({ type: 'output_text', text, annotations: [] });
const summary = (text: string) => ({ type: 'summary_text', text });

/** Pieces about the size of a token; joined they are the text again. */
export function tokens(text: string): readonly string[] {
  return text.match(/\s*[^\s]{1,7}|\s+$/gu) ?? [];
}

function evenly(text: string, pieces: number): readonly string[] {
  const points = Array.from(text);
  const count = Math.max(1, Math.min(pieces, points.length));
  return Array.from({ length: count }, (_, piece) =>
    points
      .slice(
        Math.floor((piece * points.length) / count),
        Math.floor(((piece + 1) * points.length) / count),
      )
      .join(''),
  );
}

/** Four bytes are about one token; enough for quota and context figures. */
export const countTokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 4);
