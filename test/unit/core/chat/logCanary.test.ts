import { expect, test } from 'vitest';
import type { SessionDeps } from '../../../../src/core/chat/sessionTypes.ts';
import type { WorldDeps } from './turnWorld.ts';
import { createScheduledPrompts } from '../../../../src/core/chat/scheduledPrompts.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createEmitter } from '../../../../src/base/event.ts';
import type { Log } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { statusOf } from '../../../support/streams.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { createTalkWorld } from './chatHarness.ts';
import { createTurnWorld } from './turnWorld.ts';

/** As a remote error may word it: with a part of the prompt in it. */
const canary = 'CANARY-private-words';
const fail = (): never => {
  throw new Error(`refused: ${canary}`);
};

function listening(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const add = (line: string) => void lines.push(line);
  return { lines, log: { debug: add, info: add, warn: add, error: add } };
}

test.each([
  'onFailure',
  'limitActions',
  'limitHint',
  'onTurnEvent',
  'basis',
] satisfies (keyof SessionDeps)[])(
  'the log tells that %s has failed, and not in whose words',
  async (name) => {
    const { log, lines } = listening();
    const deps: WorldDeps = { log, [name]: fail };
    const refused = () => statusOf(400, { error: { message: canary, code: canary } });
    const world = createTurnWorld([refused], deps);
    world.session.onDidChange(fail);
    world.send('Why?');
    await world.rest();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(canary);
  },
);

test('the log tells of a turn that fails inside, and not in whose words', async () => {
  const { log, lines } = listening();
  const world = createTurnWorld([() => statusOf(200, '')], {
    log,
    responses: { stream: async () => fail() },
  });
  world.send('Why?');
  await world.rest();
  expect(lines.join('\n')).toMatch(/^turn failed: Error\n {4}at /);
  expect(lines.join('\n')).not.toContain(canary);
});

test('the log tells of listeners that fail, and not in whose words', async () => {
  const { log, lines } = listening();
  const clock = skippingClock();
  const quota = createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log });
  quota.onDidChange(fail);
  quota.record({ credentialId: 'c', source: 'headers', observedAtMs: clock.now(), windows: [] });
  const held = createScheduledPrompts({
    isBusy: () => false,
    onDidEndTurn: createEmitter<void>().event,
    clock,
    newId: () => 'n',
    log,
  });
  held.onDidChange(fail);
  held.hold({ text: 'x', untilMs: clock.now() + 1, send() {}, giveBack() {} });
  const world = createTalkWorld(['a'], log);
  await world.pool.ready;
  world.tracker.entries = fail;
  world.sending.onDidChange(fail);
  world.send('Hello');
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('\n')).not.toContain(canary);
});
