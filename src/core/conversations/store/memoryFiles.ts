import type {
  BlobFiles,
  ChatFile,
  ChatFiles,
  FileStamp,
  RemovedChat,
  TrashFiles,
} from '../chatFiles.ts';
import { joinBytes } from '../lines.ts';
import { changedElsewhere } from '../logWriter.ts';

interface MemoryFile {
  bytes: Uint8Array;
  changes: number;
}

/** Chats that are kept nowhere but in the memory of this process. */
export function createMemoryFiles(now: () => number = () => 0): ChatFiles {
  const files = new Map<string, MemoryFile>();
  return {
    open: (id) => openFile(files, id),
    list: async () => [...files.keys()],
    async stamp(id): Promise<FileStamp | undefined> {
      const file = files.get(id);
      return file && { size: file.bytes.length, mtimeMs: file.changes };
    },
    async replaceLog(id, bytes) {
      files.set(id, { bytes, changes: (files.get(id)?.changes ?? 0) + 1 });
    },
    // Nothing outlives the process, so there is nothing to look up at its start.
    readIndex: async () => undefined,
    writeIndex: async () => {},
    trash: createTrashFiles(files),
    blobs: createBlobFiles(now),
    sweep: async () => {},
  };
}

function createTrashFiles(files: Map<string, MemoryFile>): TrashFiles {
  const removed = new Map<string, { chat: RemovedChat; file: MemoryFile }>();
  return {
    async add(chat) {
      const file = files.get(chat.id);
      if (!file) throw fileError('ENOENT');
      files.delete(chat.id);
      removed.set(chat.id, { chat, file });
    },
    list: async () => [...removed.values()].map(({ chat }) => chat),
    async restore({ id }) {
      const found = removed.get(id);
      if (!found || files.has(id)) throw fileError(found ? 'EEXIST' : 'ENOENT');
      removed.delete(id);
      files.set(id, found.file);
    },
    delete: async ({ id }) => void removed.delete(id),
    async read({ id }, onPiece) {
      const found = removed.get(id);
      if (found) onPiece(found.file.bytes);
    },
  };
}

function createBlobFiles(now: () => number): BlobFiles {
  const blobs = new Map<string, { bytes: Uint8Array; writtenAtMs: number }>();
  return {
    write: async (hash, bytes) => void blobs.set(hash, { bytes, writtenAtMs: now() }),
    read: async (hash) => blobs.get(hash)?.bytes,
    list: async () => [...blobs].map(([hash, { writtenAtMs }]) => ({ hash, writtenAtMs })),
    delete: async (hash) => void blobs.delete(hash),
  };
}

function fileError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function openFile(files: Map<string, MemoryFile>, id: string): ChatFile {
  const bytesOf = () => files.get(id)?.bytes ?? new Uint8Array();
  const expectLength = (least: number, most = least) => {
    const { length } = bytesOf();
    if (length >= least && length <= most) return;
    throw fileError(changedElsewhere);
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
