import * as vscode from 'vscode';
import { createEmitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import { originator } from '../core/auth/oauth.ts';
import { createModels, type Models } from '../core/models/models.ts';
import { createQuotaPoll, type QuotaPoll } from '../core/quota/poll.ts';
import { createQuota, type QuotaBook } from '../core/quota/quota.ts';
import { createResets } from '../core/quota/resets.ts';
import { noStoredQuota, storedQuota } from '../core/quota/stored.ts';
import { fetchUsage } from '../core/quota/usage.ts';
import { type Account } from '../vscode/account.ts';
import { type Ground } from './ground.ts';
import { type Access } from './access.ts';

/** What the backend tells besides answers: its models and the quota. */
export function createService(ground: Ground, { account, grants }: Access) {
  const { lifetime, log, http, clock, userAgent, baseUrl, leases, sharedFile } = ground;
  const headers = { originator, 'user-agent': userAgent };
  const models = lifetime.add(createModels({ http, baseUrl, grants, log, headers: () => headers }));
  const shared = sharedFile('quota', storedQuota, noStoredQuota);
  const quota = lifetime.add(createQuota({ shared, clock, log }));
  const attention = createEmitter<void>();
  lifetime.add(vscode.window.onDidChangeWindowState(() => attention.fire()));
  lifetime.add(account.onDidChange(() => attention.fire()));
  const current = () => quota.current(account.current()?.id ?? '');
  const grantsOf = (id: string) => ({
    grant: (signal: AbortSignal) => grants.grantOf(id, signal),
    renew: grants.renew,
  });
  const credentialIds = () => [account.current()?.id].filter((id) => id !== undefined);
  const poll = lifetime.add(
    createQuotaPoll({
      fetch: (id, signal) =>
        fetchUsage({ http, baseUrl: baseUrl(), grants: grantsOf(id), clock, headers }, signal),
      book: quota,
      leases,
      credentialId: () => account.current()?.id,
      credentialIds,
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive: attention.listen,
      log,
    }),
  );
  const newId = () => crypto.randomUUID();
  const resets = createResets({ http, baseUrl, grantsOf, headers, clock, newId });
  lifetime.add(followAccount(account, { models, quota, poll }, log));
  return { models, quota, poll, resets, currentQuota: current };
}

export type Service = ReturnType<typeof createService>;

/** Another account has other models; the catalogue is read as soon as there is one. */
function followAccount(
  account: Account,
  { models, quota, poll }: { models: Models; quota: QuotaBook; poll: QuotaPoll },
  log: Log,
): { dispose(): void } {
  let known: string | undefined;
  const ended = new AbortController();
  const follow = () => {
    const id = account.current()?.id;
    if (id === known) return;
    if (known !== undefined) models.reset();
    if (known !== undefined && id === undefined) quota.clear(known);
    known = id;
    if (id === undefined) return;
    const warn = (what: string) => (error: unknown) =>
      log.warn(`${what} could not be read: ${error instanceof Error ? error.message : 'unknown'}`);
    models.refresh(ended.signal).catch(warn('the models'));
    // Who has just signed in wants to see figures, not wait for the poll to come round.
    poll.learn(id).catch(warn('the quota'));
  };
  const listening = account.onDidChange(follow);
  follow();
  return {
    dispose() {
      listening.dispose();
      ended.abort();
    },
  };
}
