import type { InputItem } from '../../responses/request/input.ts';
import { isCall } from '../../responses/stream/outputItems.ts';

/** An item of the context with what the records know of it. */
export interface HistoryEntry {
  readonly item: InputItem;
  /**
   * `user`: the user wrote it, as a prompt or while a turn ran. `context`: it says what is the case,
   * such as the environment. Known by the record, never by the text.
   */
  readonly kind: 'user' | 'answer' | 'context' | 'summary';
  /** The turn that it came with; absent for what no turn brought. */
  readonly turn?: string;
  /** Its place in that turn: 0 for the prompt, then the number of the item from 1. */
  readonly place?: number;
  /** What came with the message: its name, and its estimated tokens as a part of the item. */
  readonly attachments?: readonly { readonly name: string; readonly tokens: number }[];
  /** Names of the images in the item, in their order. */
  readonly imageNames?: readonly string[];
}

export const isOutput = ({ type }: InputItem) => type.endsWith('_call_output');

/** Index of the output by the index of its call. */
export function outputsOfCalls(entries: readonly HistoryEntry[]): ReadonlyMap<number, number> {
  const calls = new Map<unknown, number>();
  const outputs = new Map<number, number>();
  for (const [index, { item }] of entries.entries()) {
    if (isCall(item)) calls.set(item['call_id'], index);
    const call = isOutput(item) ? calls.get(item['call_id']) : undefined;
    if (call !== undefined) outputs.set(call, index);
  }
  return outputs;
}
