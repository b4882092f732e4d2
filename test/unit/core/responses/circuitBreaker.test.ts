import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createCircuitBreaker } from '../../../../src/core/responses/retry/circuitBreaker.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { classic, countingGrants } from './harness.ts';

const server = { kind: 'server' } as const;

function opened(nowMs = 0) {
  const clock = { ms: nowMs, now: () => clock.ms };
  const circuit = createCircuitBreaker(clock);
  for (let turn = 0; turn < 3; turn++) circuit.settle('a', server);
  return { clock, circuit };
}

describe('a circuit', () => {
  test('opens after three turns in a row that say the backend is down, for that key alone', () => {
    const { circuit } = opened();
    expect(circuit.restMs('a')).toBe(15_000);
    expect(circuit.restMs('b')).toBeUndefined();
  });

  test('lets one through after the rest, and all once that one has done well', () => {
    const { circuit, clock } = opened();
    clock.ms = 15_000;
    expect(circuit.restMs('a')).toBeUndefined();
    expect(circuit.restMs('a')).toBeGreaterThan(0);
    circuit.settle('a', undefined);
    expect(circuit.restMs('a')).toBeUndefined();
    expect(circuit.restMs('a')).toBeUndefined();
  });

  test('rests longer each time the probe fails, two minutes at most', () => {
    const { circuit, clock } = opened();
    const rests: unknown[] = [];
    for (let probe = 0; probe < 6; probe++) {
      rests.push(circuit.restMs('a'));
      clock.ms += 200_000;
      circuit.restMs('a');
      circuit.settle('a', server);
    }
    expect(rests).toEqual([15_000, 30_000, 60_000, 120_000, 120_000, 120_000]);
  });

  test('gives the probe to the next one when it was stopped', () => {
    const { circuit, clock } = opened();
    clock.ms = 15_000;
    expect(circuit.restMs('a')).toBeUndefined();
    circuit.release('a');
    expect(circuit.restMs('a')).toBeUndefined();
  });

  test('never opens for refusals, limits or a network of ours that is down', () => {
    const kinds = fc.constantFrom(
      { kind: 'usageLimit' } as const,
      { kind: 'badRequest' } as const,
      { kind: 'unauthorized' } as const,
      { kind: 'network', transport: 'dns' } as const,
      { kind: 'network', transport: 'tls' } as const,
    );
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 20 }), (failures) => {
        const circuit = createCircuitBreaker({ now: () => 0 });
        for (const failure of failures) circuit.settle('a', failure);
        expect(circuit.restMs('a')).toBeUndefined();
      }),
    );
  });
});

test('a client whose backend is down sends nothing while it rests, and says until when', async () => {
  const { http, sent } = scriptedHttp(() => statusOf(503, ''));
  const clock = skippingClock();
  const client = createResponses({
    http,
    tokenProvider: countingGrants(),
    baseUrl: () => 'https://chatgpt.com/backend-api',
    identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
    clock,
    random: () => 0.5,
    log: silentLog,
  });
  const ask = async () => {
    try {
      await client.stream(classic, () => {}, new AbortController().signal);
    } catch (error) {
      return error instanceof ResponsesError ? error.failure : undefined;
    }
    return undefined;
  };
  for (let turn = 0; turn < 3; turn++) expect((await ask())?.kind).toBe('server');
  expect(sent.length).toBe(18);
  expect(await ask()).toMatchObject({ kind: 'resting', retryAfterMs: 15_000 });
  expect(sent.length).toBe(18);
});
