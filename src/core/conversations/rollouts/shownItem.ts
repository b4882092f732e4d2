import * as z from 'zod/mini';
import { membersOf, optionalField } from '../../../base/json/optionalField.ts';
import { parseJson } from '../../../base/json/json.ts';
import { shorten } from '../../../base/truncate.ts';
import type { TurnPart } from '../../../shared/protocol/turn.ts';
import { readCall } from '../../responses/stream/outputItems.ts';
import type { InputItem } from '../../responses/request/input.ts';

/** What the CLI shows of its work, as the parts of a turn. */

const text = z.lazy(() => z.string());
const textPiece = z.lazy(() => z.object({ text }));
const anyRecord = z.lazy(() => z.record(z.string(), z.unknown()));

const completedItem = z.lazy(() =>
  z.object({
    type: text,
    id: text,
    status: optionalField(text),
    phase: optionalField(text),
    text: optionalField(text),
    content: optionalField(membersOf(textPiece)),
    summary_text: optionalField(z.array(text)),
    command: optionalField(z.array(text)),
    changes: optionalField(anyRecord),
    server: optionalField(text),
    tool: optionalField(text),
    query: optionalField(text),
    path: optionalField(text),
  }),
);
type CompletedItem = z.infer<typeof completedItem>;

const completion = z.lazy(() =>
  z.object({
    item: completedItem,
    started_at_ms: optionalField(z.number()),
    completed_at_ms: optionalField(z.number()),
  }),
);

/** The part that an `item_completed` event shows; undefined for one that shows nothing. */
export function readCompletedItem(
  payload: Readonly<Record<string, unknown>>,
): { readonly id: string; readonly part: TurnPart } | undefined {
  const parsed = completion.safeParse(payload);
  if (!parsed.success) return undefined;
  const { item, started_at_ms: fromMs, completed_at_ms: toMs } = parsed.data;
  const ms = fromMs !== undefined && toMs !== undefined ? Math.max(0, toMs - fromMs) : 0;
  const part = toPart(item, ms);
  return part && { id: item.id, part };
}

/** Marks and notes of the CLI, and what stands elsewhere. */
const notShown: ReadonlySet<string> = new Set([
  'UserMessage',
  'HookPrompt',
  'ContextCompaction',
  'EnteredReviewMode',
  'ExitedReviewMode',
]);

function toPart(item: CompletedItem, ms: number): TurnPart | undefined {
  const { type, id } = item;
  switch (type) {
    case 'AgentMessage':
      return textPart(id, textsOf(item), item.phase === 'commentary');
    case 'Plan':
      return textPart(id, item.text ?? '', false);
    case 'Reasoning':
      return reasoningPart(id, (item.summary_text ?? []).join('\n\n'), ms);
    default:
      return notShown.has(type) ? undefined : callPart(id, item);
  }
}

const textsOf = ({ content = [] }: CompletedItem) => content.map((one) => one.text).join('');

export function textPart(id: string, shown: string, isCommentary: boolean): TurnPart | undefined {
  if (shown === '') return undefined;
  return { kind: 'text', id, text: shown, ...(isCommentary ? { commentary: true } : {}) };
}

export function reasoningPart(id: string, shown: string, ms: number): TurnPart | undefined {
  return shown.trim() === '' ? undefined : { kind: 'reasoning', id, text: shown, ms };
}

function callPart(id: string, item: CompletedItem): TurnPart {
  const { tool, detail } = callOf(item);
  return { kind: 'call', id, tool, detail: oneLine(detail), state: stateOf(item.status) };
}

function callOf(item: CompletedItem): { tool: string; detail: string } {
  const { type, command = [], changes = {}, server, query = '', path = '' } = item;
  switch (type) {
    case 'CommandExecution':
      return { tool: 'exec_command', detail: commandText(command) };
    case 'FileChange':
      return { tool: 'apply_patch', detail: Object.keys(changes).slice(0, 20).join(', ') };
    case 'WebSearch':
      return { tool: 'web_search', detail: query };
    case 'ImageView':
      return { tool: 'view_image', detail: path };
    default:
      return { tool: [server, item.tool ?? type].filter(Boolean).join('.'), detail: '' };
  }
}

/** The script of a shell, else the words of the command. */
function commandText(command: readonly string[]): string {
  const [, option = '', script] = command;
  const isScript = command.length === 3 && /^-l?c$/.test(option);
  return isScript && script !== undefined ? script : command.join(' ');
}

type CallState = Extract<TurnPart, { kind: 'call' }>['state'];

function stateOf(status: string | undefined): CallState {
  if (status === 'failed' || status === 'declined') return status;
  return status === 'in_progress' ? 'stopped' : 'done';
}

/** A call of the model as it is shown until its output comes; undefined for other items. */
export function calledPart(item: InputItem, fallbackId: string): TurnPart | undefined {
  if (item.type === 'web_search_call') {
    const search = z.object({ action: z.object({ query: text }) }).safeParse(item);
    const detail = search.success ? search.data.action.query : '';
    return { kind: 'call', id: fallbackId, tool: 'web_search', detail, state: 'done' };
  }
  const call = readCall(item);
  if (!call) return undefined;
  const { callId: id, tool, input } = call;
  return { kind: 'call', id, tool, detail: oneLine(inputText(input)), state: 'running' };
}

const shellInput = z.lazy(() =>
  z.object({
    cmd: optionalField(text),
    command: optionalField(z.union([text, z.array(text)])),
    path: optionalField(text),
  }),
);

/** What the call does, where its arguments say so in a word. */
function inputText(input: string): string {
  const { cmd, command, path } = parseJson(shellInput, input) ?? {};
  return cmd ?? (Array.isArray(command) ? commandText(command) : command) ?? path ?? input;
}

function oneLine(detail: string): string {
  return shorten(detail.trim().split('\n', 1)[0] ?? '', 200);
}
