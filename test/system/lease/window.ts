import { appendFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { delay } from '../../../src/base/async/delay.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createLeases } from '../../../src/node/locks/leases.ts';
import { createPeerProcesses } from '../../../src/node/locks/processes.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { exhaust } from './exhaust.ts';
import { deed, serve } from './messages.ts';

/*
 * One window, as far as leases and shared values go: a process that does what its starter says.
 */

const [folder = ''] = process.argv.slice(2);
const leases = createLeases(folder, silentLog, createPeerProcesses());
const counts = createSharedFile({
  folder,
  name: 'counts',
  schema: z.record(z.string(), z.number()),
  initial: {},
  leases,
  log: silentLog,
});
const never = new AbortController().signal;

serve({
  /** Writes a line at the beginning and the end of the hold. */
  hold: deed(z.object({ name: z.string(), ms: z.number(), log: z.string() }), (order) =>
    leases.hold(
      order.name,
      async (signal, reach) => {
        if (reach === 'thisProcess') return 'no hold';
        appendFileSync(order.log, `in ${process.pid}\n`);
        await delay(order.ms, never);
        appendFileSync(order.log, `out ${process.pid}\n`);
        return signal.aborted ? 'lost' : 'kept';
      },
      never,
    ),
  ),
  count: deed(z.object({ key: z.string(), times: z.number() }), async ({ key, times }) => {
    for (let i = 0; i < times; i++) {
      await counts.change((old) => ({ ...old, [key]: (old[key] ?? 0) + 1 }), never);
    }
  }),
  exhaust,
  async listen() {
    counts.onDidChange(() => {});
    await counts.read();
  },
  current: async () => counts.current(),
});
