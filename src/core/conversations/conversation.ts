import type { TurnHead, TurnPart } from '../../shared/protocol/turn.ts';
import type { Prompt } from './prompt.ts';
import { endNote, promptItem } from './history.ts';
import type { InputItem } from '../responses/request/input.ts';
import { readRecord, recordVersion, type ChatRecord } from './records.ts';
import type { StoredRecord } from './recordLine.ts';

/** A turn as the records tell it. */
export interface ConversationTurn {
  readonly id: string;
  /** The turn before it; undefined for the first of a branch. */
  readonly parent: string | undefined;
  readonly prompt: Prompt;
  readonly startedAtMs: number;
  readonly parts: readonly TurnPart[];
  readonly head: TurnHead;
  /** What the model is told of the answer, in order. */
  readonly items: readonly InputItem[];
}

/** Why nothing may be added to a chat that was read. */
export type ReadOnlyReason =
  /** A newer version of the extension has written it in another form. */
  | 'newerVersion'
  /** It holds a record without which it reads differently, and that this version does not know. */
  | 'unknownRecord'
  /** Its first record is missing. */
  | 'noBeginning';

/**
 * A chat as its records tell it: a tree of turns of which one branch is shown. Nothing in it is
 * overwritten: to edit or repeat a prompt adds a turn beside the one it takes the place of.
 */
export interface Conversation {
  readonly id: string | undefined;
  readonly title: string | undefined;
  readonly workspace: string | undefined;
  readonly turns: ReadonlyMap<string, ConversationTurn>;
  /** The last turn of the branch that is shown. */
  readonly leaf: string | undefined;
  readonly readOnly: ReadOnlyReason | undefined;
  /** Records that could not be taken in: their turn is unknown, or they hold something else. */
  readonly skipped: number;
}

/** The account of each item that belongs to one, since encrypted reasoning is bound to it. */
export type ItemAccounts = WeakMap<InputItem, string>;

/** Builds the conversation from records in the order of `n`, while they are read or written. */
export interface ConversationBuilder {
  add(record: StoredRecord): void;
  current(): Conversation;
  readonly accounts: ItemAccounts;
}

export function createConversationBuilder(): ConversationBuilder {
  const tree = createTurnTree();
  let facts: Omit<Conversation, 'turns' | 'skipped'> = {
    id: undefined,
    title: undefined,
    workspace: undefined,
    leaf: undefined,
    readOnly: 'noBeginning',
  };
  let skipped = 0;

  /** False when the record does not fit what came before it. */
  function apply(record: ChatRecord): boolean {
    switch (record.type) {
      case 'chat': {
        const isNewer = record.v.major > recordVersion.major;
        const readOnly = isNewer ? 'newerVersion' : undefined;
        facts = { ...facts, id: record.chat, workspace: record.workspace, readOnly };
        return true;
      }
      case 'turn':
        if (!tree.addTurn(record)) return false;
        facts = { ...facts, leaf: record.turn };
        return true;
      case 'item':
        return tree.addItem(record);
      case 'partial':
        return tree.change(record.turn, { parts: record.parts });
      case 'end':
        return tree.endTurn(record);
      case 'branch':
        if (record.leaf !== undefined && !tree.turns.has(record.leaf)) return false;
        facts = { ...facts, leaf: record.leaf };
        return true;
      case 'title':
        facts = { ...facts, title: record.text };
        return true;
      case 'pin':
      case 'take':
        return true;
    }
  }

  return {
    accounts: tree.accounts,
    current: () => ({ ...facts, turns: tree.turns, skipped }),
    add(stored) {
      const record = readRecord(stored);
      if (record ? apply(record) : false) return;
      skipped++;
      if (record || stored.critical !== true) return;
      facts = { ...facts, readOnly: facts.readOnly ?? 'unknownRecord' };
    },
  };
}

type RecordOf<Type extends ChatRecord['type']> = Extract<ChatRecord, { type: Type }>;

const runningHead: TurnHead = { status: 'running', attempt: 1, notes: [] };

/** The turns by their id. Each method returns false for a record that does not fit them. */
function createTurnTree() {
  const turns = new Map<string, ConversationTurn>();
  /** By their record; each turn owns the list of its own items. */
  const items = new Map<number, { turn: string; item: InputItem }>();
  const accounts: ItemAccounts = new WeakMap();

  function change(id: string, part: Partial<ConversationTurn>): boolean {
    const turn = turns.get(id);
    if (turn) turns.set(id, { ...turn, ...part });
    return turn !== undefined;
  }

  return {
    turns,
    accounts,
    change,
    addTurn({ turn: id, parent, prompt, at }: RecordOf<'turn'>): boolean {
      if (turns.has(id) || (parent !== undefined && !turns.has(parent))) return false;
      const head = runningHead;
      turns.set(id, { id, parent, prompt, startedAtMs: at, parts: [], head, items: [] });
      return true;
    },
    addItem({ n, turn: id, item, account }: RecordOf<'item'>): boolean {
      const turn = turns.get(id);
      if (!turn) return false;
      items.set(n, { turn: id, item });
      if (account !== undefined) accounts.set(item, account);
      return change(id, { items: [...turn.items, item] });
    },
    endTurn({ turn, order, parts, head }: RecordOf<'end'>): boolean {
      const told = [...new Set(order)].flatMap((entry): InputItem[] => {
        if (typeof entry !== 'number') return [entry];
        const known = items.get(entry);
        return known?.turn === turn ? [known.item] : [];
      });
      return change(turn, { items: told, parts, head });
    },
  };
}

/** The turns of the branch that is shown, the first one first. */
export function branchOf({
  turns,
  leaf,
}: Pick<Conversation, 'turns' | 'leaf'>): ConversationTurn[] {
  const branch: ConversationTurn[] = [];
  const seen = new Set<string>();
  let next = leaf === undefined ? undefined : turns.get(leaf);
  while (next && !seen.has(next.id)) {
    seen.add(next.id);
    branch.push(next);
    next = next.parent === undefined ? undefined : turns.get(next.parent);
  }
  return branch.toReversed();
}

/** The turns that stand in the same place of the tree as this one, itself included, oldest first. */
export function siblingsOf({ turns }: Pick<Conversation, 'turns'>, id: string): readonly string[] {
  const turn = turns.get(id);
  if (!turn) return [];
  return [...turns.values()].filter(({ parent }) => parent === turn.parent).map((one) => one.id);
}

/**
 * The turn as it is shown and told when nothing runs it any more: one that has not ended was
 * interrupted, such as by a reload of the window.
 */
export function settledTurn(turn: ConversationTurn): ConversationTurn {
  if (turn.head.status !== 'running') return turn;
  const items = [...turn.items, ...endNote('interrupted')];
  return { ...turn, items, head: { ...turn.head, status: 'interrupted' } };
}

/** What the next request says of the branch, without the prompt that it asks. */
export function inputOf(branch: readonly ConversationTurn[]): InputItem[] {
  return branch.flatMap(({ prompt, items }) => [promptItem(prompt), ...items]);
}
