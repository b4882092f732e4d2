import * as vscode from 'vscode';
import { fetchProblemSentence } from '../../core/quota/poll/fetchProblem.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { toCsv } from '../../core/ledger/csv.ts';
import type { LedgerEntry } from '../../core/ledger/entry.ts';
import type { LedgerTracker } from '../../core/ledger/tracker.ts';
import type { Pool } from '../../core/pool/pool.ts';
import type { QuotaPoll } from '../../core/quota/poll/quotaPoll.ts';
import type { QuotaStore } from '../../core/quota/store/quotaStore.ts';
import type { UsageRequest } from '../../shared/protocol/messages.ts';
import type { LedgerScope, UsageAccounts } from '../../shared/protocol/usage.ts';
import type { AccountCommands } from '../accounts/accountCommands.ts';
import type { UnsequencedMessage } from '../chat/messageBatcher.ts';
import { clampText } from '../../shared/clamp.ts';
import type { LimitMessages } from './limitMessages.ts';
import { usageAccounts } from './usageAccounts.ts';
import {
  ledgerEntries,
  outlookOf,
  usageLedger,
  usagePlot,
  type FiguresOf,
} from './usageFigures.ts';

type Show = Extract<UsageRequest, { type: 'usage/show' }>;
type Export = Extract<UsageRequest, { type: 'usage/export' }>;

export interface UsagePageControllerDeps {
  tell: (message: UnsequencedMessage) => void;
  pool: Pool;
  quota: Pick<QuotaStore, 'current'>;
  poll: Pick<QuotaPoll, 'refreshAll'>;
  tracker: LedgerTracker;
  /** Reads what there is in the ledger's files. Never rejects. */
  readLedger: () => Promise<void>;
  /** Every entry that was ever kept. */
  allEntries: () => Promise<readonly LedgerEntry[]>;
  titleOf: (chatId: string) => string | undefined;
  chatId: () => string;
  accounts: AccountCommands;
  workspaceAccount: () => string | undefined;
  /** Takes the requests about limits that the page itself does not. */
  banner: Pick<LimitMessages, 'handle' | 'sendAgain'>;
  /** Fires when anything that the page shows may have changed. */
  onDidChange: Event<void>;
  now: () => number;
  log: Log;
}

/** Feeds the Usage page while it is open, and does what it asks for. */
export interface UsagePageController extends Disposable {
  handle(request: UsageRequest): unknown;
  /** The view has forgotten all: what is not part of a snapshot is told again. */
  tellAgain(): void;
}

/** Changes come in bunches; the page is updated once for each. */
const bunchMs = 200;

export function createUsagePageController(deps: UsagePageControllerDeps): UsagePageController {
  const { tell, poll, accounts, banner } = deps;
  const { figures, accountsNow } = createFigures(deps);
  const lifetime = new Disposables();
  let shown: Show | undefined;
  let isRefreshing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tellAll = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!shown) return;
    tell({ type: 'usage/accounts', accounts: accountsNow(isRefreshing) });
    const one = figures(shown.accountId);
    if (one.credentialId === '') return;
    tell({ type: 'usage/plot', plot: usagePlot(one, shown.span) });
    tell({ type: 'usage/ledger', ledger: usageLedger(one, shown.scope) });
  };

  lifetime.add(
    deps.onDidChange(() => {
      if (shown) timer ??= setTimeout(tellAll, bunchMs);
    }),
  );
  lifetime.add({ dispose: () => clearTimeout(timer) });

  async function show(request: Show): Promise<void> {
    shown = request;
    tellAll();
    await deps.readLedger();
    tellAll();
  }

  async function refresh(): Promise<void> {
    if (isRefreshing) return;
    isRefreshing = true;
    tellAll();
    try {
      await poll.refreshAll();
    } finally {
      isRefreshing = false;
      tellAll();
    }
  }

  return {
    handle(request) {
      switch (request.type) {
        case 'usage/show':
          return show(request);
        case 'usage/hide':
          shown = undefined;
          return undefined;
        case 'usage/refresh':
          return refresh();
        case 'usage/export':
          return exportCsv(() => entriesFor(request, deps, figures), request.scope, deps);
        case 'usage/addAccount':
          return vscode.commands.executeCommand('codexChat.signIn');
        case 'usage/settings':
          return vscode.commands.executeCommand('codexChat.openSettings');
        case 'usage/act':
          return accounts.act(request.accountId, request.action);
        default:
          return banner.handle(request);
      }
    },
    tellAgain() {
      // A page that is open says so again.
      shown = undefined;
      banner.sendAgain();
    },
    dispose: () => lifetime.dispose(),
  };
}

/** What the page shows, read from where it is known. */
function createFigures(deps: UsagePageControllerDeps) {
  const { pool, quota, tracker, now } = deps;
  const idOf = (wanted: string | undefined) => {
    const known = pool.entries().find(({ id }) => id === wanted);
    return (known ?? pool.current())?.id ?? '';
  };
  const figures = (wanted: string | undefined): FiguresOf => {
    const credentialId = idOf(wanted);
    return {
      entries: tracker.entries(),
      history: tracker.history(),
      quota: quota.current(credentialId),
      credentialId,
      runningSinceMs: tracker.runningSince(credentialId),
      titleOf: deps.titleOf,
      chatId: deps.chatId(),
      nowMs: now(),
    };
  };

  const accountsNow = (refreshing: boolean): UsageAccounts => {
    const problem = pool.current()?.quota?.problem;
    return {
      list: usageAccounts(pool, deps.workspaceAccount(), now()),
      outlook: outlookOf(figures(undefined)),
      refreshing,
      ...(problem === undefined ? {} : { problem: clampText(fetchProblemSentence(problem)) }),
    };
  };
  return { figures, accountsNow };
}

async function entriesFor(
  { scope, accountId }: Export,
  { allEntries, readLedger }: UsagePageControllerDeps,
  figures: (wanted: string | undefined) => FiguresOf,
): Promise<readonly LedgerEntry[]> {
  if (scope === undefined) return allEntries();
  await readLedger();
  return ledgerEntries(figures(accountId), scope);
}

const scopeNames = { window: '-5h', day: '-day', week: '-week', chat: '-chat' } as const;

/** Writes entries of the ledger where the person says. */
async function exportCsv(
  read: () => Promise<readonly LedgerEntry[]>,
  scope: LedgerScope | undefined,
  { now, pool, titleOf, log }: Pick<UsagePageControllerDeps, 'now' | 'pool' | 'titleOf' | 'log'>,
): Promise<void> {
  const day = new Date(now()).toISOString().slice(0, 10);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `codex-usage-${day}${scope === undefined ? '' : scopeNames[scope]}.csv`;
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: { CSV: ['csv'] },
    saveLabel: vscode.l10n.t('Export'),
    title: vscode.l10n.t('Export your usage history'),
  });
  if (!target) return;
  try {
    const csv = toCsv(withLabels(await read(), pool), titleOf);
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(csv));
  } catch (error) {
    log.warn(
      `the ledger could not be exported: ${error instanceof Error ? error.name : 'unknown'}`,
    );
    void vscode.window.showErrorMessage(
      vscode.l10n.t('The file could not be written. Choose another folder and try again.'),
    );
  }
}

/** The id of an account says nothing to people; one that is gone keeps it. */
function withLabels(entries: readonly LedgerEntry[], pool: Pick<Pool, 'entries'>): LedgerEntry[] {
  const labels = new Map(pool.entries().map(({ id, label }) => [id, label]));
  return entries.map((entry) => ({
    ...entry,
    credentialId: labels.get(entry.credentialId) ?? entry.credentialId,
  }));
}
