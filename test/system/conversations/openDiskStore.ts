import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/async/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import {
  createChatStore,
  type ChatStore,
  type ChatStoreDeps,
} from '../../../src/core/conversations/chatStore.ts';
import { createLeases } from '../../../src/node/locks/leases.ts';
import { createPeerProcesses } from '../../../src/node/locks/processes.ts';
import { createChatFolder, sha256 } from '../../../src/node/storage/chatFolder.ts';
import { createCrc32 } from '../../../src/node/storage/crc32.ts';

/** The store of a window as the product builds it, over a folder of this machine. */
export function openDiskStore(folder: string, options: Partial<ChatStoreDeps> = {}): ChatStore {
  return createChatStore({
    files: createChatFolder({ folder, log: silentLog }),
    crc32: createCrc32(),
    sha256,
    clock: systemClock,
    leases: createLeases(join(folder, 'leases'), silentLog, createPeerProcesses()),
    log: silentLog,
    newId: randomUUID,
    app: '1.0.0',
    ...options,
  });
}
