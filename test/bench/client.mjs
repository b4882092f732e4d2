// One client in a fresh process: loads it, runs one scenario and reports what it took and whether
// all that it delivered was right.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argumentsOf, historyOf, scenarioOf, textOf } from './scenarios.mjs';

const { client, way, scenario: name, port, calls, ...where } = JSON.parse(process.argv[2]);
const scenario = scenarioOf(name);
const adapters = {
  ours: () => import('./clients/ours.mjs'),
  floor: () => import('./clients/floor.mjs'),
  pi: () => import('./clients/pi.mjs'),
  openai: () => import('./clients/openai.mjs'),
  aiSdk: () => import('./clients/aiSdk.mjs'),
  codex: () => import('./clients/codex.mjs'),
};

let first;
let shown = '';
const latencies = [];
let unread = '';

/** A paced delta is the time it was sent at, and a blank. */
function noteLatency(delta) {
  const now = process.hrtime.bigint();
  unread += delta;
  const stamps = unread.split(' ');
  unread = stamps.pop();
  for (const stamp of stamps) latencies.push(Number(now - BigInt(stamp)) / 1e6);
}

function onText(delta) {
  first ??= performance.now();
  shown += delta;
  if (scenario.kind === 'paced') noteLatency(delta);
}

/** Claims that clients look into; there is no signature, for nobody here checks one. */
function unsignedToken() {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    exp: Math.floor(Date.now() / 1000) + 86_400,
    email: 'bench@example.com',
    'https://api.openai.com/auth': { chatgpt_account_id: 'account', chatgpt_plan_type: 'pro' },
  };
  return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

function check({ text, args }) {
  const { kind, size } = scenario;
  if (kind === 'tool') {
    if (JSON.stringify(args) !== argumentsOf(size)) throw new Error('the arguments are wrong');
    return;
  }
  if (kind === 'paced') {
    if (latencies.length !== size) throw new Error(`${latencies.length} of ${size} deltas came`);
    if (text !== shown) throw new Error('the text is not what was shown');
    return;
  }
  const wanted = textOf(kind === 'history' || kind === 'reasoning' ? 12 : size);
  if (shown !== wanted) throw new Error(`the shown text is wrong: ${shown.length} characters`);
  if (text !== wanted) throw new Error(`the final text is wrong: ${text.length} characters`);
}

/** CPU time of another process and its children in ms, where the system tells it. */
function cpuOf(pid) {
  return familyOf(pid).reduce((sum, one) => {
    const fields = read(`/proc/${one}/stat`).split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
  }, 0);
}

function familyOf(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return [pid, ...children.flatMap(familyOf)];
}

/** Helpers of a program come and go while one looks. */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The most memory that a process ever held, MB; the figure of getrusage would count the parent. */
function peakOf(pid) {
  const kilobytes = familyOf(pid).map((one) => /VmHWM:\s+(\d+)/.exec(read(`/proc/${one}/status`)));
  return Math.max(...kilobytes.map((found) => Number(found?.[1] ?? 0))) / 1024;
}

const onLinux = process.platform === 'linux';

function cpuMs(worker) {
  if (worker !== undefined) return onLinux ? cpuOf(worker) : NaN;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function peakMb(worker) {
  if (onLinux) return peakOf(worker ?? process.pid);
  return worker === undefined ? process.resourceUsage().maxRSS / 1024 : NaN;
}

const adapter = await adapters[client]();
const options = {
  base: `http://127.0.0.1:${port}/${name}`,
  history: historyOf(scenario),
  token: unsignedToken(),
  onText,
  way,
};

const begin = performance.now();
const library = await adapter.load(where);
const importMs = performance.now() - begin;
const session = await adapter.open(library, options);
const worker = session.worker?.();
const runs = [];
for (let call = 0; call < calls; call++) {
  first = undefined;
  shown = '';
  const cpuBefore = cpuMs(worker);
  const start = performance.now();
  const result = await session.run();
  const wallMs = performance.now() - start;
  const cpu = cpuMs(worker) - cpuBefore;
  check(result);
  runs.push({ wallMs, cpuMs: cpu, firstMs: first - start, untilFirstMs: first - begin });
}
const report = { importMs, runs, latencies, peakMb: peakMb(worker) };
await session.close();
process.send(report, () => process.exit(0));
