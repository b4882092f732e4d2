import { withFitCallIds } from './callIds.ts';
import type { InputItem } from './input.ts';
import { isEncrypted } from './itemOwnership.ts';

const outputTypes = new Map([
  ['function_call', 'function_call_output'],
  ['custom_tool_call', 'custom_tool_call_output'],
]);
const outputs = new Set(outputTypes.values());

/**
 * Makes a history that the backend accepts, whatever was kept of it: no system role, no ids of
 * ours or of another session, call ids that are fit to be sent, every call followed by exactly one
 * output and no output without its call, reasoning only with its encrypted content.
 */
export function prepareInput(
  items: readonly InputItem[],
  options: { dropReasoning?: boolean } = {},
): InputItem[] {
  const kept = items
    .filter((item) => !isEncrypted(item) || (!options.dropReasoning && isUsable(item)))
    .map(clean);
  return completePairs(withFitCallIds(kept));
}

function isUsable(item: InputItem): boolean {
  return typeof item['encrypted_content'] === 'string' && item['encrypted_content'] !== '';
}

/** Ids are dropped, for they belong to a stored response and we store none (WIRE.md b). */
function clean(item: InputItem): InputItem {
  const { id: _id, ...rest } = item;
  return rest['role'] === 'system' ? { ...rest, role: 'developer' } : rest;
}

function completePairs(items: readonly InputItem[]): InputItem[] {
  const called = new Set<unknown>();
  const answers = answersOf(items);
  const accepted = new Set(answers.values());
  const complete: InputItem[] = [];
  for (const item of items) {
    const callId = item['call_id'];
    const outputType = outputTypes.get(item.type);
    if (outputType === undefined) {
      if (!outputs.has(item.type) || accepted.has(item)) complete.push(item);
    } else if (!called.has(callId)) {
      called.add(callId);
      complete.push(item);
      if (answers.has(item)) continue;
      complete.push({ type: outputType, call_id: callId, output: 'This call was not run.' });
    }
  }
  return complete;
}

/** To the first call of each id, the first output of its kind that comes after it. */
function answersOf(items: readonly InputItem[]): Map<InputItem, InputItem> {
  const calls = new Map<unknown, InputItem>();
  const answers = new Map<InputItem, InputItem>();
  for (const item of items) {
    const callId = item['call_id'];
    const call = calls.get(callId);
    if (outputTypes.has(item.type)) {
      if (!call) calls.set(callId, item);
    } else if (call && outputTypes.get(call.type) === item.type && !answers.has(call)) {
      answers.set(call, item);
    }
  }
  return answers;
}
