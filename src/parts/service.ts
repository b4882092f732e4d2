import * as vscode from 'vscode';
import type { Disposables } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import { originator } from '../core/auth/oauth.ts';
import { createModels, type Models } from '../core/models/models.ts';
import { createQuotaPoll, type QuotaPoll } from '../core/quota/poll.ts';
import { createQuota, type QuotaBook } from '../core/quota/quota.ts';
import { fetchUsage } from '../core/quota/usage.ts';
import { type Account } from '../vscode/account.ts';
import { type Ground } from './ground.ts';
import { type Access } from './access.ts';

/** Where the last known quota is kept, so that the status bar has figures after a reload. */
const quotaKey = 'codexChat.quota';

/** What the backend tells besides answers: its models and the quota. */
export function createService(ground: Ground, { account, grants }: Access) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl } = ground;
  const headers = { originator, 'user-agent': userAgent };
  const models = lifetime.add(createModels({ http, baseUrl, grants, log, headers: () => headers }));
  const quota = lifetime.add(createQuota({ clock, log }));
  keepQuota(quota, context.globalState, lifetime);
  const attention = createEmitter<void>();
  lifetime.add(vscode.window.onDidChangeWindowState(() => attention.fire()));
  lifetime.add(account.onDidChange(() => attention.fire()));
  const current = () => quota.current(account.current()?.id ?? '');
  const poll = lifetime.add(
    createQuotaPoll({
      fetch: (signal) => fetchUsage({ http, baseUrl: baseUrl(), grants, clock, headers }, signal),
      record: quota.record,
      credentialId: () => account.current()?.id,
      observedAtMs: () => current()?.observedAtMs,
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive: attention.listen,
      log,
    }),
  );
  lifetime.add(followAccount(account, { models, quota, poll }, log));
  return { models, quota, poll, currentQuota: current };
}

export type Service = ReturnType<typeof createService>;

function keepQuota(quota: QuotaBook, memento: vscode.Memento, lifetime: Disposables): void {
  quota.restore(memento.get(quotaKey));
  lifetime.add(quota.onDidChange(() => void memento.update(quotaKey, quota.serialize())));
}

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
    if (!quota.current(id)) poll.refresh().catch(warn('the quota'));
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
