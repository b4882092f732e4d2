import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import {
  decideRetry,
  maxAttempts,
  retryPolicy,
  defaultRetryPolicy,
} from '../../../../src/core/responses/retry/retry.ts';
import { readSettings, settingRemarks } from '../../../../src/core/settings/settings.ts';
import {
  fixtureBytes,
  scriptedHttp,
  sseBytes,
  statusOf,
  streamOf,
} from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

const garbled = () => streamOf(fixtureBytes('garbled_plus_hash.sse'));
const empty = () => streamOf(sseBytes([{ type: 'response.completed', response: { id: 'r' } }]));
const settingsOf = (raw: Record<string, unknown>) => retryPolicy(readSettings(raw));

describe('the settings for retries', () => {
  test('mean the usual policy when nobody has set them', () => {
    expect(settingsOf({})).toEqual(defaultRetryPolicy);
  });

  test.each([
    ['garbledAnswer', garbled, 0, 1],
    ['garbledAnswer', garbled, 1, 2],
    ['garbledAnswer', garbled, 3, 4],
    ['emptyAnswer', empty, 0, 1],
    ['emptyAnswer', empty, 1, 2],
    ['emptyAnswer', empty, 3, 4],
  ] as const)('%s: %o with %i retries sends %i requests', async (name, answer, retries, sends) => {
    const { http, sent } = scriptedHttp(answer);
    const raw = { [`${name}.retries`]: retries, [`${name}.retryDelay`]: 5_000 };
    const { clock } = await run(http, classic, { retryPolicy: () => settingsOf(raw) });
    expect(sent.length).toBe(sends);
    expect(clock.waits).toEqual(Array.from({ length: retries }, () => 5_000));
  });

  test.each([-1, 4, 1.5, '2', null, Number.NaN])('count as not set for %o retries', (value) => {
    const raw = { 'garbledAnswer.retries': value, 'emptyAnswer.retries': value };
    expect(settingsOf(raw)).toEqual(defaultRetryPolicy);
  });

  test.each([-1, 60_001, 1.5, '250', Infinity])('count as not set for a wait of %o ms', (value) => {
    const raw = { 'garbledAnswer.retryDelay': value, 'emptyAnswer.retryDelay': value };
    expect(settingsOf(raw)).toEqual(defaultRetryPolicy);
  });

  test('are read anew for each turn (S1-5)', async () => {
    let retries = 0;
    const retryOf = () => settingsOf({ 'garbledAnswer.retries': retries });
    for (retries of [0, 2, 1]) {
      const { http, sent } = scriptedHttp(garbled);
      await run(http, classic, { retryPolicy: retryOf });
      expect(sent.length).toBe(retries + 1);
    }
  });

  test.each([
    [1, []],
    [2, [250]],
    [4, [250, 500, 1000]],
    [6, [250, 500, 1000, 2000, 4000]],
  ])('allow %i requests of a turn', async (limit, waits) => {
    const { http, sent } = scriptedHttp(() => statusOf(503, ''));
    const raw = { 'requests.limit': limit };
    const { clock, events } = await run(http, classic, { retryPolicy: () => settingsOf(raw) });
    expect(sent.length).toBe(limit);
    expect(clock.waits).toEqual(waits);
    const told = events.flatMap((event) => (event.type === 'retry' ? [event.maxAttempts] : []));
    expect(told).toEqual(waits.map(() => limit));
  });

  test.each([
    [0, [0, 0, 0, 0, 0]],
    [1000, [1000, 2000, 4000, 8000, 8000]],
    [20_000, [20_000, 20_000, 20_000, 20_000, 20_000]],
    [60_000, [60_000, 60_000, 60_000, 60_000, 60_000]],
  ])('begin the waits with %i ms', async (retryDelay, waits) => {
    const { http, sent } = scriptedHttp(() => statusOf(503, ''));
    const raw = { 'requests.retryDelay': retryDelay };
    const { clock } = await run(http, classic, { retryPolicy: () => settingsOf(raw) });
    expect(sent.length).toBe(6);
    expect(clock.waits).toEqual(waits.filter((ms) => ms > 0));
  });

  test.each([
    [7, 6],
    [1e300, 6],
    [0, 1],
    [-3, 1],
    [2.6, 3],
    ['4', 6],
    [null, 6],
    [Number.NaN, 6],
  ])('bring a limit of %o within its bounds, to %i, and say so in the log', (value, limit) => {
    const raw = { 'requests.limit': value };
    expect(settingsOf(raw).requests.limit).toBe(limit);
    expect(settingRemarks(raw)).toEqual([
      expect.stringMatching(
        new RegExp(`^setting codexChat\\.requests\\.limit: .+, so ${limit} is used$`),
      ),
    ]);
  });

  test('say nothing in the log about figures that are used as they were set', () => {
    expect(settingRemarks({})).toEqual([]);
    expect(settingRemarks({ 'requests.limit': 3, 'requests.retryDelay': 0 })).toEqual([]);
  });

  test('never make more than six requests of a turn, whatever else breaks', () => {
    const kinds = ['garbled', 'empty', 'cut', 'server', 'stalled'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...kinds), { minLength: 12, maxLength: 12 }),
        fc.nat(3),
        fc.nat(3),
        (failing, garbles, empties) => {
          const policy = settingsOf({
            'garbledAnswer.retries': garbles,
            'emptyAnswer.retries': empties,
          });
          const failures: Partial<Record<(typeof kinds)[number], number>> = {};
          const stopped = failing.findIndex((kind, at) => {
            failures[kind] = (failures[kind] ?? 0) + 1;
            const state = { attempt: at + 1, failures, random: 0 };
            return decideRetry({ kind }, state, policy).action === 'giveUp';
          });
          expect(stopped + 1).toBeLessThanOrEqual(maxAttempts);
          expect(stopped).toBeGreaterThanOrEqual(0);
          expect(failures.garbled ?? 0).toBeLessThanOrEqual(garbles + 1);
          expect(failures.empty ?? 0).toBeLessThanOrEqual(empties + 1);
        },
      ),
    );
  });
});

test('each retry of a garbled answer is logged with model, attempt and what gave it away', async () => {
  const lines: string[] = [];
  const log = { ...silentLog, info: (line: string) => void lines.push(line) };
  const tools = [{ name: 'exec_command', description: '', parameters: { type: 'object' } }];
  await run(scriptedHttp(garbled).http, { ...classic, tools }, { log });
  expect(lines.length).toBe(3);
  for (const [at, line] of lines.entries()) {
    expect(line).toMatch(
      new RegExp(
        `^retry reason=garbled model=gpt-5\\.5 attempt=${at + 2}/6 wait=250ms text="[^{}]{1,90}"$`,
      ),
    );
  }
});
