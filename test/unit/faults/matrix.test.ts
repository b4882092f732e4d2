import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp } from '../../../src/node/http/http.ts';
import { readCall } from '../../../src/core/responses/stream/outputItems.ts';
import { startBackend, type Backend } from '../../backend/backend.ts';
import { run, type Run } from '../core/responses/harness.ts';
import { cases, type Case } from './cases.ts';

/**
 * Every fault that was watched on the real client, and more, over real sockets: each case must end
 * with exactly the right text and calls, or with an error that names its reason, within the right
 * number of requests. Waits are skipped and remembered. The table goes to test-results/faults.md.
 */
let backend: Backend;
const client = createHttp();
const rows: string[] = [];

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});

afterAll(async () => {
  await client.close();
  await backend.stop();
  const folder = join(import.meta.dirname, '../../test-results');
  mkdirSync(folder, { recursive: true });
  const head = ['| group | case | requests | outcome |', '| --- | --- | ---: | --- |'];
  writeFileSync(join(folder, 'faults.md'), `${[...head, ...rows].join('\n')}\n`);
});

function tokenProvider() {
  const mint = async () => {
    const { accessToken, accountId } = backend.control.mint('ada@example.com');
    return { credentialId: 'ada', accountId, accessToken };
  };
  return { getToken: mint, replaceRejected: mint };
}

async function play({ script }: Case): Promise<Run & { sent: number }> {
  backend.control.reset();
  const last = script.at(-1);
  const forEver = last === undefined ? [] : Array.from({ length: 8 }, () => last);
  backend.control.script(...script, ...forEver);
  const result = await run(client.request, undefined, {
    tokenProvider: tokenProvider(),
    baseUrl: backend.baseUrl,
    headersTimeoutMs: 250,
    idleTimeoutMs: 250,
  });
  return { ...result, sent: backend.control.requests('/codex/responses').length };
}

const join2 = (result: Run, kind: string) =>
  result.shown
    .filter((part) => part.kind === kind)
    .map(({ text }) => text)
    .join('|');

test.each(cases.map((one) => [one.group, one.name, one] as const))('%s: %s', async (_, __, one) => {
  const { wanted } = one;
  const result = await play(one);
  const { answer, failure, sent, clock } = result;
  const calls = (answer?.items ?? []).map(readCall).flatMap((call) => call?.callId ?? []);
  rows.push(`| ${one.group} | ${one.name} | ${sent} | ${failure?.kind ?? answer?.status} |`);

  expect({ sent, failure: failure?.kind }).toEqual({ sent: wanted.sent, failure: wanted.failure });
  if (wanted.status !== undefined) expect(answer?.status).toBe(wanted.status);
  if (wanted.text !== undefined) expect(join2(result, 'text')).toBe(wanted.text);
  if (wanted.refusal !== undefined) expect(join2(result, 'refusal')).toBe(wanted.refusal);
  if (wanted.calls !== undefined) expect(calls).toEqual(wanted.calls);
  if (wanted.firstWait !== undefined) {
    const [least, most] = wanted.firstWait;
    expect(clock.waits[0]).toBeGreaterThanOrEqual(least);
    expect(clock.waits[0]).toBeLessThanOrEqual(most);
  }
});

test('there are at least 120 cases, each with a name of its own', () => {
  expect(cases.length).toBeGreaterThanOrEqual(120);
  expect(new Set(cases.map(({ group, name }) => group + name)).size).toBe(cases.length);
});
