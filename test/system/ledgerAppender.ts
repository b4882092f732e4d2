import { silentLog } from '../../src/base/log.ts';
import { createLedgerFile } from '../../src/node/storage/ledgerFile.ts';

/* Appends 500 entries of its own: a second window of the editor. */

const [folder = '', name = '', atMs = '0'] = process.argv.slice(2);
const file = createLedgerFile({ folder, log: silentLog });
for (let at = 0; at < 500; at += 1) {
  await file.append({
    version: 1,
    id: `${name}-${at}`,
    revision: 0,
    atMs: Number(atMs) + at,
    endedAtMs: Number(atMs) + at,
    chatId: 'c'.repeat(at % 90),
    credentialId: 'a',
    spans: [],
    model: 'm',
    effort: 'low',
    requests: 1,
    failed: [],
    kind: 'turn',
    outcome: 'done',
    shares: [],
  });
}
