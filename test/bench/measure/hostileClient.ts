import { pathToFileURL } from 'node:url';
import { createHttp } from '../../../src/node/http/http.ts';
import { fetchCatalogue } from '../../../src/core/models/fetchCatalogue.ts';
import { fetchUsage } from '../../../src/core/quota/poll/fetchUsage.ts';
import { refreshTokens } from '../../../src/core/auth/oauth.ts';
import type * as Client from '../../../src/node/http/responses.ts';
import { silentLog } from '../../../src/base/log.ts';

/*
 * The process that `npm run measure -- hostile` watches: it asks the built client for every path
 * that it is told, and says how long its event loop was blocked and how much memory it took.
 */

const [, , built = '', base = '', cases = '0'] = process.argv;

const client: typeof Client = await import(pathToFileURL(built).href);
const bearer = { credentialId: 'c', accountId: 'a', accessToken: 't' };
const tokenProvider = { getToken: async () => bearer, replaceRejected: async () => bearer };
const http = createHttp();
const never = new AbortController().signal;
/** Waits before a retry are no part of the measure. */
const clock = {
  now: Date.now,
  delay: async (_ms: number, signal: AbortSignal) => signal.throwIfAborted(),
};
const prompt = 'A question of some length, as people ask it. '.repeat(2_000);

async function ask(path: string): Promise<void> {
  const builtHttp = client.createHttp();
  const responses = client.createResponses({
    http: builtHttp.request,
    tokenProvider,
    baseUrl: () => `${base}${path}`,
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/measure' },
    clock,
    random: Math.random,
    log: silentLog,
  });
  const request = {
    model: { slug: 'gpt-5.5', lite: false, supportsVerbosity: true },
    instructions: 'Be brief.',
    input: [client.userMessage(prompt)],
    tools: [
      { name: 'exec_command', description: '', parameters: { type: 'object', properties: {} } },
    ],
    sessionId: '00000000-0000-4000-8000-000000000000',
  };
  await responses.stream(request, () => {}, never).catch(() => {});
  await builtHttp.close();
}

/** The other places that the extension asks, each by its own reader. */
async function askOthers(path: string): Promise<void> {
  const baseUrl = `${base}${path}`;
  const source = { http: http.request, tokenProvider, clock, log: silentLog };
  const issuer = { http: http.request, address: baseUrl };
  const refresh = { refreshToken: 'r', reason: 'scheduled' as const };
  await fetchUsage({ ...source, baseUrl, headers: {} }, never).catch(() => {});
  await fetchCatalogue({ ...source, baseUrl: () => baseUrl, headers: () => ({}) }, never).catch(
    () => {},
  );
  await refreshTokens(issuer, refresh, never).catch(() => {});
}

/**
 * The longest stretch between two turns of the event loop, ms, and how much of it this process
 * worked: on a busy machine a stretch is long although hardly any work was done in it.
 */
function watchLoop() {
  let wallMs = 0;
  let workMs = 0;
  let lastMs = performance.now();
  let lastCpu = process.cpuUsage();
  const look = () => {
    const nowMs = performance.now();
    const cpu = process.cpuUsage();
    const stretchMs = nowMs - lastMs;
    const cpuMs = (cpu.user + cpu.system - lastCpu.user - lastCpu.system) / 1_000;
    wallMs = Math.max(wallMs, stretchMs);
    // Other threads, such as those of the collector, may work beside the loop.
    workMs = Math.max(workMs, Math.min(stretchMs, cpuMs));
    lastMs = nowMs;
    lastCpu = cpu;
  };
  const timer = setInterval(look, 2);
  return {
    reset() {
      look();
      wallMs = 0;
      workMs = 0;
    },
    longest() {
      look();
      return { workMs, wallMs };
    },
    end: () => clearInterval(timer),
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
// The first request loads and compiles what all of them need.
await ask('/warm');
await askOthers('/warm');
globalThis.gc?.();
const startBytes = process.memoryUsage().rss;
const loop = watchLoop();
for (let at = 0; at < Number(cases); at++) {
  globalThis.gc?.();
  await turn();
  let mostBytes = 0;
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage().rss)), 5);
  const begunMs = performance.now();
  loop.reset();
  await ask(`/case/${at}`);
  await turn();
  const asked = loop.longest();
  loop.reset();
  await askOthers(`/case/${at}`);
  await turn();
  const others = loop.longest();
  clearInterval(watch);
  mostBytes = Math.max(mostBytes, process.memoryUsage().rss);
  const tookMs = performance.now() - begunMs;
  const grownBytes = mostBytes - startBytes;
  console.log(JSON.stringify({ at, client: asked, others, tookMs, grownBytes }));
}
loop.end();
await http.close();
