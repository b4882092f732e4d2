import { crc32 } from 'node:zlib';
import { silentLog } from '../../../src/base/log.ts';
import { createLogWriter } from '../../../src/core/conversations/logWriter.ts';
import { createAppendFile } from '../../../src/node/storage/appendFile.ts';
import { readLogFile } from './readLogFile.ts';

/*
 * A process that goes on with a log from its last good record, and writes the number of each record
 * to its output as soon as it is acknowledged. It never ends by itself.
 */

const [path = ''] = process.argv.slice(2);
const { state } = await readLogFile(path);
const writer = createLogWriter({
  file: createAppendFile(path),
  crc32,
  now: Date.now,
  state,
  epoch: state.epoch + 1,
  log: silentLog,
});

for (;;) {
  const { n } = writer.add({ type: 'item', text: '…'.repeat(Math.random() * 20_000) });
  if (await writer.flush()) process.stdout.write(`${n}\n`);
}
