import { branchOf } from '../../../src/core/conversations/conversation.ts';
import { openDiskStore } from './openDiskStore.ts';

/*
 * A window that adds turns to a chat, now and then by taking it over from another one. It writes the
 * id of each turn to its output as soon as that is acknowledged. It never ends by itself.
 */

const [folder = '', id = '', name = ''] = process.argv.slice(2);
const never = new AbortController().signal;
const log = await openDiskStore(folder).open(id, never);
const state = { isLost: false };
log.onDidLoseWriter(() => (state.isLost = true));

for (let count = 0; ; count++) {
  const mayWrite = count % 5 === 4 ? await log.takeOver(never) : await log.acquire(never);
  if (!mayWrite) continue;
  state.isLost = false;
  const turn = `${name}-${count}`;
  const parent = branchOf(log.conversation()).at(-1)?.id;
  const prompt = { text: 'x'.repeat(Math.random() * 5_000), attachments: [] };
  log.add({ type: 'turn', turn, startedAtMs: 5, prompt, ...(parent && { parent }) });
  if (await log.flush()) process.stdout.write(`${turn}\n`);
  await new Promise((done) => setTimeout(done, Math.random() * 20));
  const rest = { order: [], closing: [], attempt: 1, notes: [], endedAtMs: 9 };
  log.add({ type: 'end', turn, status: state.isLost ? 'stopped' : 'done', ...rest });
  await log.flush();
  await new Promise((done) => setTimeout(done, Math.random() * 10));
}
