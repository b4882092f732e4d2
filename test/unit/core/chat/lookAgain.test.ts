import { chatInMemory } from '../../../support/chats.ts';
import { expect, test, vi } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createSession } from '../../../../src/core/chat/session.ts';
import type { LimitAction } from '../../../../src/shared/protocol/limits.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';
import { classic, countingGrants } from '../responses/harness.ts';

test('a turn that a limit has ended offers an account that was added later, and is told once', async () => {
  const clock = skippingClock();
  const refused = { error: { type: 'usage_limit_reached', resets_in_seconds: 3600 } };
  const ways: { now: LimitAction[] } = { now: [] };
  const session = createSession({
    ...chatInMemory(clock.now),
    responses: createResponses({
      http: scriptedHttp(() => statusOf(429, refused)).http,
      tokenProvider: countingGrants(),
      baseUrl: () => 'https://chatgpt.com/backend-api',
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock,
      random: () => 0.5,
      log: silentLog,
    }),
    basis: () => ({ ...classic, windowTokens: 258_400 }),
    clock,
    newId: () => crypto.randomUUID(),
    log: silentLog,
    onTurnEvent: () => {},
    onFailure: () => {},
    limitActions: () => ways.now,
  });
  session.lookAgain();
  session.send({ text: 'Hello', attachments: [] });
  await vi.waitFor(() => expect(session.isBusy()).toBe(false), { interval: 1 });
  const told: string[] = [];
  session.onDidChange(({ type }) => void told.push(type));
  session.lookAgain();
  expect(told).toEqual([]);
  ways.now = [{ kind: 'useAccount', accountId: 'b', label: 'Grace' }];
  session.lookAgain();
  session.lookAgain();
  expect(told).toEqual(['turn/state']);
  expect(session.turns().at(-1)?.failure?.limitActions).toEqual(ways.now);
});
