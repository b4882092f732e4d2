import * as vscode from 'vscode';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { isSignedIn } from '../../core/pool/condition.ts';
import { hasQuota } from '../../core/auth/credential.ts';
import type { Pool } from '../../core/pool/pool.ts';
import type { PoolEntry } from '../../core/pool/accountList.ts';
import { conditionSentence, roleOf } from '../../core/pool/accountText.ts';
import type { QuotaSpend, QuotaWindow } from '../../core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../core/quota/store/record.ts';
import {
  billedSentence,
  quotaNotices,
  type ShownElsewhere,
} from '../../core/quota/text/quotaNotices.ts';
import { formatTime } from '../../shared/format.ts';
import { familyName, limitTitle } from '../../shared/limitNames.ts';
import { planName } from '../../core/quota/text/quotaView.ts';
import { isStale } from '../../core/quota/text/quotaText.ts';
import type { UsageAccount, UsageWindow } from '../../shared/protocol/usage.ts';
import { accountActions } from '../accounts/accountCommands.ts';
import { clampCount, clampPercent, clampText } from '../../shared/clamp.ts';

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
    const at = { role: role.kind, place, count: entries.length, isForWorkspace };
    return {
      id: entry.id,
      label: clampText(entry.label),
      ...(entry.plan === undefined ? {} : { plan: clampText(planName(entry.plan)) }),
      role,
      isForWorkspace,
      actions: accountActions(entry, at),
      ...(entry.preferences.ceilingPercent === undefined
        ? {}
        : { ceilingPercent: clampPercent(entry.preferences.ceilingPercent) }),
      ...figures(entry.quota, nowMs),
      remarks: remarks(entry, entry.id === places.current, nowMs)
        .slice(0, most.remarks)
        .map(clampText),
    };
  });
}

function figures(quota: QuotaState | undefined, nowMs: number) {
  if (!quota) return { windows: [], families: [], stale: false };
  const [newest] = (quota.shownElsewhere ?? []).toSorted((a, b) => b.atMs - a.atMs);
  return omitUndefined({
    windows: toWindows(quota.windows),
    families: quota.others.slice(0, most.families).map((family) => ({
      name: clampText(familyName(family)),
      windows: toWindows(family.windows),
    })),
    stale: isStale(quota, nowMs),
    observedAtMs: quota.windows.length > 0 ? clampCount(quota.observedAtMs) : undefined,
    source: newest && sources[newest.source],
    credits: creditsOf(quota),
    spend: quota.spend && spendOf(quota.spend, nowMs),
    bankedResets: clampCount(quota.resets?.available),
  });
}

/** Undefined for an account without such a limit: the backend tells of it all the same. */
function spendOf({ reached, usedPercent, limit, resetsAtMs }: QuotaSpend, nowMs: number) {
  if (!reached && usedPercent === undefined && limit === undefined) return undefined;
  const details = [
    reached || usedPercent !== undefined ? '' : limit,
    resetsAtMs === undefined ? '' : vscode.l10n.t('resets {0}', formatTime(resetsAtMs, nowMs)),
  ].filter(Boolean);
  return omitUndefined({
    reached,
    usedPercent: usedPercent === undefined ? undefined : clampPercent(usedPercent),
    detail: clampText(details.join(', ')) || undefined,
  });
}

function creditsOf({ credits }: QuotaState) {
  if (!credits || !(credits.unlimited || credits.hasCredits)) return undefined;
  const { unlimited, balance } = credits;
  return omitUndefined({
    unlimited,
    balance: balance === undefined ? undefined : clampText(balance),
  });
}

const sources = {
  headers: 'answer',
  event: 'answer',
  usage: 'poll',
  limitError: 'refusal',
} as const;

function toWindows(windows: readonly QuotaWindow[]): UsageWindow[] {
  return windows.slice(0, most.windows).map(({ kind, label, usedPercent, resetsAtMs }) =>
    omitUndefined({
      kind,
      name: clampText(limitTitle(label)),
      usedPercent: clampPercent(usedPercent),
      resetsAtMs: clampCount(resetsAtMs),
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
    kind === 'imported' ? vscode.l10n.t('From the Codex CLI. Codex Chat never refreshes it.') : '',
    kind === 'environment'
      ? vscode.l10n.t('From an environment variable, for this window only.')
      : '',
    hasQuota(entry) ? '' : billedSentence(),
    ...(isSignedIn(entry) && hasQuota(entry) ? sayings(entry, isCurrent, nowMs) : []),
  ].filter(Boolean);
}

/** What has no line of its own on the page. */
function sayings({ quota, condition }: PoolEntry, isCurrent: boolean, nowMs: number): string[] {
  // Until when an account rests stands beside its name.
  const isRefusalTold = condition.kind === 'coolingDown' && (quota?.windows.length ?? 0) > 0;
  const told: ShownElsewhere[] = [
    'age',
    'meters',
    ...(isRefusalTold ? (['refusal'] as const) : []),
    ...(isCurrent ? (['problem'] as const) : []),
  ];
  return quotaNotices(quota, told, nowMs);
}
