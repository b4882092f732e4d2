import { runwaySentence, runwaysOf } from '../core/ledger/runway.ts';
import { conditionSentence, roleOf, roleWords } from '../core/pool/words.ts';
import type { QuotaAccount } from '../core/quota/view.ts';
import type { Accounting } from './accounting.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';

/** Every account with its figures, for the status bar: the one in use first. */
export function createMeters({ clock }: Ground, { pool }: Pooling, { tracker }: Accounting) {
  return (): readonly QuotaAccount[] => {
    const nowMs = clock.now();
    const current = pool.current()?.id;
    const next = pool.next()?.id;
    const entries = pool.entries().filter(({ condition }) => condition.kind !== 'signedOut');
    return entries
      .toSorted((a, b) => Number(b.id === current) - Number(a.id === current))
      .map((entry): QuotaAccount => {
        const { id, label, plan, quota, condition } = entry;
        const role = roleOf(entry, { current, next });
        // What the role or the refusal says already is not said again.
        const isLimit = quota?.refused || ['off', 'ceiling'].includes(condition.kind);
        const runways = quota?.refused ? [] : runwaysOf(tracker.history(), id, nowMs);
        const runway = runwaySentence(runways, nowMs);
        return {
          credentialId: id,
          label,
          plan,
          // Until when another one rests is what it is to the others.
          quota:
            id !== current && role === 'resting' && quota ? { ...quota, refused: false } : quota,
          ...(id === current ? {} : { role: lower(roleWords(role, condition, nowMs)) }),
          ...(isLimit ? {} : { remark: conditionSentence(condition) || undefined }),
          ...(runway === '' ? {} : { runway }),
        };
      });
  };
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

export type Meters = ReturnType<typeof createMeters>;
