import { omitUndefined } from '../../base/omitUndefined.ts';
import {
  settledTurn,
  type Conversation,
  type ConversationTurn,
} from '../conversations/conversation.ts';
import type { NewChatRecord } from '../conversations/records.ts';
import type { InputItem } from '../responses/request/input.ts';

/**
 * The records that make a new chat of a branch. What the copy shows and says to the model is what
 * the branch does; nothing in it refers to the chat that it comes from, so that either may go.
 */
export function forkRecords(
  branch: readonly ConversationTurn[],
  { accounts, title }: Pick<Conversation, 'accounts' | 'title'>,
  newId: () => string,
): NewChatRecord[] {
  const records: NewChatRecord[] = title === undefined ? [] : [{ type: 'title', text: title }];
  let parent: string | undefined;
  for (const turn of branch.map(settledTurn)) {
    const id = newId();
    records.push(...turnRecords(turn, id, parent, accounts));
    parent = id;
  }
  return records;
}

function turnRecords(
  turn: ConversationTurn,
  id: string,
  parent: string | undefined,
  accounts: Conversation['accounts'],
): NewChatRecord[] {
  const { prompt, model, effort, startedAtMs, receipt } = turn;
  const outputs = outputsOf(turn, accounts).map((output, at) => ({ ...output, key: `copy-${at}` }));
  const { status, attempt, notes, error, mayContinue, usage, context } = turn;
  return [
    omitUndefined({ type: 'turn', turn: id, parent, startedAtMs, prompt, model, effort } as const),
    ...outputs.map((output) => omitUndefined({ type: 'output', turn: id, ...output } as const)),
    omitUndefined({
      type: 'end' as const,
      turn: id,
      order: outputs.map(({ key }) => key),
      closing: [...noItems],
      status,
      attempt,
      notes: [...notes],
      error,
      mayContinue,
      endedAtMs: turn.endedAtMs ?? startedAtMs,
      usage,
      context,
    }),
    ...(receipt ? [{ type: 'receipt', turn: id, receipt } as const] : []),
  ];
}

const noItems: readonly InputItem[] = [];

interface Output {
  readonly parts: ConversationTurn['parts'][number][];
  readonly items: InputItem[];
  readonly account: string | undefined;
}

/** The items in runs of one account, since a record names one; the first has all that is shown. */
function outputsOf(
  { parts, items }: ConversationTurn,
  accounts: Conversation['accounts'],
): Output[] {
  const runs: Output[] = [];
  for (const item of items) {
    const account = accounts.get(item);
    const last = runs.at(-1);
    if (last && last.account === account) last.items.push(item);
    else runs.push({ parts: runs.length === 0 ? [...parts] : [], items: [item], account });
  }
  return runs.length === 0 && parts.length > 0
    ? [{ parts: [...parts], items: [], account: undefined }]
    : runs;
}
