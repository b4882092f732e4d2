import * as z from 'zod/mini';
import type { InputItem } from '../../responses/request/input.ts';

/** An item of the model's history, and whose it is. */
export interface RolloutItem {
  readonly item: InputItem;
  /** Credential id; present on what only this account can read. */
  readonly account?: string;
  /** A message of the user that a compaction has kept. */
  readonly isTyped?: true;
}

/** Kept as they are. Other types belong to the CLI: lists of its tools, snapshots, its own agents. */
const keptTypes: ReadonlySet<string> = new Set([
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'web_search_call',
  'compaction',
]);

/** Nothing is left of these without their encrypted content. */
const sealedTypes: ReadonlySet<string> = new Set(['reasoning', 'compaction']);

const typed = z.lazy(() => z.looseObject({ type: z.string() }));
const shellCall = z.lazy(() =>
  z.object({ call_id: z.string(), action: z.record(z.string(), z.unknown()) }),
);
const output = z.lazy(() => z.object({ output: z.object({ content: z.string() }) }));

/**
 * A `response_item` as the next request is to hold it; undefined for one that is not to be sent.
 * @param account - the credential that can read its encrypted content; undefined: none of ours.
 */
export function toHistoryItem(
  payload: Readonly<Record<string, unknown>>,
  account: string | undefined,
): RolloutItem | undefined {
  const parsed = typed.safeParse(payload);
  if (!parsed.success) return undefined;
  const item = plainOutput(shellAsFunction(withoutMarks(parsed.data)));
  if (!item || !keptTypes.has(item.type)) return undefined;
  const { encrypted_content: sealed, ...rest } = item;
  const isReadable = typeof sealed === 'string' && sealed !== '' && account !== undefined;
  if (sealedTypes.has(item.type)) return isReadable ? { item, account } : undefined;
  return isReadable ? { item, account } : { item: rest };
}

/** The CLI does not send these either. */
function withoutMarks(item: InputItem): InputItem {
  const { internal_chat_message_metadata_passthrough: _marks, ...rest } = item;
  return rest;
}

/** The tool `local_shell` is gone: its calls are told as calls of a function, so that pairs match. */
function shellAsFunction(item: InputItem): InputItem | undefined {
  if (item.type !== 'local_shell_call') return item;
  const call = shellCall.safeParse(item);
  if (!call.success) return undefined;
  const { call_id, action } = call.data;
  return { type: 'function_call', name: 'local_shell', call_id, arguments: JSON.stringify(action) };
}

/** Old versions kept outputs as `{content, success}`; the backend takes the text. */
function plainOutput(item: InputItem | undefined): InputItem | undefined {
  const old = output.safeParse(item);
  return item && old.success ? { ...item, output: old.data.output.content } : item;
}
