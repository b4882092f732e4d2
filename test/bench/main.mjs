// Times the built Responses client beside the least that any client must do on the same bytes:
// fetch, an event-stream parser and JSON.parse. Figures are medians; ratios hold across machines.
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createParser } from 'eventsource-parser';
import * as client from '../../dist/responses.mjs';

const rounds = Number(process.argv[2] ?? 7);

const worker = new Worker(new URL('simulator.mjs', import.meta.url));
const port = await new Promise((done) => worker.once('message', done));

async function floor(deltas) {
  const response = await fetch(`http://127.0.0.1:${port}/d${deltas}/x`, { method: 'POST' });
  const decoder = new TextDecoder();
  let text = '';
  const parser = createParser({
    onEvent({ data }) {
      const event = JSON.parse(data);
      if (event.type === 'response.output_text.delta') text += event.delta;
    },
  });
  for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  return text.length;
}

const http = client.createHttp();
const grant = { credentialId: 'c', accountId: 'a', accessToken: 't' };
const request = {
  model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true, defaultVerbosity: 'low' },
  instructions: 'Be brief.',
  input: [client.userMessage('Go on.')],
  tools: [],
  sessionId: '00000000-0000-4000-8000-000000000000',
};

async function ours(deltas) {
  const responses = client.createResponses({
    http: http.request,
    grants: { grant: async () => grant, renew: async () => grant },
    baseUrl: () => `http://127.0.0.1:${port}/d${deltas}`,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/bench' },
    clock: client.systemClock,
    random: Math.random,
    log: client.silentLog,
  });
  let length = 0;
  const emit = (event) => {
    if (event.type === 'append') length += event.text.length;
    else if (event.type === 'put' && !event.final) length += event.part.text.length;
  };
  await responses.stream(request, emit, new AbortController().signal);
  return length;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One after the other in turn, so that a slow moment of the machine meets both. */
async function compare(deltas) {
  const runs = { floor: [], ours: [] };
  const wanted = await floor(deltas);
  for (let round = -2; round < rounds; round++) {
    for (const { name, run } of [
      { name: 'floor', run: floor },
      { name: 'ours', run: ours },
    ]) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      const length = await run(deltas);
      const wallMs = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      if (length !== wanted) throw new Error(`${name} lost text: ${length} of ${wanted}`);
      if (round >= 0) runs[name].push({ wallMs, cpuMs: (user + system) / 1000 });
    }
  }
  const row = (name) => {
    const wall = median(runs[name].map(({ wallMs }) => wallMs));
    const cpu = median(runs[name].map(({ cpuMs }) => cpuMs));
    return { wall, cpu };
  };
  return { floor: row('floor'), ours: row('ours') };
}

console.log('| deltas | client | wall ms | CPU ms | µs CPU/event | events/s | CPU x floor |');
console.log('| ---: | --- | ---: | ---: | ---: | ---: | ---: |');
for (const deltas of [1_000, 100_000]) {
  const result = await compare(deltas);
  for (const name of ['floor', 'ours']) {
    const { wall, cpu } = result[name];
    const cells = [
      deltas,
      name === 'floor' ? 'fetch + eventsource-parser + JSON.parse' : 'Codex Chat',
      wall.toFixed(1),
      cpu.toFixed(1),
      ((cpu * 1000) / deltas).toFixed(2),
      Math.round(deltas / (wall / 1000)),
      (cpu / result.floor.cpu).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
await http.close();
await worker.terminate();
