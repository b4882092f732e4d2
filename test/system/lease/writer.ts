import { join } from 'node:path';
import * as z from 'zod/mini';
import { silentLog } from '../../../src/base/log.ts';
import { createLeases } from '../../../src/node/locks/leases.ts';
import { createPeerProcesses } from '../../../src/node/locks/processes.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { killAt, pointsSeen } from './killPoints.ts';
import { deed, serve } from './messages.ts';

/*
 * A process that changes a shared value, and can be ended at any point of that.
 */

const [root = '', place = ''] = process.argv.slice(2);
const folder = join(root, place);
const shared = createSharedFile({
  folder: join(folder, 'shared'),
  name: 'number',
  schema: z.object({ count: z.number(), text: z.string() }),
  initial: { count: 0, text: '' },
  leases: createLeases(join(folder, 'leases'), silentLog, createPeerProcesses()),
  log: silentLog,
});
const never = new AbortController().signal;
/** Longer than what a disk takes in one piece. */
const textOf = (count: number) => `${count} `.repeat(30_000);

serve({
  /** Adds one to what is stored, and gives the points where it could have been ended. */
  plus: deed(z.object({ killAt: z.optional(z.number()) }), async (order) => {
    killAt(order.killAt);
    await shared.save(({ count }) => ({ count: count + 1, text: textOf(count + 1) }), never);
    return pointsSeen();
  }),
  async read() {
    const { count, text } = await shared.read();
    return count === 0 || text === textOf(count) ? count : `garbage of ${text.length} characters`;
  },
});
