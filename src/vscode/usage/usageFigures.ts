import * as vscode from 'vscode';
import { sumPoints, type LedgerEntry } from '../../core/ledger/entry.ts';
import type { WindowHistory } from '../../core/ledger/history.ts';
import { isPending, totalOf, windowLedger, type WindowLedger } from '../../core/ledger/ledger.ts';
import { plotOf } from '../../core/ledger/plot.ts';
import { forecastsOf, type Forecast } from '../../core/ledger/forecast.ts';
import type { QuotaWindow } from '../../core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../core/quota/store/record.ts';
import type {
  LedgerRow,
  LedgerScope,
  Outlook,
  PlotPoint,
  PlotSpan,
  UsageLedger,
  UsagePlot,
} from '../../shared/protocol/usage.ts';
import { clampCount, clampPercent, clampText } from '../../shared/clamp.ts';
import { ownValue } from '../../base/lookup.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';

export interface FiguresOf {
  entries: readonly LedgerEntry[];
  history: WindowHistory;
  /** Of the account that is asked about; undefined while nothing is known of it. */
  quota: QuotaState | undefined;
  credentialId: string;
  /** Since when a turn runs on it; absent while none does. */
  runningSinceMs?: number | undefined;
  /** Title of a chat that this window remembers. */
  titleOf: (chatId: string) => string | undefined;
  chatId: string;
  nowMs: number;
}

export function usagePlot(figures: FiguresOf, span: PlotSpan): UsagePlot {
  const { history, credentialId, nowMs } = figures;
  const plot = plotOf(history, credentialId, span, nowMs);
  const series = plot.series.slice(0, mostSeries).map((one) => ({
    ...one,
    points: one.points.slice(-mostPoints).map(fitPoint),
    resetsAtMs: one.resetsAtMs.slice(-mostResets),
    guess: one.guess.map(fitPoint),
  }));
  return { accountId: credentialId, span, nowMs, ...plot, series };
}

const fitPoint = ({ atMs, percent }: PlotPoint) => ({ atMs, percent: clampPercent(percent) });

const dayMs = 86_400_000;
const mostRows = 1_000;
const mostSeries = 4;
const mostPoints = 2_000;
const mostResets = 200;

/** The rows of the ledger in this scope. Only those of a window add up to a figure on a bar. */
export function usageLedger(figures: FiguresOf, scope: LedgerScope): UsageLedger {
  const ofWindow = scope === 'window' ? runOf(figures) : undefined;
  if (ofWindow) return ledgerOfWindow(figures, ofWindow);
  const own = ownEntries(figures, scope);
  const total = totalOf(own);
  const open = own.map((entry) => {
    const mayCome = (label: string) => isPending(entry, label);
    return { ...entry, shares: entry.shares.filter(({ label }) => mayCome(label)) };
  });
  return {
    accountId: figures.credentialId,
    scope,
    rows: own.slice(0, mostRows).map((entry) => toRow(entry, totalOf([entry]).points, figures)),
    ...anyOf('pending', totalOf(open).points),
    sum: { ...total.tokens, ...shares(total.points) },
  };
}

/** A row of its own, where there is something in it. */
const anyOf = (name: 'others' | 'pending', points: Readonly<Record<string, number>>) =>
  Object.values(points).some((one) => one > 0) ? { [name]: shares(points) } : {};

/** The entries behind the rows of the table, all of them, with what they took of this account. */
export function ledgerEntries(figures: FiguresOf, scope: LedgerScope): readonly LedgerEntry[] {
  const ofWindow = scope === 'window' ? runOf(figures) : undefined;
  return ofWindow ? ofWindow.rows.map(({ entry }) => entry) : ownEntries(figures, scope);
}

function ownEntries(figures: FiguresOf, scope: LedgerScope): LedgerEntry[] {
  const { entries, credentialId, nowMs, chatId } = figures;
  return entries
    .flatMap((entry) => partOf(entry, credentialId))
    .filter((entry) => {
      if (scope === 'chat') return entry.chatId === chatId;
      return entry.atMs >= nowMs - (scope === 'week' ? 7 : 1) * dayMs;
    })
    .toSorted((a, b) => b.atMs - a.atMs);
}

/** What the turn took of this account, if it was let in there: it may have gone on with another. */
function partOf(entry: LedgerEntry, credentialId: string): LedgerEntry[] {
  const isOf = (one: { credentialId: string }) => one.credentialId === credentialId;
  const wasLetIn = isOf(entry) || entry.spans.some((one) => isOf(one) && one.toMs > one.fromMs);
  return wasLetIn ? [{ ...entry, shares: entry.shares.filter(isOf) }] : [];
}

