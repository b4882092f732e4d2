import type { ChatFile, ChatFiles, FileStamp } from './chatFiles.ts';
import { joinBytes } from './lines.ts';
import { changedElsewhere } from './logWriter.ts';

interface MemoryFile {
  bytes: Uint8Array;
  changes: number;
}

/** Chats that are kept nowhere but in the memory of this process. */
export function createMemoryFiles(): ChatFiles {
  const files = new Map<string, MemoryFile>();
  return {
    open: (id) => openFile(files, id),
    list: async () => [...files.keys()],
    async stamp(id): Promise<FileStamp | undefined> {
      const file = files.get(id);
      return file && { size: file.bytes.length, mtimeMs: file.changes };
    },
  };
}

function openFile(files: Map<string, MemoryFile>, id: string): ChatFile {
  const bytesOf = () => files.get(id)?.bytes ?? new Uint8Array();
  const expectLength = (least: number, most = least) => {
    const { length } = bytesOf();
    if (length >= least && length <= most) return;
    throw Object.assign(new Error('The file is not as it was left.'), { code: changedElsewhere });
  };
  const put = (bytes: Uint8Array) =>
    void files.set(id, { bytes, changes: (files.get(id)?.changes ?? 0) + 1 });
  const nothing = { dispose() {} };
  return {
    async append(more, at) {
      expectLength(at);
      put(joinBytes([bytesOf(), more], at + more.length));
    },
    async sync(length) {
      expectLength(length);
    },
    async truncate(length, most) {
      expectLength(length, most);
      put(bytesOf().slice(0, length));
    },
    async read(from, onPiece, signal) {
      signal.throwIfAborted();
      const rest = bytesOf().subarray(from);
      if (rest.length > 0) onPiece(rest);
    },
    size: async () => bytesOf().length,
    // No other process has it.
    watch: () => nothing,
    ask: async () => {},
    watchAsking: () => nothing,
    clearAsking: async () => {},
  };
}
