import * as vscode from 'vscode';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { tooltipModel, type QuotaAccount } from '../../core/quota/text/quotaView.ts';
import type { PercentSettings } from '../../core/quota/text/quotaText.ts';
import type { QuotaItemState } from './quotaItem.ts';

interface Entry extends vscode.QuickPickItem {
  command?: string;
  /** For commands that are about one account. */
  credentialId?: string;
}

/** The quota of all accounts in words and bars, with what can be done about it. */
export async function showQuotaDetails(
  state: QuotaItemState,
  settings: PercentSettings,
  nowMs: number,
): Promise<void> {
  const accounts = state.account === 'signedIn' ? state.accounts : [];
  const entries = [
    ...accounts.flatMap((account, index) => accountEntries(account, index === 0, settings, nowMs)),
    separator(''),
    ...actions(state),
  ];
  const picked = await vscode.window.showQuickPick(entries, {
    title: vscode.l10n.t('Codex usage'),
    placeHolder: vscode.l10n.t('Select an action'),
  });
  if (!picked?.command) return;
  const more = picked.credentialId === undefined ? [] : [picked.credentialId];
  await vscode.commands.executeCommand(picked.command, ...more);
}

const separator = (label: string): Entry => ({
  label,
  kind: vscode.QuickPickItemKind.Separator,
});

function accountEntries(
  account: QuotaAccount,
  isInUse: boolean,
  settings: PercentSettings,
  nowMs: number,
): Entry[] {
  const model = tooltipModel(account, isInUse, settings, nowMs);
  const groups = [
    { name: [...model.names, ...(model.age ? [model.age] : [])].join(' · '), lines: model.lines },
    ...model.others.filter(({ lines }) => lines.length > 0),
  ];
  return [
    ...groups.flatMap(({ name, lines }) => [
      separator(name),
      ...lines.map(({ title, bar, percent, when }) => ({
        label: `${title}  ${percent}`,
        description: bar,
        detail: when,
      })),
    ]),
    ...model.remarks.map((label) => ({ label })),
    ...(model.banked > 0 ? [redeemEntry(account)] : []),
  ];
}

function redeemEntry({ credentialId }: QuotaAccount): Entry {
  return {
    label: `$(history) ${vscode.l10n.t('Redeem a Usage Reset')}`,
    command: 'codexChat.redeemReset',
    ...omitUndefined({ credentialId }),
  };
}

function actions({ account }: QuotaItemState): Entry[] {
  if (account !== 'signedIn') {
    return [
      { label: `$(account) ${vscode.l10n.t('Sign in to Codex')}`, command: 'codexChat.signIn' },
    ];
  }
  return [
    { label: `$(graph) ${vscode.l10n.t('Open Usage Page')}`, command: 'codexChat.showUsage' },
    { label: `$(refresh) ${vscode.l10n.t('Refresh')}`, command: 'codexChat.refreshQuota' },
    {
      label: `$(comment-discussion) ${vscode.l10n.t('Open Chat')}`,
      command: 'codexChat.focus',
    },
    { label: `$(account) ${vscode.l10n.t('Manage Accounts')}`, command: 'codexChat.accounts' },
    { label: `$(gear) ${vscode.l10n.t('Open Settings')}`, command: 'codexChat.openSettings' },
    { label: `$(sign-out) ${vscode.l10n.t('Sign out of Codex')}`, command: 'codexChat.signOut' },
  ];
}
