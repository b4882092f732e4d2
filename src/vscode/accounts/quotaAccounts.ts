import type { WindowHistory } from '../../core/ledger/history.ts';
import { forecastSentence, forecastsOf } from '../../core/ledger/forecast.ts';
import { hasQuota } from '../../core/auth/credential.ts';
import { isSignedIn } from '../../core/pool/condition.ts';
import type { Pool } from '../../core/pool/pool.ts';
import { conditionSentence, roleOf } from '../../core/pool/accountText.ts';
import { roleText } from '../../shared/accountText.ts';
import type { QuotaAccount } from '../../core/quota/text/quotaView.ts';

/** Every account that is signed in, as the status bar tells of it: the one in use first. */
export function quotaAccounts(
  pool: Pick<Pool, 'entries' | 'current' | 'next'>,
  history: WindowHistory,
  nowMs: number,
): readonly QuotaAccount[] {
  const current = pool.current()?.id;
  const next = pool.next()?.id;
  const entries = pool.entries().filter(isSignedIn);
  return entries
    .toSorted((a, b) => Number(b.id === current) - Number(a.id === current))
    .map((entry): QuotaAccount => {
      const { id, label, plan, quota, condition } = entry;
      const role = roleOf(entry, { current, next });
      // What the role or the refusal says already is not said again.
      const isLimit = quota?.refused || ['off', 'ceiling'].includes(condition.kind);
      const runways = quota?.refused ? [] : forecastsOf(history, id, nowMs);
      const runway = forecastSentence(runways, nowMs);
      return {
        credentialId: id,
        label,
        plan,
        quota,
        isBilled: !hasQuota(entry),
        ...(id === current ? {} : { role: lower(roleText(role, nowMs)) }),
        isRefusalShown: id !== current && role.kind === 'coolingDown',
        ...(isLimit ? {} : { remark: conditionSentence(condition) || undefined }),
        ...(runway === '' ? {} : { runway }),
      };
    });
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