/** Undefined while no 5-hour window is known. */
function runOf(figures: FiguresOf): WindowLedger | undefined {
  const { entries, history, credentialId, runningSinceMs, nowMs, quota } = figures;
  const window = quota?.windows.find(({ kind }) => kind === 'fiveHour');
  if (!window) return undefined;
  const { label } = window;
  const usedPercent = clampPercent(window.usedPercent);
  const query = { credentialId, label, usedPercent, also: ['wk'], runningSinceMs, nowMs };
  return windowLedger(entries, history, query);
}

function ledgerOfWindow(figures: FiguresOf, ledger: WindowLedger): UsageLedger {
  return {
    accountId: figures.credentialId,
    scope: 'window',
    rows: ledger.rows.slice(0, mostRows).map(({ entry, points }) => toRow(entry, points, figures)),
    ...anyOf('others', ledger.others),
    ...anyOf('pending', pendingOf(ledger)),
    sum: {
      ...totalOf(ledger.rows.map(({ entry }) => entry)).tokens,
      ...shares(ledger.sum),
    },
  };
}

/** Of rows that are not settled, and of what has no row yet. */
function pendingOf({ rows, pending }: WindowLedger): Record<string, number> {
  const labels = Object.keys(pending);
  const ofRows = (label: string) =>
    rows.flatMap(({ entry, points }) =>
      isPending(entry, label) ? (ownValue(points, label) ?? 0) : [],
    );
  return Object.fromEntries(
    labels.map((label) => [label, sumPoints([...ofRows(label), ownValue(pending, label) ?? 0])]),
  );
}

function toRow(
  entry: LedgerEntry,
  points: Readonly<Record<string, number>>,
  { titleOf }: FiguresOf,
): LedgerRow {
  const { input = 0, cached = 0, output = 0, reasoning = 0 } = entry.tokens ?? {};
  return {
    id: entry.id.slice(0, 100),
    atMs: entry.atMs,
    chat: clampText(titleOf(entry.chatId) ?? entry.title ?? vscode.l10n.t('Earlier chat')),
    kind: entry.kind,
    model: clampText(entry.model),
    effort: clampText(entry.effort),
    input,
    cached,
    output,
    reasoning,
    ...settled(entry, points),
    attempts: entry.requests,
  };
}

/** A share that is not known yet has no figure: what is told of it may be a part alone. */
function settled(entry: LedgerEntry, points: Readonly<Record<string, number>>) {
  const pending = ['5h', 'wk'].filter((label) => isPending(entry, label));
  const known = Object.entries(points).filter(([label]) => !pending.includes(label));
  return { ...shares(Object.fromEntries(known)), ...(pending.length > 0 ? { pending } : {}) };
}

function shares(points: Readonly<Record<string, number>>) {
  const [fiveHourPoints, weeklyPoints] = [clampCount(points['5h']), clampCount(points['wk'])];
  return {
    ...omitUndefined({ fiveHourPoints, weeklyPoints }),
  };
}

/** What is to come of each main window, in sentences that the page makes. */
export function outlookOf({
  history,
  quota,
  credentialId,
  nowMs,
}: Omit<FiguresOf, 'entries' | 'titleOf' | 'chatId'>): Outlook[] {
  const runways = forecastsOf(history, credentialId, nowMs);
  return (quota?.windows ?? [])
    .filter(({ kind }) => kind !== 'other')
    .flatMap((window) =>
      outlook(
        window,
        runways.find(({ label }) => label === window.label),
      ),
    );
}

function outlook(window: QuotaWindow, runway: Forecast | undefined): Outlook[] {
  const { kind, label: name } = window;
  const usedPercent = clampPercent(window.usedPercent);
  const resetsAtMs = clampCount(window.resetsAtMs);
  const reset = omitUndefined({ resetsAtMs });
  if (usedPercent >= 100) {
    return [{ kind: 'spent', name, ...omitUndefined({ untilMs: resetsAtMs }) }];
  }
  if (!runway) return [];
  if (runway.perHour <= 0) return [{ kind: 'idle', name, percent: usedPercent, ...reset }];
  if (runway.endsAtMs !== undefined) {
    return [{ kind: 'runsOut', name, atMs: runway.endsAtMs, ...reset }];
  }
  if (kind === 'weekly') return [{ kind: 'lasts', name }];
  const percent = Math.min(99, clampPercent(runway.atReset));
  return [{ kind: 'reaches', name, percent, resetsAtMs: runway.resetsAtMs }];
}
