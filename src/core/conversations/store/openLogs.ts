import type { ChatLog } from '../chatLog.ts';
import type { ChatSummary } from './summary.ts';

/** The chats that are open in this window; the list shows them as they are, on the disk or not. */
export interface OpenLogs {
  /** The log as its user is to have it: it is forgotten when it is disposed of. */
  add(log: ChatLog): ChatLog;
  get(id: string): ChatLog | undefined;
  has(id: string): boolean;
  /** The rows, with the open chats as they are now, the one that was used last first. */
  withOpen(rows: readonly ChatSummary[]): readonly ChatSummary[];
}

/** Records that come while an answer streams. */
const frequent: ReadonlySet<string> = new Set(['output']);

export interface OpenLogsDeps {
  /** Something that the list shows has changed in an open chat. */
  readonly onDidChange: () => void;
  /** A chat is no longer open here: what its file says counts from now on. */
  readonly onDidClose: () => void;
}

export function createOpenLogs({ onDidChange, onDidClose }: OpenLogsDeps): OpenLogs {
  const logs = new Map<string, Set<ChatLog>>();
  const get = (id: string) => logs.get(id)?.values().next().value;

  return {
    get,
    has: (id) => logs.has(id),
    add(log) {
      const all = logs.get(log.id) ?? new Set();
      logs.set(log.id, all.add(log));
      return {
        ...log,
        add(record) {
          const stored = log.add(record);
          if (!frequent.has(record.type)) onDidChange();
          return stored;
        },
        dispose() {
          all.delete(log);
          if (all.size === 0) logs.delete(log.id);
          log.dispose();
          onDidClose();
        },
      };
    },
    withOpen(rows) {
      const all = new Map(rows.map((row) => [row.id, row]));
      for (const id of logs.keys()) {
        const summary = get(id)?.summary();
        if (summary && summary.turnCount > 0) all.set(id, summary);
      }
      return [...all.values()].toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
  };
}
