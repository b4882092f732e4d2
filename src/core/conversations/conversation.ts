import type { ContextUse } from '../../shared/protocol/chat.ts';
import type { TokenUsage, TurnPart, TurnReceipt, TurnStatus } from '../../shared/protocol/turn.ts';
import type { Prompt } from './prompt.ts';
import { createCompactionList, type StoredCompaction } from './compaction/compactionList.ts';
import { endNote } from './history.ts';
import type { InputItem } from '../responses/request/input.ts';
import { readRecord, recordVersion, type ChatRecord } from './records.ts';
import type { StoredRecord } from './recordLine.ts';
import type { StoredError } from './storedError.ts';
import type { TurnNote } from './turnNote.ts';

/** A turn as the records tell it. */
export interface ConversationTurn {
  readonly id: string;
  /** The turn before it; undefined for the first of a branch. */
  readonly parent: string | undefined;
  readonly prompt: Prompt;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly startedAtMs: number;
  /** `running` until its end is recorded; see {@link settledTurn}. */
  readonly status: TurnStatus;
  /** Requests that it has sent, as far as its end says so. */
  readonly attempt: number;
  readonly notes: readonly TurnNote[];
  readonly error?: StoredError | undefined;
  readonly mayContinue?: boolean | undefined;
  readonly usage?: TokenUsage | undefined;
  readonly context?: ContextUse | undefined;
  readonly receipt?: TurnReceipt | undefined;
  readonly endedAtMs?: number | undefined;
  /** Number of the record of its end. */
  readonly endedAt?: number;
  readonly parts: readonly TurnPart[];
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
  /** Keys of the prompt cache by account, the first account of the chat first. */
  readonly cacheKeys: ReadonlyMap<string, string>;
  readonly accounts: ItemAccounts;
  readonly turns: ReadonlyMap<string, ConversationTurn>;
  /** The last turn of the branch that is shown. */
  readonly leaf: string | undefined;
  readonly readOnly: ReadOnlyReason | undefined;
  /** The summaries that were made, the oldest first. */
  readonly compactions: readonly StoredCompaction[];
  /** Number of the last record that has changed what is sent of the turns before it. */
  readonly contextChangedAt: number;
  /** Keys of the outputs of a turn that has not ended, in the order in which they began. */
  readonly outputKeys: (turn: string) => readonly string[];
  /** Records that could not be taken in: their turn is unknown, or they hold something else. */
  readonly skipped: number;
}

/** The account of each item that belongs to one, since encrypted reasoning is bound to it. */
export type ItemAccounts = WeakMap<InputItem, string>;

/** Builds the conversation from records in the order of `n`, while they are read or written. */
export interface ConversationBuilder {
  add(record: StoredRecord): void;
  current(): Conversation;
}

export function createConversationBuilder(): ConversationBuilder {
  const tree = createTurnTree();
  const compactions = createCompactionList();
  const cacheKeys = new Map<string, string>();
  let facts: Pick<Conversation, 'id' | 'title' | 'workspace' | 'leaf' | 'readOnly'> = {
    id: undefined,
    title: undefined,
    workspace: undefined,
    leaf: undefined,
    readOnly: 'noBeginning',
  };
  let skipped = 0;
  let contextChangedAt = -1;

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
      case 'output':
        return tree.setOutput(record);
      case 'end':
        return tree.endTurn(record);
      case 'receipt':
        return tree.change(record.turn, { receipt: record.receipt });
      case 'cacheKey':
        cacheKeys.set(record.account, record.key);
        return true;
      case 'branch':
        if (record.leaf !== undefined && !tree.turns.has(record.leaf)) return false;
        facts = { ...facts, leaf: record.leaf };
        return true;
      case 'title':
        facts = { ...facts, title: record.text };
        return true;
      case 'compact':
        if (!tree.turns.has(record.cut.turn) || !compactions.add(record)) return false;
        contextChangedAt = record.n;
        return true;
      case 'restore':
        if (!compactions.restore(record.compaction)) return false;
        contextChangedAt = record.n;
        return true;
      case 'pin':
      case 'take':
        return true;
    }
  }

  return {
    current: () => ({
      ...facts,
      cacheKeys,
      accounts: tree.accounts,
      turns: tree.turns,
      outputKeys: tree.outputKeys,
      compactions: compactions.all(),
      contextChangedAt,
      skipped,
    }),
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

type Output = Pick<RecordOf<'output'>, 'parts' | 'items'>;

/** The turns by their id. Each method returns false for a record that does not fit them. */
function createTurnTree() {
  const turns = new Map<string, ConversationTurn>();
  /** The outputs of each turn by their key, in the order in which they began. */
  const outputs = new Map<string, Map<string, Output>>();
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
    outputKeys: (turn: string) => [...(outputs.get(turn)?.keys() ?? [])],
    addTurn({ turn: id, parent, prompt, model, effort, startedAtMs }: RecordOf<'turn'>): boolean {
      if (turns.has(id) || (parent !== undefined && !turns.has(parent))) return false;
      outputs.set(id, new Map());
      turns.set(id, {
        id,
        parent,
        prompt,
        model,
        effort,
        startedAtMs,
        status: 'running',
        attempt: 1,
        notes: [],
        parts: [],
        items: [],
      });
      return true;
    },
    setOutput({ turn, key, parts, items, account }: RecordOf<'output'>): boolean {
      const known = outputs.get(turn);
      if (!known || turns.get(turn)?.status !== 'running') return false;
      known.set(key, { parts, items });
      if (account !== undefined) for (const item of items) accounts.set(item, account);
      return change(turn, shownBy([...known.values()]));
    },
    endTurn(record: RecordOf<'end'>): boolean {
      const { turn, order, closing, status, attempt, error, mayContinue, usage, context } = record;
      const known = outputs.get(turn);
      if (!known || turns.get(turn)?.status !== 'running') return false;
      const { parts, items } = shownBy(
        Array.from(new Set(order)).flatMap((key) => known.get(key) ?? []),
      );
      known.clear();
      return change(turn, {
        parts,
        items: [...items, ...closing],
        status,
        attempt,
        notes: record.notes.filter((note) => note !== null),
        error,
        mayContinue,
        usage,
        context,
        endedAtMs: record.endedAtMs,
        endedAt: record.n,
      });
    },
  };
}

function shownBy(outputs: readonly Output[]): Pick<ConversationTurn, 'parts' | 'items'> {
  return {
    parts: outputs.flatMap(({ parts }) => parts),
    items: outputs.flatMap(({ items }) => items),
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
  if (turn.status !== 'running') return turn;
  const parts = turn.parts.map((part): TurnPart => {
    if (part.kind === 'reasoning') return { ms: 0, ...part };
    return part.kind === 'call' && part.state === 'running' ? { ...part, state: 'failed' } : part;
  });
  return {
    ...turn,
    parts,
    items: turn.items.length > 0 ? [...turn.items, ...endNote('interrupted')] : [],
    status: 'interrupted',
    mayContinue: turn.items.length > 0,
  };
}
