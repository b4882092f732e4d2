import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { createHttp } from '../../src/node/http.ts';
import { fetchCatalogue } from '../../src/core/models/fetchCatalogue.ts';
import { fetchUsage } from '../../src/core/quota/usage.ts';
import { refreshTokens } from '../../src/core/auth/oauth.ts';
import type * as Client from '../../src/node/responses.ts';
import { silentLog } from '../../src/base/log.ts';

/*
 * The process that `npm run measure -- hostile` watches: it asks the built client for every path
 * that it is told, and says how long its event loop was blocked and how much memory it took.
 */

const [, , built = '', base = '', cases = '0'] = process.argv;

const client: typeof Client = await import(pathToFileURL(built).href);
const grant = { credentialId: 'c', accountId: 'a', accessToken: 't' };
const grants = { grant: async () => grant, renew: async () => grant };
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
    grants,
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
  const source = { http: http.request, grants, clock, log: silentLog };
  const issuer = { http: http.request, address: baseUrl };
  const refresh = { refreshToken: 'r', reason: 'scheduled' as const };
  await fetchUsage({ ...source, baseUrl, headers: {} }, never).catch(() => {});
  await fetchCatalogue({ ...source, baseUrl: () => baseUrl, headers: () => ({}) }, never).catch(
    () => {},
  );
  await refreshTokens(issuer, refresh, never).catch(() => {});
}

const delays = monitorEventLoopDelay({ resolution: 2 });
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));
// The first request loads and compiles what all of them need.
await ask('/warm');
await askOthers('/warm');
globalThis.gc?.();
const startBytes = process.memoryUsage().rss;
delays.enable();
for (let at = 0; at < Number(cases); at++) {
  globalThis.gc?.();
  await turn();
  delays.reset();
  let mostBytes = 0;
  const watch = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage().rss)), 5);
  const begunMs = performance.now();
  await ask(`/case/${at}`);
  await turn();
  const longestMs = delays.max / 1e6;
  delays.reset();
  await askOthers(`/case/${at}`);
  await turn();
  clearInterval(watch);
  mostBytes = Math.max(mostBytes, process.memoryUsage().rss);
  const othersMs = delays.max / 1e6;
  const tookMs = performance.now() - begunMs;
  console.log(
    JSON.stringify({ at, longestMs, othersMs, tookMs, grownBytes: mostBytes - startBytes }),
  );
}
await http.close();
