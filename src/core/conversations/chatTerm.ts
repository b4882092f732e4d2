import type { ChatLogDeps } from './chatLog.ts';
import type { ChatReader } from './chatReader.ts';
import { createLogWriter, type LogWriter, type UnsavedRecords } from './logWriter.ts';
import type { StoredRecord } from './recordLine.ts';
import { toStored, type NewChatRecord } from './records.ts';

/** The time in which this window is the only one that writes to a chat: one epoch of its log. */
export interface ChatTerm {
  /** Begins a term, unless one lasts, with a `take` record if the log holds anything yet. */
  begin(): void;
  add(record: NewChatRecord): StoredRecord;
  save(isSynced: boolean): Promise<boolean>;
  unsaved(): UnsavedRecords;
  /** Whether anything but the `take` is unsaved. */
  hasUnsavedRecords(): boolean;
  /** Undefined while no term lasts. */
  epoch(): number | undefined;
  /** Ends the term; what is unsaved is given up. */
  end(): void;
}

interface Deps extends Pick<ChatLogDeps, 'file' | 'crc32' | 'clock' | 'log'> {
  readonly reader: ChatReader;
  readonly onDidChangeUnsaved: () => void;
}

const nothing: UnsavedRecords = { count: 0, code: undefined };

export function createChatTerm(deps: Deps): ChatTerm {
  const { file, crc32, clock, log, reader, onDidChangeUnsaved } = deps;
  let current: { writer: LogWriter; epoch: number; added: number } | undefined;

  function begun() {
    if (current) return current;
    const state = reader.state();
    const epoch = state.epoch + 1;
    const writer = createLogWriter({ file, crc32, now: clock.now, state, epoch, log });
    writer.onDidChangeUnsaved(() => {
      if (current?.writer === writer) onDidChangeUnsaved();
    });
    if (state.length + state.tornBytes > 0) writer.add(toStored({ type: 'take' }));
    current = { writer, epoch, added: 0 };
    return current;
  }

  return {
    begin: () => void begun(),
    add(record) {
      const term = begun();
      term.added += 1;
      return term.writer.add(toStored(record));
    },
    async save(isSynced) {
      const term = current;
      if (!term) return true;
      return isSynced ? term.writer.flush() : term.writer.write();
    },
    unsaved: () => current?.writer.unsaved() ?? nothing,
    // The take is the first record of the term, so it is saved before all others.
    hasUnsavedRecords: () =>
      current !== undefined && current.added > 0 && current.writer.unsaved().count > 0,
    epoch: () => current?.epoch,
    end() {
      const had = current?.writer.unsaved() ?? nothing;
      current = undefined;
      if (had.count > 0 || had.code !== undefined) onDidChangeUnsaved();
    },
  };
}
