import { omitUndefined } from '../../../base/omitUndefined.ts';
import { shorten, truncate } from '../../../base/truncate.ts';
import type { TurnPart } from '../../../shared/protocol/turn.ts';
import type { NewChatRecord } from '../records.ts';
import type { RolloutCompaction } from './compaction.ts';
import type { RolloutItem } from './historyItem.ts';
import type { ReadSession } from './readSession.ts';
import { promptItems, type RolloutTurn } from './rolloutTurn.ts';

/** About the length of a record, UTF-16 code units: a longer list is divided. */
const recordLength = 500_000;
/** A longer text or item does not fit into a record. */
const mostLength = 4_000_000;
const longestTitle = 200;

/**
 * The records that add a session to a chat: its turns, without those that the chat holds already.
 * What was taken back meanwhile stays in the chat beside the turns that took its place.
 *
 * The model is told the same as by the CLI, but for three things: images follow the words of a
 * message in a message of their own; after a compaction all of the user's messages are told, also
 * those that the CLI has left out for their length; and a summary of what is not in the chat at all
 * follows the first message.
 * @param known - ids of the turns of the chat.
 */
export function importRecords(
  { turns, compactions }: Pick<ReadSession, 'turns' | 'compactions'>,
  known: ReadonlySet<string>,
): NewChatRecord[] {
  const compaction = compactions.at(-1);
  const at = compaction?.after ? turns.indexOf(compaction.after) : -1;
  return turns.flatMap((turn, index) => {
    if (known.has(turn.id)) return [];
    const parent = turns[index - 1]?.id;
    const isSummed = compaction !== undefined && index <= at;
    // The turns that were summed up may have been left out for their length.
    const before = index === 0 && compaction && at < 0 ? compaction.replacement : [];
    const told = isSummed
      ? toldOf(turn, index === at ? compaction : undefined)
      : [...before, ...turn.items];
    return turnRecords(turn, parent, { told, hasImages: !isSummed });
  });
}

/** Name of the chat that a session becomes. */
export function titleRecord(title: string): NewChatRecord[] {
  return title === '' ? [] : [{ type: 'title', text: shorten(title, longestTitle) }];
}

/** What the model is told of a turn that was summed up; its message is told in any case. */
function toldOf(turn: RolloutTurn, compaction: RolloutCompaction | undefined): RolloutItem[] {
  if (!compaction) return [];
  const summary = compaction.replacement.filter(({ isTyped }) => isTyped !== true);
  return [...summary, ...turn.items.slice(compaction.items)];
}

interface Told {
  readonly told: readonly RolloutItem[];
  readonly hasImages: boolean;
}

function turnRecords(
  turn: RolloutTurn,
  parent: string | undefined,
  { told, hasImages }: Told,
): NewChatRecord[] {
  const { id, text, startedAtMs, endedAtMs = startedAtMs, status, model, effort, usage } = turn;
  const images = hasImages ? promptItems(turn).slice(1) : [];
  const items = [...images.map((item): RolloutItem => ({ item })), ...told];
  const outputs = outputRecords(id, turn.parts, items);
  return [
    {
      type: 'turn',
      turn: id,
      startedAtMs,
      prompt: { text: truncate(text, mostLength), attachments: [] },
      ...omitUndefined({ parent, model, effort }),
    },
    ...outputs,
    {
      type: 'end',
      turn: id,
      order: outputs.map(({ key }) => key),
      closing: [],
      status,
      attempt: 1,
      notes: [],
      endedAtMs,
      ...(status === 'failed' ? { error: { source: 'internal' as const } } : {}),
      ...omitUndefined({ usage }),
    },
  ];
}

type OutputRecord = Extract<NewChatRecord, { type: 'output' }>;

function outputRecords(
  turn: string,
  parts: readonly TurnPart[],
  items: readonly RolloutItem[],
): OutputRecord[] {
  const shown = divided(parts.map(fitPart), () => '').map((some, at): OutputRecord => ({
    type: 'output',
    turn,
    key: `parts.${at}`,
    parts: some,
    items: [],
  }));
  const told = divided(items.map(fitItem), ({ account = '' }) => account).map(
    (some, at): OutputRecord => ({
      type: 'output',
      turn,
      key: `items.${at}`,
      parts: [],
      items: some.map(({ item }) => item),
      ...omitUndefined({ account: some[0]?.account }),
    }),
  );
  return [...shown, ...told];
}

/** The list in pieces of one group each that fit into a record. */
function divided<T>(list: readonly T[], groupOf: (one: T) => string): T[][] {
  const pieces: T[][] = [];
  let length = Infinity;
  let group: string | undefined;
  for (const one of list) {
    const more = JSON.stringify(one).length;
    if (length + more > recordLength || groupOf(one) !== group) {
      pieces.push([]);
      length = 0;
      group = groupOf(one);
    }
    pieces.at(-1)?.push(one);
    length += more;
  }
  return pieces;
}

function fitPart(part: TurnPart): TurnPart {
  return 'text' in part ? { ...part, text: truncate(part.text, mostLength) } : part;
}

/** An item that is too long keeps its place, so that calls and outputs stay in pairs. */
function fitItem(told: RolloutItem): RolloutItem {
  const { item } = told;
  if (JSON.stringify(item).length <= mostLength) return told;
  const note = '(This was too long to be imported.)';
  if (item.type.endsWith('_output')) return { item: { ...item, output: note } };
  const content = [
    { type: item['role'] === 'assistant' ? 'output_text' : 'input_text', text: note },
  ];
  const role = item['role'] === 'assistant' ? 'assistant' : 'user';
  return { item: { type: 'message', role, content } };
}
