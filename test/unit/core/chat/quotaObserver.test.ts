import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createQuotaObserver } from '../../../../src/core/chat/quotaObserver.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { poolEntry } from '../../../support/poolEntry.ts';
import { steppedClock } from '../../../support/steppedClock.ts';

function open() {
  const clock = steppedClock();
  const quota = createQuotaStore({
    shared: createLocalValue(noStoredQuota),
    clock,
    log: silentLog,
  });
  const wanted: string[] = [];
  const etags: string[] = [];
  const letIn: string[] = [];
  const inUse: { kind?: 'chatgpt' | 'apiKey' } = { kind: 'chatgpt' };
  const observer = createQuotaObserver({
    quota,
    poll: { want: (id) => wanted.push(id) },
    models: { noteEtag: (etag) => etags.push(etag) },
    pool: {
      current: () => poolEntry({ id: 'in-use', ...inUse }),
      settle: (id) => letIn.push(id),
    },
    now: clock.now,
  });
  const answer = (used?: number, status = 200, credentialId = 'cred') =>
    observer.event({
      type: 'headers',
      attempt: 1,
      credentialId,
      status,
      headers:
        used === undefined
          ? {}
          : {
              'x-codex-primary-used-percent': String(used),
              'x-codex-primary-window-minutes': '300',
            },
    });
  const limits = (used: number) =>
    observer.event({
      type: 'rateLimits',
      attempt: 1,
      credentialId: 'cred',
      limits: {
        type: 'codex.rate_limits',
        rate_limits: { primary: { used_percent: used, window_minutes: 300 } },
      },
    });
  const silences = () => quota.facts('cred')?.silentAtMs?.length ?? 0;
  return { clock, quota, observer, wanted, letIn, inUse, etags, answer, limits, silences };
}

let all: ReturnType<typeof open>;
beforeEach(() => (all = open()));

test('takes figures from headers and events for the account that the answer was for', () => {
  all.answer(17, 200, 'other');
  all.limits(42);
  expect(all.quota.current('other')?.windows).toMatchObject([{ usedPercent: 17 }]);
  expect(all.quota.current('cred')?.windows).toMatchObject([{ usedPercent: 42 }]);
});

test('notes an answer that told nothing once its turn is over, not before', () => {
  all.answer();
  expect(all.silences()).toBe(0);
  all.observer.turnEnded();
  all.observer.turnEnded();
  expect(all.silences()).toBe(1);
});

test('notes each such answer of a turn of several requests', async () => {
  for (let step = 0; step < 3; step++) {
    all.answer();
    await all.clock.advance(1_000);
  }
  all.observer.turnEnded();
  expect(all.silences()).toBe(3);
});

test('is content with an event where the headers tell nothing', () => {
  all.answer();
  all.limits(42);
  all.observer.turnEnded();
  expect(all.silences()).toBe(0);
});

test.each([500, 401, 429])(
  'does not count an answer with status %i as one without figures',
  (status) => {
    all.answer(undefined, status);
    all.observer.turnEnded();
    expect(all.silences()).toBe(0);
  },
);

test.each([
  [200, []],
  [401, ['cred']],
  [429, ['cred']],
  [500, []],
])('after status %i it wants fresh figures of %j', (status, wanted) => {
  all.answer(42, status);
  expect(all.wanted).toEqual(wanted);
});

test('takes a spent limit from the failure of a turn', () => {
  const resetsAtMs = all.clock.now() + 60_000;
  all.observer.failure(
    new ResponsesError({ kind: 'usageLimit', credentialId: 'cred', resetsAtMs }),
  );
  expect(all.quota.current('cred')).toMatchObject({ refused: true, availableAtMs: resetsAtMs });
});

test.each([
  [200, ['cred']],
  [401, []],
  [429, []],
])('after status %i the pool knows these accounts to be let in: %j', (status, letIn) => {
  all.answer(42, status);
  expect(all.letIn).toEqual(letIn);
});

test.each([
  ['chatgpt', ['in-use']],
  ['apiKey', []],
] as const)('at the end of a turn it wants the quota of an account of kind %s: %j', (kind, ids) => {
  all.inUse.kind = kind;
  all.observer.turnEnded();
  expect(all.wanted).toEqual(ids);
});
