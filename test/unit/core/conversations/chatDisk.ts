import type { ChatFile, ChatFiles } from '../../../../src/core/conversations/chatFiles.ts';
import { createMemoryFiles } from '../../../../src/core/conversations/memoryFiles.ts';

/**
 * A disk in memory that several windows share. `failing` is the code that each write fails with;
 * while `isHanging`, no call comes to an end.
 */
export function createChatDisk() {
  const shared = createMemoryFiles();
  const watchers = new Map<string, Set<() => void>>();
  const asked = new Set<string>();
  const disk = { failing: undefined as string | undefined, isHanging: false, files: open() };

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
    return { ...shared, open: openFile };
  }

  return Object.assign(disk, {
    watcherCount: () => [...watchers.values()].flatMap((one) => [...one]).length,
  });
}
