import * as vscode from 'vscode';
import { tooltipModel } from '../core/quota/view.ts';
import type { QuotaItemState } from './quotaItem.ts';

interface Entry extends vscode.QuickPickItem {
  command?: string;
}

/** The quota in words and bars, with what can be done about it. */
export async function showQuotaDetails(state: QuotaItemState, nowMs: number): Promise<void> {
  const picked = await vscode.window.showQuickPick(entries(state, nowMs), {
    title: vscode.l10n.t('Codex quota'),
    placeHolder: vscode.l10n.t('What to do'),
  });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}

function entries(state: QuotaItemState, nowMs: number): Entry[] {
  const model = tooltipModel(state.quota, nowMs);
  const account = [state.accountLabel, model.plan].filter(Boolean).join(' · ');
  const lines = [
    { name: account, lines: model.lines },
    ...model.others.filter(({ lines: found }) => found.length > 0),
  ];
  return [
    ...lines.flatMap(({ name, lines: windows }) => [
      { label: name, kind: vscode.QuickPickItemKind.Separator },
      ...windows.map(({ title, bar, percent, when }) => ({
        label: `${title}  ${percent}`,
        description: bar,
        detail: when,
      })),
    ]),
    ...[...model.remarks, ...(state.problem ? [state.problem] : [])].map((label) => ({ label })),
    { label: model.age, kind: vscode.QuickPickItemKind.Separator },
    ...actions(state),
  ];
}

function actions({ account }: QuotaItemState): Entry[] {
  if (account !== 'signedIn') {
    return [
      { label: `$(account) ${vscode.l10n.t('Sign in to Codex')}`, command: 'codexChat.signIn' },
    ];
  }
  return [
    { label: `$(refresh) ${vscode.l10n.t('Ask Again Now')}`, command: 'codexChat.refreshQuota' },
    {
      label: `$(comment-discussion) ${vscode.l10n.t('Open the Chat')}`,
      command: 'codexChat.focus',
    },
    { label: `$(gear) ${vscode.l10n.t('Open the Settings')}`, command: 'codexChat.openSettings' },
    { label: `$(sign-out) ${vscode.l10n.t('Sign out of Codex')}`, command: 'codexChat.signOut' },
  ];
}
