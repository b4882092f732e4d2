import { readCompaction, type RolloutCompaction } from './compaction.ts';
import {
  createTurnDraft,
  type RolloutStatus,
  type RolloutTurn,
  type TurnDraft,
} from './rolloutTurn.ts';

/** What of a session is kept. */
export interface KeptTurns {
  readonly turns: readonly RolloutTurn[];
  readonly compactions: readonly RolloutCompaction[];
  /** What was left out because it was too much. */
  readonly cut: {
    /** Turns from the beginning of the session. */
    readonly turns: number;
    /** Turns whose items were left out, as a summary has taken their place. */
    readonly items: number;
  };
}

/**
 * The turns of a session and its compactions, within a bound on memory.
 * @param mostKept - UTF-16 code units.
 */
export function createTurnList(mostKept: number) {
  let drafts: TurnDraft[] = [];
  let compactions: RolloutCompaction[] = [];
  const cut = { turns: 0, items: 0 };
  let isOpen = false;
  let begun = 0;
  let addedSize = 0;

  const last = () => drafts.at(-1);
  const turns = () => drafts.map(({ turn }) => turn);

  function close(status: RolloutStatus, atMs?: number): void {
    if (isOpen) last()?.end(status, atMs);
    isOpen = false;
  }

  /** What is summed up goes first, then the oldest turns. The last turn stays. */
  function shrink(): void {
    let size = drafts.reduce((sum, { turn }) => sum + turn.size, 0);
    const compacted = compactions.at(-1)?.after;
    const summed = drafts.findIndex(({ turn }) => turn === compacted);
    for (const { turn } of drafts.slice(0, Math.max(0, summed))) {
      if (size <= mostKept) return;
      if (turn.items.length === 0) continue;
      size -= dropItems(turn);
      cut.items++;
    }
    while (size > mostKept && drafts.length > 1) {
      size -= drafts.shift()?.turn.size ?? 0;
      cut.turns++;
    }
  }

  return {
    last,
    close,
    isOpen: () => isOpen,
    /** @param isFree - the name may be an id as it is, if no turn has it. */
    freeId(name: string, isFree: boolean): string {
      begun++;
      return isFree && !drafts.some(({ turn }) => turn.id === name) ? name : `${name}.${begun}`;
    },
    open(turn: RolloutTurn) {
      drafts.push(createTurnDraft(turn));
      isOpen = true;
    },
    /** @param size - what was added since the last call. */
    keepWithin(size: number) {
      addedSize += size;
      if (addedSize < mostKept / 64) return;
      addedSize = 0;
      shrink();
    },
    compact(payload: object, account: string | undefined) {
      const compaction = readCompaction(payload, { turns: turns(), compactions, account });
      last()?.compacted();
      if (compaction) compactions.push(compaction);
    },
    rollBack(count: number) {
      close('stopped');
      drafts = drafts.slice(0, Math.max(0, drafts.length - count));
      const left = new Set(turns());
      compactions = compactions.filter(({ after }) => after === undefined || left.has(after));
    },
    end(status: RolloutStatus): KeptTurns {
      const turn = isOpen ? last()?.turn : undefined;
      close(status);
      // The next reading may find more of it, which is then a turn beside this one.
      if (turn?.status === 'interrupted') turn.id = `${turn.id}~${turn.items.length}`;
      shrink();
      return { turns: turns(), compactions, cut };
    },
  };
}

/** Leaves what is shown; returns how much that frees. */
function dropItems(turn: RolloutTurn): number {
  const shown = turn.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0);
  const freed = Math.max(0, turn.size - shown);
  turn.size = shown;
  turn.items = [];
  return freed;
}
