import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/async/clock.ts';
import type { Disposable } from '../../../../src/base/disposables.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import {
  noPreferences,
  preferencesSchema,
  withPreferences,
} from '../../../../src/core/pool/preferences.ts';
import { cooldownsSchema } from '../../../../src/core/pool/cooldown.ts';
import { createAccountList } from '../../../../src/core/pool/accountList.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createLeases } from '../../../../src/node/locks/leases.ts';
import { createPeerProcesses } from '../../../../src/node/locks/processes.ts';
import { createSharedFile } from '../../../../src/node/storage/sharedValue.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';

/** Accounts of several windows over the files that they share, and over a start anew. */
let folder: string;
let open: Disposable[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-pool-'));
});
afterEach(async () => {
  for (const each of open.splice(0)) each.dispose();
  await rm(folder, { recursive: true, force: true });
});

const store = memoryStore([credential({ id: 'a' }), credential({ id: 'b' })]);
const signal = new AbortController().signal;

function openWindow() {
  const log = silentLog;
  const leases = createLeases(join(folder, 'leases'), log, createPeerProcesses());
  const platform = { folder: join(folder, 'shared'), leases, log };
  const preferences = createSharedFile({
    ...platform,
    name: 'accounts',
    schema: preferencesSchema,
    initial: noPreferences,
  });
  const rests = createSharedFile({
    ...platform,
    name: 'rests',
    schema: cooldownsSchema,
    initial: {},
  });
  const clock = systemClock;
  const quota = createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log });
  const issuer = () => 'https://issuer.test';
  const roster = createAccountList({
    store,
    quota,
    preferences,
    cooldowns: rests,
    issuer,
    clock,
    log,
  });
  open.push(roster, quota, preferences, rests);
  return { roster, preferences, rests };
}

const kinds = async ({ roster }: ReturnType<typeof openWindow>) =>
  (await roster.load()).map(({ label, condition }) => `${label} ${condition.kind}`);

test('what was set for an account holds after a start anew', async () => {
  const first = openWindow();
  await first.preferences.change(
    (old) => withPreferences(withPreferences(old, 'a', { name: 'Mine' }), 'b', { off: true }),
    signal,
  );
  const untilMs = Date.now() + 60_000;
  await first.rests.change(
    () => ({ a: { reason: 'usageLimit', sinceMs: Date.now(), untilMs } }),
    signal,
  );
  expect(await kinds(openWindow())).toEqual(['Mine coolingDown', 'ada@example.com off']);
});

test('what one window sets, the other one goes by at its next question', async () => {
  const [first, second] = [openWindow(), openWindow()];
  await second.roster.load();
  await first.preferences.change((old) => withPreferences(old, 'a', { off: true }), signal);
  expect(await kinds(second)).toEqual(['ada@example.com off', 'ada@example.com ready']);
});
