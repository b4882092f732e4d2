import { present } from '../base/present.ts';
import { isSignedIn } from '../core/pool/condition.ts';
import { isMetered } from '../core/auth/credential.ts';
import type { Pool } from '../core/pool/pool.ts';
import type { PoolEntry } from '../core/pool/roster.ts';
import { conditionSentence, roleOf, type Role } from '../core/pool/words.ts';
import type { QuotaSpend, QuotaWindow } from '../core/quota/reading.ts';
import type { QuotaState } from '../core/quota/record.ts';
import { billedWords, quotaRemarks, type ToldElsewhere } from '../core/quota/remarks.ts';
import { clockTime } from '../core/quota/time.ts';
import { planName } from '../core/quota/view.ts';
import { isStale } from '../core/quota/words.ts';
import type { AccountRole, UsageAccount, UsageWindow } from '../protocolUsage.ts';
import { accountActions } from './accounts.ts';
import { fitCount, fitPercent, fitWords } from './fitting.ts';

/** More of each than this nobody has, and the page takes no more. */
const most = { accounts: 50, windows: 8, families: 20, remarks: 20 };

/** The accounts of the pool as the Usage page shows them, in the order of use. */
export function usageAccounts(
  pool: Pick<Pool, 'entries' | 'current' | 'next'>,
  workspaceAccount: string | undefined,
  nowMs: number,
): UsageAccount[] {
  const entries = pool.entries();
  const places = { current: pool.current()?.id, next: pool.next()?.id };
  return entries.slice(0, most.accounts).map((entry, place) => {
    const isForWorkspace = entry.id === workspaceAccount;
    const role = roleOf(entry, places);
    const at = { role, place, count: entries.length, isForWorkspace };
    return {
      id: entry.id,
      label: fitWords(entry.label),
      ...(entry.plan === undefined ? {} : { plan: fitWords(planName(entry.plan)) }),
      role: shownRole(role, entry),
      isForWorkspace,
      actions: accountActions(entry, at),
      ...(entry.preferences.ceilingPercent === undefined
        ? {}
        : { ceilingPercent: fitPercent(entry.preferences.ceilingPercent) }),
      ...figures(entry.quota, nowMs),
      remarks: remarks(entry, entry.id === places.current, nowMs)
        .slice(0, most.remarks)
        .map(fitWords),
    };
  });
}

function shownRole(role: Role, { condition }: PoolEntry): AccountRole {
  if (role === 'resting') {
    const untilMs = condition.kind === 'resting' ? fitCount(condition.untilMs) : undefined;
    return present({ kind: 'resting' as const, untilMs });
  }
  if (role === 'ceiling') {
    return {
      kind: 'ceiling',
      percent: condition.kind === 'ceiling' ? fitPercent(condition.percent) : 0,
    };
  }
  return { kind: role };
}

function figures(quota: QuotaState | undefined, nowMs: number) {
  if (!quota) return { windows: [], families: [], stale: false };
  const [newest] = (quota.told ?? []).toSorted((a, b) => b.atMs - a.atMs);
  return present({
    windows: toWindows(quota.windows),
    families: quota.others
      .slice(0, most.families)
      .map(({ name, windows }) => ({ name: fitWords(name), windows: toWindows(windows) })),
    stale: isStale(quota, nowMs),
    observedAtMs: quota.windows.length > 0 ? fitCount(quota.observedAtMs) : undefined,
    source: newest && sources[newest.source],
    credits: creditsOf(quota),
    spend: quota.spend && spendOf(quota.spend, nowMs),
    bankedResets: fitCount(quota.resets?.available),
  });
}

/** Undefined for an account without such a limit: the backend tells of it all the same. */
function spendOf({ reached, usedPercent, limit, resetsAtMs }: QuotaSpend, nowMs: number) {
  if (!reached && usedPercent === undefined && limit === undefined) return undefined;
  const details = [
    reached || usedPercent !== undefined ? '' : limit,
    resetsAtMs === undefined ? '' : `resets ${clockTime(resetsAtMs, nowMs)}`,
  ].filter(Boolean);
  return present({
    reached,
    usedPercent: usedPercent === undefined ? undefined : fitPercent(usedPercent),
    detail: fitWords(details.join(', ')) || undefined,
  });
}

function creditsOf({ credits }: QuotaState) {
  if (!credits || !(credits.unlimited || credits.hasCredits)) return undefined;
  const { unlimited, balance } = credits;
  return present({ unlimited, balance: balance === undefined ? undefined : fitWords(balance) });
}

const sources = {
  headers: 'answer',
  event: 'answer',
  usage: 'poll',
  limitError: 'refusal',
} as const;

function toWindows(windows: readonly QuotaWindow[]): UsageWindow[] {
  return windows.slice(0, most.windows).map(({ kind, name, usedPercent, resetsAtMs }) =>
    present({
      kind,
      name: fitWords(name.replace(/ limit$/, '')),
      usedPercent: fitPercent(usedPercent),
      resetsAtMs: fitCount(resetsAtMs),
    }),
  );
}

/** @param isCurrent - its problem stands at the head of the page. */
function remarks(entry: PoolEntry, isCurrent: boolean, nowMs: number): string[] {
  const { condition, quota, kind } = entry;
  const isTold =
    ['ready', 'signedOut', 'off', 'ceiling'].includes(condition.kind) || quota?.refused;
  return [
    isTold ? '' : conditionSentence(condition),
    kind === 'imported' ? 'Borrowed from the Codex CLI; it is never refreshed from here.' : '',
    kind === 'environment' ? 'From an environment variable, for this window alone.' : '',
    isMetered(entry) ? '' : billedWords,
    ...(isSignedIn(entry) && isMetered(entry) ? sayings(entry, isCurrent, nowMs) : []),
  ].filter(Boolean);
}

/** What has no line of its own on the page. */
function sayings({ quota, condition }: PoolEntry, isCurrent: boolean, nowMs: number): string[] {
  // Until when an account rests stands beside its name.
  const isRefusalTold = condition.kind === 'resting' && (quota?.windows.length ?? 0) > 0;
  const told: ToldElsewhere[] = [
    'age',
    'meters',
    ...(isRefusalTold ? (['refusal'] as const) : []),
    ...(isCurrent ? (['problem'] as const) : []),
  ];
  return quotaRemarks(quota, told, nowMs);
}
