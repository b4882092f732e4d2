import * as z from 'zod/mini';
import type { OutputItem } from './events.ts';

export type PartKind = 'text' | 'reasoning' | 'refusal' | 'call';

/** What a person sees of an item; `section` tells the parts of one item apart. */
export interface ItemPart {
  section: string;
  kind: PartKind;
  text: string;
  tool?: string;
}

/** A call of the model, ready to be answered by an output of the same `callId`. */
export interface ToolCall {
  callId: string;
  tool: string;
  namespace?: string;
  /** `json` for function tools, `text` for freeform ones. */
  form: 'json' | 'text';
  /** As the model wrote it; nobody but the tool's own parser may trust it. */
  input: string;
}

const piece = z.looseObject({ type: z.catch(z.string(), '') });
const pieces = z.catch(z.array(piece), []);

const message = z.object({ content: pieces });
const reasoning = z.object({ summary: pieces, content: pieces });
const text = z.catch(z.string(), '');
const functionCall = z.object({
  call_id: z.string(),
  name: z.string(),
  namespace: z.catch(z.optional(z.string()), undefined),
  arguments: text,
});
const customCall = z.object({
  call_id: z.string(),
  name: z.string(),
  namespace: z.catch(z.optional(z.string()), undefined),
  input: text,
});
const search = z.object({ action: z.catch(z.object({ query: text }), { query: '' }) });

/** The parts of an item that are to be shown; none for items that mean nothing to a person. */
export function readItem(item: OutputItem): ItemPart[] {
  switch (item.type) {
    case 'message':
      return readMessage(item);
    case 'reasoning':
      return readReasoning(item);
    case 'function_call':
    case 'custom_tool_call': {
      const call = readCall(item);
      return call ? [{ section: 'call', kind: 'call', text: call.input, tool: call.tool }] : [];
    }
    case 'web_search_call': {
      const parsed = search.safeParse(item);
      const query = parsed.success ? parsed.data.action.query : '';
      return [{ section: 'call', kind: 'call', text: query, tool: 'web_search' }];
    }
    default:
      return [];
  }
}

const knownTypes = new Set([
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
  'web_search_call',
]);

/** True for items that mean something here; others are replayed and not shown. */
export function isKnownItem({ type }: OutputItem): boolean {
  return knownTypes.has(type);
}

/** True for items that ask for an output of ours. */
export function isCall(item: OutputItem): boolean {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

/** True for a message that says something, be it a refusal. */
export function isAnswer(item: OutputItem): boolean {
  return item.type === 'message' && readItem(item).length > 0;
}

/** The call that an item asks for; undefined for other items and for calls without id or name. */
export function readCall(item: OutputItem): ToolCall | undefined {
  if (item.type === 'function_call') {
    const parsed = functionCall.safeParse(item);
    return parsed.success ? toCall(parsed.data, 'json', parsed.data.arguments) : undefined;
  }
  if (item.type === 'custom_tool_call') {
    const parsed = customCall.safeParse(item);
    return parsed.success ? toCall(parsed.data, 'text', parsed.data.input) : undefined;
  }
  return undefined;
}

function toCall(
  head: { call_id: string; name: string; namespace?: string | undefined },
  form: ToolCall['form'],
  input: string,
): ToolCall {
  const { call_id: callId, name: tool, namespace } = head;
  return { callId, tool, form, input, ...(namespace === undefined ? {} : { namespace }) };
}

/** Whether a message only leads up to the answer; undefined for all else. */
export function readPhase(item: OutputItem): 'commentary' | undefined {
  return item.type === 'message' && item['phase'] === 'commentary' ? 'commentary' : undefined;
}

function readMessage(item: OutputItem): ItemPart[] {
  const parsed = message.safeParse(item);
  if (!parsed.success) return [];
  const texts = join(parsed.data.content, 'output_text', 'text', '');
  const refusals = join(parsed.data.content, 'refusal', 'refusal', '');
  return nonEmpty([
    { section: 'text', kind: 'text', text: texts },
    { section: 'refusal', kind: 'refusal', text: refusals },
  ]);
}

function readReasoning(item: OutputItem): ItemPart[] {
  const parsed = reasoning.safeParse(item);
  if (!parsed.success) return [];
  const summary = join(parsed.data.summary, 'summary_text', 'text', '\n\n');
  const thoughts = join(parsed.data.content, 'reasoning_text', 'text', '');
  return nonEmpty([
    { section: 'summary', kind: 'reasoning', text: summary },
    { section: 'thoughts', kind: 'reasoning', text: thoughts },
  ]);
}

function join(
  from: z.infer<typeof pieces>,
  type: string,
  field: 'text' | 'refusal',
  gap: string,
): string {
  return from
    .filter((entry) => entry.type === type)
    .map((entry) => entry[field])
    .filter((value) => typeof value === 'string')
    .join(gap);
}

function nonEmpty(parts: ItemPart[]): ItemPart[] {
  return parts.filter((part) => part.text !== '');
}
