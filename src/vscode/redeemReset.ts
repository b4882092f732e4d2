import * as vscode from 'vscode';
import { describeError } from '../base/describeError.ts';
import type { Log } from '../base/log.ts';
import type { BankedReset, RedeemOutcome, Resets } from '../core/quota/poll/resets.ts';
import { clockTime } from '../core/quota/text/time.ts';
import type { QuotaAccount } from '../core/quota/text/quotaView.ts';

export interface RedeemDeps {
  resets: Resets;
  /** The account in use first. */
  accounts: () => readonly QuotaAccount[];
  /** Asks for the figures of this credential anew. */
  refresh: (credentialId: string) => Promise<void>;
  now: () => number;
  log: Log;
}

/** Asks, redeems a banked reset, and shows the figures that follow. */
export type RedeemReset = (credentialId?: string) => Promise<void>;

/** Without an id it is about the account in use. Never rejects: what fails is told. */
export function createRedeemReset(deps: RedeemDeps): RedeemReset {
  const { resets, accounts, refresh, log } = deps;
  /** A second question about the same account, while one is open, is none. */
  const open = new Set<string>();

  async function ask(credentialId: string, label: string): Promise<void> {
    const banked = await withProgress(vscode.l10n.t('Looking for banked resets'), (signal) =>
      resets.list(credentialId, signal),
    );
    const [first] = banked;
    if (!first) return tell(outcomeWords('noneLeft', label));
    const use = vscode.l10n.t('Use It');
    const options = { modal: true, detail: detailOf(first, deps.now()) };
    const picked = await vscode.window.showWarningMessage(
      question(label, banked.length),
      options,
      use,
    );
    if (picked !== use) return;
    const outcome = await withProgress(vscode.l10n.t('Using a banked reset'), (signal) =>
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
      log.warn(`banked resets: ${describeError(error)}`);
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          'Codex did not answer about the banked resets. You can ask again: a reset that went through is not used twice. The log says more.',
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
    ? vscode.l10n.t(
        'Use the banked reset of {0}? Its limits start anew. It is the last one.',
        label,
      )
    : vscode.l10n.t(
        'Use one banked reset of {0}? Its limits start anew. {1} are left.',
        label,
        String(count),
      );

function detailOf({ title, expiresAtMs }: BankedReset, nowMs: number): string {
  const ends =
    expiresAtMs === undefined
      ? []
      : [vscode.l10n.t('It can be used until {0}.', clockTime(expiresAtMs, nowMs))];
  return [...(title === undefined ? [] : [`${title}.`]), ...ends].join(' ');
}

function outcomeWords(outcome: Exclude<RedeemOutcome, 'reset'>, label: string): string {
  switch (outcome) {
    case 'noneLeft':
      return vscode.l10n.t('No banked reset is left for {0}.', label);
    case 'nothingToReset':
      return vscode.l10n.t('Nothing of {0} is used up, so the reset was kept.', label);
    case 'unknown':
      return vscode.l10n.t(
        'Codex did not say clearly whether the reset of {0} was used. The figures will show it.',
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
