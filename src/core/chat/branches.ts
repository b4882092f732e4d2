import { siblingsOf, type Conversation } from '../conversations/conversation.ts';
import type { NewChatRecord } from '../conversations/records.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { BranchPlace } from '../../shared/protocol/history.ts';

export interface BranchesDeps {
  readonly chat: {
    conversation(): Conversation;
    acquire(signal: AbortSignal): Promise<boolean>;
    add(record: NewChatRecord): unknown;
    flush(): Promise<boolean>;
  };
  readonly isBusy: () => boolean;
  /** Starts a turn after `parent`. */
  readonly begin: (prompt: Prompt, parent: string | undefined) => void;
  /** The records name another branch by now. */
  readonly changed: () => void;
}

/** The branches of one chat. Nothing is ever overwritten: an edit stands beside what it edits. */
export interface Branches {
  /** Sends another text in the place of a prompt, with its files; ignored while a turn runs. */
  edit(turnId: string, text: string): void;
  /** Answers the prompt of a turn once more; ignored while a turn runs. */
  regenerate(turnId: string): void;
  /**
   * Shows the turn at `index`, from 1, among those in the place of this one, with what came last
   * after it. False while a turn runs, or when another window writes to the chat.
   */
  showBranch(turnId: string, index: number, signal: AbortSignal): Promise<boolean>;
  /** Shows the branch in which the turn stands. */
  showTurn(turnId: string, signal: AbortSignal): Promise<boolean>;
  /** Starts a turn after `parent`. */
  begin(prompt: Prompt, parent: string | undefined): void;
  /** Undefined for a turn that stands alone in its place. */
  place(turnId: string): BranchPlace | undefined;
}

export function createBranches(deps: BranchesDeps): Branches {
  const { chat, isBusy, changed } = deps;
  /** The turn before the one that was begun last, which the records name a little later. */
  let lastParent: string | undefined;
  const begin: BranchesDeps['begin'] = (prompt, parent) => {
    lastParent = parent;
    deps.begin(prompt, parent);
  };
  const turnOf = (id: string) => chat.conversation().turns.get(id);

  async function showLeaf(leaf: string, signal: AbortSignal): Promise<boolean> {
    if (isBusy()) return false;
    if (chat.conversation().leaf === leaf) return true;
    if (!(await chat.acquire(signal)) || isBusy()) return false;
    chat.add({ type: 'branch', leaf });
    changed();
    // A disk that is full keeps nobody from looking at a branch.
    await chat.flush();
    return true;
  }

  return {
    begin,
    edit(turnId, text) {
      const turn = turnOf(turnId);
      if (turn && !isBusy()) begin({ ...turn.prompt, text }, turn.parent);
    },
    regenerate(turnId) {
      const turn = turnOf(turnId);
      if (turn && !isBusy()) begin(turn.prompt, turn.parent);
    },
    async showBranch(turnId, index, signal) {
      const conversation = chat.conversation();
      const target = siblingsOf(conversation, turnId)[index - 1];
      return target !== undefined && showLeaf(lastAfter(conversation, target), signal);
    },
    async showTurn(turnId, signal) {
      const conversation = chat.conversation();
      if (!conversation.turns.has(turnId)) return false;
      if (isShown(conversation, turnId)) return true;
      return showLeaf(lastAfter(conversation, turnId), signal);
    },
    place(turnId) {
      const { turns } = chat.conversation();
      if (!turns.has(turnId)) {
        const before = [...turns.values()].filter(({ parent }) => parent === lastParent).length;
        return isBusy() && before > 0 ? { index: before + 1, count: before + 1 } : undefined;
      }
      const siblings = siblingsOf({ turns }, turnId);
      if (siblings.length < 2) return undefined;
      return { index: siblings.indexOf(turnId) + 1, count: siblings.length };
    },
  };
}

/** The end of the branch that was begun last after this turn. Turns stand after their parents. */
function lastAfter({ turns }: Conversation, id: string): string {
  let leaf = id;
  for (const turn of turns.values()) if (turn.parent === leaf && isNewest(turn.id)) leaf = turn.id;
  return leaf;

  /** Among those with the same parent, the one that comes last. */
  function isNewest(candidate: string): boolean {
    return siblingsOf({ turns }, candidate).at(-1) === candidate;
  }
}

function isShown({ turns, leaf }: Conversation, id: string): boolean {
  const seen = new Set<string>();
  for (let at = leaf; at !== undefined && !seen.has(at); at = turns.get(at)?.parent) {
    if (at === id) return true;
    seen.add(at);
  }
  return false;
}
