import * as vscode from 'vscode';
import { describeError } from '../../base/describeError.ts';
import type { Log } from '../../base/log.ts';
import type { BankedReset, RedeemOutcome, Resets } from '../../core/quota/poll/resets.ts';
import { formatTimePhrase, plural } from '../../shared/format.ts';
import type { QuotaAccount } from '../../core/quota/text/quotaView.ts';

export interface RedeemDeps {
  resets: Resets;
  /** The account in use first. */
  accounts: () => readonly QuotaAccount[];
  /** Asks for the figures of this credential anew. */
  refresh: (credentialId: string) => Promise<void>;
  now: () => number;
  log: Log;
}

/** Asks, redeems a usage reset, and shows the figures that follow. */
export type RedeemReset = (credentialId?: string) => Promise<void>;

/** Without an id it is about the account in use. Never rejects: what fails is told. */
export function createRedeemReset(deps: RedeemDeps): RedeemReset {
  const { resets, accounts, refresh, log } = deps;
  /** A second question about the same account, while one is open, is none. */
  const open = new Set<string>();

  async function ask(credentialId: string, label: string): Promise<void> {
    const banked = await withProgress(vscode.l10n.t('Checking for usage resets'), (signal) =>
      resets.list(credentialId, signal),
    );
    const [first] = banked;
    if (!first) return tell(outcomeWords('noneLeft', label));
    const use = vscode.l10n.t('Redeem');
    const options = { modal: true, detail: detailOf(first, deps.now()) };
    const picked = await vscode.window.showWarningMessage(
      question(label, banked.length),
      options,
      use,
    );
    if (picked !== use) return;
    const outcome = await withProgress(vscode.l10n.t('Redeeming a usage reset'), (signal) =>
      resets.redeemReset(credentialId, signal),
    );
    if (outcome !== 'reset') tell(outcomeWords(outcome, label));
  }

  return async (wanted) => {
    const account = accounts().find((each) => [undefined, each.credentialId].includes(wanted));
    const { credentialId, label } = account ?? {};
    if (credentialId === undefined) return tell(vscode.l10n.t('Sign in to Codex first.'));
    if (open.has(credentialId)) return;
    open.add(credentialId);
    try {
      await ask(credentialId, label ?? vscode.l10n.t('this account'));
    } catch (error) {
      log.warn(`usage resets: ${describeError(error)}`);
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'Codex did not confirm the usage reset. You can try again: a reset is never redeemed twice. See the log for details.',
        ),
      );
    } finally {
      open.delete(credentialId);
    }
    await refresh(credentialId).catch(() => {});
  };
}

const question = (label: string, count: number) =>
  count === 1
    ? vscode.l10n.t('Redeem the last usage reset of {0}? Its limits restart from zero.', label)
    : plural(
        vscode.l10n.t(
          '{0, plural, one {Redeem a usage reset of {1}? Its limits restart from zero. # is left.} other {Redeem a usage reset of {1}? Its limits restart from zero. # are left.}}',
        ),
        count,
        label,
      );

function detailOf({ title, expiresAtMs }: BankedReset, nowMs: number): string {
  const ends =
    expiresAtMs === undefined
      ? []
      : [vscode.l10n.t('It expires {0}.', formatTimePhrase(expiresAtMs, nowMs))];
  return [...(title === undefined ? [] : [`${title}.`]), ...ends].join(' ');
}

function outcomeWords(outcome: Exclude<RedeemOutcome, 'reset'>, label: string): string {
  switch (outcome) {
    case 'noneLeft':
      return vscode.l10n.t('{0} has no usage resets left.', label);
    case 'nothingToReset':
      return vscode.l10n.t('{0} has no used limits, so the reset wasn’t redeemed.', label);
    case 'unknown':
      return vscode.l10n.t(
        'Codex did not say whether the reset of {0} was redeemed. The usage page will show it.',
        label,
      );
  }
}

const tell = (text: string) => void vscode.window.showInformationMessage(text);

/** The requests end by their own limits of time; one that went out may be obeyed anyway. */
function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const location = vscode.ProgressLocation.Window;
  return Promise.resolve(
    vscode.window.withProgress({ location, title }, () => work(new AbortController().signal)),
  );
}
