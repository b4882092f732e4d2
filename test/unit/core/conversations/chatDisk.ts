import type { ChatFile, ChatFiles } from '../../../../src/core/conversations/chatFiles.ts';
import { createMemoryFiles } from '../../../../src/core/conversations/store/memoryFiles.ts';

/**
 * A disk in memory that several windows share. `failing` is the code that each write fails with;
 * while `isHanging`, no call comes to an end.
 */
export function createChatDisk(now?: () => number) {
  const shared = createMemoryFiles(now);
  const watchers = new Map<string, Set<() => void>>();
  const asked = new Set<string>();
  /** Blobs and logs in the order in which they were written. */
  const order: string[] = [];
  let reads = 0;
  const disk = {
    index: undefined as string | undefined,
    failing: undefined as string | undefined,
    isHanging: false,
    files: open(),
  };

  async function step(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (disk.isHanging) await new Promise(() => {});
  }
  async function writing(): Promise<void> {
    await step();
    if (disk.failing) throw Object.assign(new Error('disk'), { code: disk.failing });
  }
  function tell(name: string) {
    for (const listener of watchers.get(name) ?? []) setImmediate(listener);
  }
  function watch(name: string, listener: () => void) {
    const all = watchers.get(name) ?? new Set();
    watchers.set(name, all.add(listener));
    return { dispose: () => void all.delete(listener) };
  }

  function openFile(id: string): ChatFile {
    const file = shared.open(id);
    return {
      async append(bytes, at) {
        await writing();
        order.push(id);
        await file.append(bytes, at);
        tell(id);
      },
      async sync(length) {
        await writing();
        await file.sync(length);
      },
      async truncate(length, most) {
        await writing();
        await file.truncate(length, most);
      },
      async read(from, onPiece, signal) {
        await step();
        reads += 1;
        await file.read(from, onPiece, signal);
      },
      async size() {
        await step();
        return file.size();
      },
      watch: (listener) => watch(id, listener),
      async ask() {
        await writing();
        asked.add(id);
        tell(`${id}.ask`);
      },
      watchAsking: (listener) => watch(`${id}.ask`, () => asked.has(id) && listener()),
      async clearAsking() {
        asked.delete(id);
      },
    };
  }

  function open(): ChatFiles {
    return {
      ...shared,
      open: openFile,
      readIndex: async () => disk.index,
      async writeIndex(text) {
        await writing();
        disk.index = text;
      },
      blobs: {
        ...shared.blobs,
        async write(hash, bytes) {
          await writing();
          order.push(hash);
          await shared.blobs.write(hash, bytes);
        },
      },
      trash: {
        ...shared.trash,
        async add(chat) {
          await writing();
          await shared.trash.add(chat);
        },
      },
    };
  }

  /** Puts bytes in the place of a log, as if something else had written it. */
  async function put(id: string, bytes: Uint8Array): Promise<void> {
    const file = shared.open(id);
    await file.truncate(0, Infinity);
    await file.append(bytes, 0);
  }

  async function bytesOf(id: string): Promise<Uint8Array> {
    let whole = Buffer.alloc(0);
    const onPiece = (bytes: Uint8Array) => void (whole = Buffer.concat([whole, bytes]));
    await shared.open(id).read(0, onPiece, new AbortController().signal);
    return whole;
  }

  return Object.assign(disk, {
    order,
    put,
    bytesOf,
    reads: () => reads,
    watcherCount: () => [...watchers.values()].flatMap((one) => [...one]).length,
  });
}
