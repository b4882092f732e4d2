import type { ChatRecord } from '../records.ts';

type CompactRecord = Extract<ChatRecord, { type: 'compact' }>;

/** A compaction as the records tell it. */
export interface StoredCompaction extends Omit<CompactRecord, 'type' | 'n' | 'w' | 'at'> {
  readonly atMs: number;
  /** The user has taken it back. */
  readonly isRestored: boolean;
}

/** The compactions of a chat, the oldest first. Methods return false for a record that does not fit. */
export interface CompactionList {
  add(record: CompactRecord): boolean;
  restore(id: string): boolean;
  all(): readonly StoredCompaction[];
}

export function createCompactionList(): CompactionList {
  let list: readonly StoredCompaction[] = [];
  return {
    all: () => list,
    add({ type: _type, n: _n, w: _w, at: atMs, ...facts }) {
      if (list.some(({ compaction }) => compaction === facts.compaction)) return false;
      list = [...list, { ...facts, atMs, isRestored: false }];
      return true;
    },
    restore(id) {
      if (!list.some(({ compaction }) => compaction === id)) return false;
      list = list.map((one) => (one.compaction === id ? { ...one, isRestored: true } : one));
      return true;
    },
  };
}
