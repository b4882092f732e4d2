import { omitUndefined } from '../../base/omitUndefined.ts';
import { limitPhrase } from '../../shared/limitNames.ts';
import { estimateTurn, type TurnPlan } from '../ledger/estimate.ts';
import { preflight, type Preflight } from '../ledger/preflight.ts';
import type { LedgerTracker } from '../ledger/tracker.ts';
import type { Pool } from '../pool/pool.ts';
import type { CostWarning, LimitAction } from '../../shared/protocol/limits.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import { itemTokens } from '../conversations/context/itemTokens.ts';
import { promptItem } from '../conversations/history.ts';
import type { Prompt } from '../conversations/prompt.ts';

export interface CostWarningDeps {
  session: { context(): ContextUse | undefined };
  pool: Pick<Pool, 'current' | 'entries'>;
  tracker: Pick<LedgerTracker, 'entries' | 'windows'>;
  /** Model and effort of a prompt that is sent now. */
  plan: () => { model: string; effort: string };
  /** Efforts of the model below the chosen one, the highest first. */
  lowerEfforts: () => readonly string[];
  clock: { now(): number };
  newId: () => string;
}

const promptTokens = (prompt: Prompt) => itemTokens(promptItem(prompt));

/** The warning before these prompts; undefined when they will likely stay below every limit. */
export function warningFor(
  deps: CostWarningDeps,
  more: readonly Prompt[],
): CostWarning | undefined {
  const { pool, tracker, session, clock } = deps;
  const current = pool.current();
  if (!current) return undefined;
  const entries = tracker.entries();
  const windows = tracker.windows();
  const plan: TurnPlan = {
    ...deps.plan(),
    credentialId: current.id,
    contextTokens: session.context()?.usedTokens ?? 0,
    promptTokens: more.reduce((sum, prompt) => sum + promptTokens(prompt), 0),
  };
  const estimate = (effort: string) => estimateTurn(entries, windows, { ...plan, effort });
  const { ceilingPercent } = current.preferences;
  const result = preflight(estimate(plan.effort), current.quota, clock.now(), {
    ...omitUndefined({ ceiling: ceilingPercent }),
    lower: deps.lowerEfforts().flatMap((effort) => estimate(effort) ?? []),
    others: pool
      .entries()
      .filter(({ id, condition }) => id !== current.id && condition.kind === 'ready')
      .flatMap(({ quota }) => quota ?? []),
  });
  return result.warn ? toWarning(result, deps) : undefined;
}

function toWarning(
  { reasons, choices }: Extract<Preflight, { warn: true }>,
  { pool, newId }: CostWarningDeps,
): CostWarning | undefined {
  const [reason] = reasons.toSorted((a, b) => a.left - b.left);
  if (!reason) return undefined;
  const round = (points: number) => Math.round(points * 10) / 10;
  const labelOf = (id: string) => pool.entries().find((entry) => entry.id === id)?.label ?? '';
  return {
    id: newId(),
    windowName: limitPhrase(reason.label),
    fromPoints: round(reason.deps.low),
    toPoints: round(reason.deps.high),
    leftPoints: round(reason.left),
    ...omitUndefined({ resetsAtMs: reason.resetsAtMs }),
    actions: [
      { kind: 'send' },
      ...choices.map((choice): LimitAction => {
        switch (choice.kind) {
          case 'lowerEffort':
            return { kind: 'lowerEffort', effort: choice.effort };
          case 'otherAccount': {
            const accountId = choice.credentialId;
            return { kind: 'useAccount', accountId, label: labelOf(accountId) };
          }
          case 'wait':
            return choice;
        }
      }),
      { kind: 'cancel' },
    ],
  };
}
