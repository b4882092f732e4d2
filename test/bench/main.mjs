// Times the built Responses client beside others of the same protocol, and beside the least that
// any client must do on the same bytes. Each run is a fresh process, the clients take turns, and
// figures are medians; ratios to the floor hold across machines.
//   npm run bench [-- --no-peers] [--no-codex] [--only <scenario>] [--clients ours,pi]
import { fork } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureCodex, ensurePackages, versions } from './peers.mjs';
import { groups } from './rows.mjs';
import { groupTable, summaryTable } from './tables.mjs';

const limitMs = 30_000;
/** What takes longer is not repeated: its place is not in doubt. */
const slowMs = 4_000;

const { values: options } = parseArgs({
  options: {
    'no-peers': { type: 'boolean', default: false },
    'no-codex': { type: 'boolean', default: false },
    only: { type: 'string' },
    clients: { type: 'string' },
  },
});

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A copy, so that a build that someone starts meanwhile changes nothing. */
const folder = await mkdtemp(join(tmpdir(), 'codex-chat-bench-'));
const built = join(folder, 'responses.mjs');
await copyFile(path('../../dist/responses.mjs'), built);

const peers = options['no-peers'] ? undefined : await ensurePackages();
const codex = peers === undefined || options['no-codex'] ? undefined : await ensureCodex();
const wanted = options.clients?.split(',');

const clients = [
  { id: 'ours', client: 'ours', name: 'Codex Chat' },
  ...(peers === undefined
    ? []
    : [
        { id: 'pi', client: 'pi', name: versions.pi },
        { id: 'openaiCreate', client: 'openai', way: 'create', name: versions.openaiCreate },
        { id: 'openaiStream', client: 'openai', way: 'stream', name: versions.openaiStream },
        { id: 'aiSdk', client: 'aiSdk', name: versions.aiSdk },
      ]),
  ...(codex === undefined
    ? []
    : [{ id: 'codex', client: 'codex', name: `Codex CLI ${codex.version}` }]),
  { id: 'floor', client: 'floor', name: 'fetch + eventsource-parser + JSON.parse' },
].filter(({ id }) => wanted === undefined || id === 'floor' || wanted.includes(id));

const chosen = groups.filter(
  ({ scenario }) => options.only === undefined || scenario.startsWith(options.only),
);
const simulator = fork(
  path('simulator.mjs'),
  chosen.map(({ scenario }) => scenario),
);
const port = await new Promise((resolve) => simulator.once('message', resolve));

/** What a client reports of a run; a string says why there is nothing. */
function measure({ client, way }, { scenario, calls = 1 }) {
  const where = { built, peers, codex: codex?.script };
  const task = JSON.stringify({ client, way, scenario, port, calls, ...where });
  return new Promise((resolve) => {
    const child = fork(path('client.mjs'), [task], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
    let report;
    const timer = setTimeout(() => {
      report = `> ${limitMs / 1000} s`;
      child.kill('SIGKILL');
    }, limitMs);
    child.once('message', (message) => (report = message));
    child.once('close', () => {
      clearTimeout(timer);
      if (report === undefined) process.stderr.write(`\n${client}, ${scenario}: ${complaint}\n`);
      resolve(report ?? 'failed');
    });
  });
}

const isSlow = ({ runs }) => runs.some(({ wallMs }) => wallMs > slowMs);

/** One after the other in turn, so that a slow moment of the machine meets all of them. */
async function measureGroup(group) {
  const taking = clients.filter(({ id }) => !group.without?.includes(id));
  const results = Object.fromEntries(taking.map(({ id }) => [id, []]));
  // Once for nothing: the simulator must be warm for the first of them too.
  await measure({ client: 'floor' }, group);
  for (let round = 0; round < group.rounds; round++) {
    for (const client of taking) {
      const soFar = results[client.id];
      if (!Array.isArray(soFar) || soFar.some(isSlow)) continue;
      process.stderr.write(`\r\u001B[K${group.scenario} ${round + 1}/${group.rounds} ${client.id}`);
      const report = await measure(client, group);
      if (typeof report === 'string') results[client.id] = report;
      else soFar.push(report);
    }
  }
  process.stderr.write('\r\u001B[K');
  return results;
}

try {
  const all = {};
  for (const group of chosen) {
    all[group.scenario] = await measureGroup(group);
    console.log(groupTable(group, clients, all[group.scenario]));
  }
  console.log(summaryTable(chosen, clients, all));
  if (Object.values(all).some(({ ours }) => typeof ours === 'string')) process.exitCode = 1;
} finally {
  simulator.disconnect();
  await rm(folder, { recursive: true, force: true });
}
