import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionDeps } from '../../../../src/core/chat/sessionTypes.ts';
import { answer } from '../../faults/events.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { createTurnWorld } from './turnWorld.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => {
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

const fail = (): never => {
  throw new Error('A listener that does not work.');
};

/** Whatever the session may call of others while a turn fails. */
const broken = {
  onFailure: fail,
  limitActions: fail,
  limitHint: fail,
  onTurnEvent: fail,
  basis: fail,
} satisfies Partial<SessionDeps>;
const names = ['onFailure', 'limitActions', 'limitHint', 'onTurnEvent', 'basis'] as const;

/** Figures and words in which an error may come. */
const oddError = fc.record(
  {
    code: fc.constantFrom('constructor', '__proto__', 'toString', 'usage_limit_reached', ''),
    type: fc.constantFrom('constructor', 'usage_limit_reached', 'hasOwnProperty'),
    message: fc.string(),
    resets_at: fc.oneof(fc.double(), fc.constantFrom(1.8e15, 8.64e15, -1, 1e300)),
    resets_in_seconds: fc.double(),
    plan_type: fc.constantFrom('constructor', 'plus', ''),
  },
  { requiredKeys: [] },
);
const oddHeaders = fc.record(
  { 'retry-after': fc.constantFrom('99999999999999999', '-1', 'NaN', '1e400', 'never') },
  { requiredKeys: [] },
);

describe('a turn always ends', () => {
  test('whatever an error says and whoever fails to hear of it, and the next one can be sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(400, 401, 403, 404, 413, 429, 500, 503),
        oddError,
        oddHeaders,
        fc.subarray([...names]),
        async (status, error, headers, failing) => {
          const deps = Object.fromEntries(failing.map((name) => [name, broken[name]]));
          const world = createTurnWorld([() => statusOf(status, { error }, headers)], deps);
          const changes: string[] = [];
          world.session.onDidChange(fail);
          world.session.onDidChange(({ type }) => changes.push(type));
          world.send('Why?');
          await world.rest();
          const [turn] = world.session.turns();
          expect(turn).toMatchObject({ status: 'failed' });
          expect(turn?.failure?.title).toMatch(/\w/);
          expect(changes.at(-1)).toBe('turn/state');
          expect(world.session.details(turn?.id ?? '')).toBeDefined();
          world.send('And now?');
          expect(world.session.turns().length).toBe(2);
          await world.rest();
        },
      ),
      { numRuns: 300 },
    );
  }, 30_000);

  test('well, though whoever hears of it fails at every change', async () => {
    const world = createTurnWorld([() => streamOf(sseBytes(answer('Yes.')))]);
    world.session.onDidChange(fail);
    world.send('Why?');
    await world.rest();
    expect(world.session.turns()[0]).toMatchObject({ status: 'done', parts: [{ text: 'Yes.' }] });
  });
});
