import type { OutputItem, ResponseObject, ResponsesEvent } from './events.ts';
import { createAnswerParts, type AnswerChange, type AnswerPart } from './answerParts.ts';

export type { AnswerChange, AnswerPart } from './answerParts.ts';

/** The answer of one attempt so far. */
export interface AnswerState {
  apply(event: ResponsesEvent): void;
  /** What has been opened, in the order of the output index; `item` once it is finished. */
  outputs(): { item?: OutputItem; ids: readonly string[] }[];
  /** Every text that has come, of calls too. */
  texts(): string[];
}

/**
 * Folds the events of one attempt into the answer, keyed by output index, and reports each change
 * as it happens. What the backend says at the end of an item wins over the deltas before it.
 */
export function createAnswer(
  attempt: number,
  onChange: (change: AnswerChange) => void,
): AnswerState {
  const parts = createAnswerParts(attempt, onChange);
  /** Highest index of the summary parts seen so far, by output index. */
  const summaries = new Map<number, number>();

  function summaryDelta(index: number, summaryIndex: number, text: string): void {
    const last = summaries.get(index) ?? -1;
    const gap = last >= 0 && summaryIndex > last ? '\n\n' : '';
    summaries.set(index, Math.max(last, summaryIndex));
    parts.append(index, 'summary', 'reasoning', gap + text);
  }

  function callDelta(index: number, text: string): void {
    const call = parts.call(index);
    if (call) call.text += text;
  }

  function callDone(index: number, text: string): void {
    const call = parts.call(index);
    if (call) call.text = text;
  }

  /** What the terminal event brings that no item event has brought before. */
  function complete(response: ResponseObject | undefined): void {
    for (const [index, item] of (response?.output ?? []).entries()) {
      if (!parts.isFinished(index)) parts.finish(index, item);
    }
    // Some proxies drop the item events and pass the deltas: their text is the answer then.
    for (const { index, text, phase } of parts.unfinishedTexts()) {
      parts.finish(index, messageOf(text, phase));
    }
  }

  return {
    apply(event) {
      switch (event.type) {
        case 'response.output_text.delta':
          return parts.append(event.output_index, 'text', 'text', event.delta);
        case 'response.refusal.delta':
          return parts.append(event.output_index, 'refusal', 'refusal', event.delta);
        case 'response.reasoning_summary_text.delta':
          return summaryDelta(event.output_index, event.summary_index, event.delta);
        case 'response.reasoning_text.delta':
          return parts.append(event.output_index, 'thoughts', 'reasoning', event.delta);
        case 'response.function_call_arguments.delta':
        case 'response.custom_tool_call_input.delta':
          return callDelta(event.output_index, event.delta);
        case 'response.output_text.done':
          if (event.content_index > 0) return;
          return parts.replace(event.output_index, 'text', { kind: 'text', text: event.text });
        case 'response.function_call_arguments.done':
          return callDone(event.output_index, event.arguments);
        case 'response.output_item.added':
          return parts.begin(event.output_index, event.item);
        case 'response.output_item.done':
          return parts.finish(event.output_index, event.item);
        case 'response.completed':
        case 'response.incomplete':
          return complete(event.response);
        case 'response.created':
        case 'response.failed':
        case 'response.metadata':
        case 'codex.rate_limits':
        case 'error':
      }
    },
    outputs: parts.outputs,
    texts: parts.texts,
  };
}

function messageOf(text: string, phase: AnswerPart['phase']): OutputItem {
  return {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    ...(phase === undefined ? {} : { phase }),
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}
