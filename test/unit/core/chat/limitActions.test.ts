import { expect, test } from 'vitest';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import {
  cappedAccountHint,
  limitActionsFrom,
} from '../../../../src/core/chat/messages/limitActions.ts';
import { PoolError } from '../../../../src/core/pool/failure.ts';
import type { PoolEntry } from '../../../../src/core/pool/accountList.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const hourMs = 3_600_000;

const account = (id: string, condition: PoolEntry['condition'] = { kind: 'ready' }): PoolEntry => ({
  id,
  label: `${id}@example.com`,
  account: `${id}@example.com`,
  kind: 'chatgpt',
  preferences: {},
  condition,
});
const resting = { kind: 'coolingDown', reason: 'usageLimit', untilMs: nowMs + hourMs } as const;
const limit = (resetsAtMs?: number) =>
  new ResponsesError({
    kind: 'usageLimit',
    credentialId: 'ada',
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  });

test('a spent limit offers the accounts that are ready, and the same at the reset', () => {
  const accounts = [account('ada', resting), account('grace'), account('mary', resting)];
  expect(limitActionsFrom(limit(nowMs + hourMs), accounts, nowMs)).toEqual([
    { kind: 'useAccount', accountId: 'grace', label: 'grace@example.com' },
    { kind: 'wait', untilMs: nowMs + hourMs },
  ]);
});

test('the account that was turned away is not offered again', () => {
  expect(limitActionsFrom(limit(), [account('ada')], nowMs)).toEqual([]);
});

test('no wait is offered for a reset that is unknown or over', () => {
  expect(limitActionsFrom(limit(), [], nowMs)).toEqual([]);
  expect(limitActionsFrom(limit(nowMs - 1), [], nowMs)).toEqual([]);
});

test("a limit of one's own says whose it is and when it opens", () => {
  const error = new PoolError({
    kind: 'ceiling',
    percent: 80,
    label: 'ada@example.com',
    credentialId: 'ada',
    opensAtMs: nowMs + hourMs,
  });
  expect(limitActionsFrom(error, [account('ada')], nowMs)).toEqual([
    { kind: 'wait', untilMs: nowMs + hourMs },
  ]);
  const words = errorMessage(error, nowMs);
  expect(words.message).toMatch(
    /ada@example.com has reached the 80% cap .*\(in 1 hr\)\. Your message wasn’t sent/,
  );
  expect(words.availableAtMs).toBe(nowMs + hourMs);
});

test('at a limit, an account that its owner holds back is named', () => {
  const capped = account('grace', { kind: 'ceiling', percent: 80 });
  expect(cappedAccountHint(limit(), [account('ada', resting), capped])).toBe(
    'grace@example.com has reached the 80% cap that you set. Raise the cap to use this account.',
  );
  const own = new PoolError({
    kind: 'ceiling',
    percent: 80,
    label: 'grace@example.com',
    credentialId: 'grace',
  });
  expect(cappedAccountHint(own, [capped])).toBe('');
  expect(cappedAccountHint(new Error('else'), [capped])).toBe('');
});

test('other failures have no way round', () => {
  expect(limitActionsFrom(new Error('odd'), [account('grace')], nowMs)).toEqual([]);
  const overflow = new ResponsesError({ kind: 'contextOverflow' });
  expect(limitActionsFrom(overflow, [account('grace')], nowMs)).toEqual([]);
});
