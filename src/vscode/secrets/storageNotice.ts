import * as vscode from 'vscode';
import { createDeferred } from '../../base/async/deferred.ts';
import type { SharedValueProblem } from '../../base/storage/sharedValue.ts';
import { offerReload } from '../offerReload.ts';

/** A disk that fails again and again is told of no more often, ms. */
const againAfterMs = 10 * 60_000;
/** Files whose failing a person notices. Figures and rests of accounts are told anew by the backend. */
const noticed = new Map([
  ['accounts', () => vscode.l10n.t('the names, order and limits of your accounts')],
  ['secrets', () => vscode.l10n.t('your sign-ins')],
]);

/** Says once that files cannot be read or written, or belong to a newer version by now. */
export function createStorageNotice(
  now: () => number,
): (problem: SharedValueProblem | undefined) => void {
  let hasToldNewer = false;
  let toldAtMs = -Infinity;
  return (problem) => {
    if (problem?.kind === 'newer') {
      if (!hasToldNewer) notifyNewerVersion();
      hasToldNewer = true;
      return;
    }
    const what = problem && noticed.get(problem.name)?.();
    if (!what || now() - toldAtMs < againAfterMs) return;
    toldAtMs = now();
    void vscode.window.showWarningMessage(diskWords(what, problem));
  };
}

/** Something of a newer version was met, in a file or in the secret storage. */
export function notifyNewerVersion(): void {
  const words = vscode.l10n.t(
    'A newer version of Codex Chat has stored data that this window can’t read, so this window doesn’t change it. Reload the window to use the newer version. If this is the newest version installed, update the extension.',
  );
  void offerReload(words);
}

/**
 * Shows that refreshed sign-ins could not be stored for as long as that is so.
 *
 * @returns hears when that begins and when it is over
 */
export function createUnsavedNotice(): (isUnsaved: boolean) => void {
  let close: (() => void) | undefined;
  return (isUnsaved) => {
    close?.();
    close = undefined;
    if (!isUnsaved) return;
    const title = vscode.l10n.t(
      'Codex Chat refreshed a sign-in, but VS Code could not store it. The sign-in works while this window is open. If your keychain is locked, unlock it before you close the window. Codex Chat keeps trying to store it.',
    );
    const location = vscode.ProgressLocation.Notification;
    const over = createDeferred<void>();
    close = () => over.resolve();
    void vscode.window.withProgress({ location, title }, () => over.promise);
  };
}

/** This window has no key to the secrets that the others share. */
export function notifyStrandedSecrets(why: 'lost' | 'newerVersion'): void {
  if (why === 'newerVersion') return notifyNewerVersion();
  const words = vscode.l10n.t(
    'This window can’t read the sign-ins that other windows stored, because the browser has lost their key. Reload the window. If this message appears again, sign in again to each account.',
  );
  void offerReload(words);
}

function diskWords(what: string, { kind, code = '' }: SharedValueProblem): string {
  const reason = code === '' ? '' : ` (${code})`;
  return kind === 'unreadable'
    ? vscode.l10n.t(
        'Codex Chat cannot read {0} from its storage folder{1}. Nothing there is overwritten, and it will be tried again.',
        what,
        reason,
      )
    : vscode.l10n.t(
        'Codex Chat cannot write {0} to its storage folder{1}. Changes are kept in this window until writing works again. Free some disk space before you close the window.',
        what,
        reason,
      );
}
