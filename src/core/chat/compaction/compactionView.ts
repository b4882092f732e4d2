import * as l10n from '@vscode/l10n';
import type { CompactionProblem } from '../../conversations/compaction/compactHistory.ts';
import type { StoredCompaction } from '../../conversations/compaction/compactionList.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';
import type { CompactionsView, CompactionView } from '../../../shared/protocol/compaction.ts';
import type { Session } from '../session.ts';
import { errorMessage } from '../messages/errorMessages.ts';
import type { CompactionState } from './chatCompaction.ts';

const longestSummary = 100_000;
const longestLine = 200;

/** What the panel shows of the compactions of a chat. */
export function toCompactionsView(
  session: Pick<Session, 'compactions' | 'compaction'>,
  nowMs: number,
): CompactionsView {
  const all = session.compactions();
  const active = all.findLast(({ isRestored }) => !isRestored);
  const state = session.compaction.state();
  return {
    list: all.map((one) => toView(one, one === active)),
    ...(state ? { progress: toProgress(state, nowMs) } : {}),
  };
}

function toView(one: StoredCompaction, isActive: boolean): CompactionView {
  const { compaction: id, leaf: afterTurn, before, after, steps, dropped } = one;
  const state = one.isRestored ? 'restored' : isActive ? 'active' : 'replaced';
  const kept = one.bridge.filter(({ kind }) => kind === 'user').map(({ item }) => lineOf(item));
  const summary = one.summary.slice(0, longestSummary);
  return { id, afterTurn, before, after, kept: kept.slice(-500), steps, dropped, summary, state };
}

function lineOf({ content }: StoredCompaction['bridge'][number]['item']): string {
  const [first] = Array.isArray(content) ? content : [];
  const text: unknown = first?.text;
  return typeof text === 'string' ? text.trim().slice(0, longestLine) : '';
}

function toProgress(state: CompactionState, nowMs: number): CompactionsView['progress'] {
  if (state.status === 'running') return { status: 'running', startedAtMs: state.startedAtMs };
  return { status: 'failed', message: failureText(state.error, nowMs) };
}

/** What has happened and what can be done, in one or two sentences. */
function failureText(error: unknown, nowMs: number): string {
  if (error instanceof Error && 'problem' in error) {
    return problemTexts.get(String(error.problem))?.() ?? otherText();
  }
  if (error instanceof ResponsesError) {
    return l10n.t('The chat could not be compacted. {0}', errorMessage(error, nowMs).message);
  }
  return otherText();
}

const otherText = () =>
  l10n.t('The chat could not be compacted and stays as it is. Type /compact to try again.');

const badSummary = () =>
  l10n.t(
    'The chat could not be compacted: the summary was not usable. Type /compact to try again, choose another model, or start a new chat.',
  );

const texts: Readonly<Record<CompactionProblem, () => string>> = {
  nothing: () => l10n.t('There is nothing to compact yet.'),
  empty: badSummary,
  filtered: badSummary,
  tooShort: badSummary,
  noGain: () =>
    l10n.t(
      'Compacting would save too little here. Start a new chat when the context is full, or choose a model with a larger window.',
    ),
};
const problemTexts = new Map<string, () => string>(Object.entries(texts));
