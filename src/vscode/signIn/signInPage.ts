import * as vscode from 'vscode';
import type { Log } from '../../base/log.ts';
import type { HostEnvironment } from '../../core/auth/signIn/signInMethods.ts';

/**
 * Opens the sign-in page. If the browser cannot be opened, the address is offered, and the sign-in
 * waits on. False when the page is unlikely to come back to our listener. Never rejects.
 */
export async function openPage(
  page: string,
  place: HostEnvironment,
  signal: AbortSignal,
  log: Log,
): Promise<boolean> {
  const comesBack = place === 'local' || (await isForwarded(page, log));
  if (signal.aborted) return comesBack;
  let opened = false;
  try {
    opened = await vscode.env.openExternal(vscode.Uri.parse(page, true));
  } catch {
    log.warn('the browser could not be opened');
  }
  if (!opened && !signal.aborted) void offerAddress(page);
  return comesBack;
}

async function offerAddress(page: string): Promise<void> {
  const copy = vscode.l10n.t('Copy URL');
  const message = vscode.l10n.t(
    'The sign-in page wasn’t opened. Copy its URL into a browser on this machine to continue.',
  );
  if ((await vscode.window.showWarningMessage(message, copy)) === copy) {
    await vscode.env.clipboard.writeText(page);
  }
}

/**
 * Has VS Code forward our port to the machine of the browser. The issuer knows the address by its
 * own port alone, so another port there, or a forwarding over the web, is of no use.
 */
async function isForwarded(page: string, log: Log): Promise<boolean> {
  const redirect = new URL(new URL(page).searchParams.get('redirect_uri') ?? '', page);
  try {
    const there = await vscode.env.asExternalUri(vscode.Uri.parse(redirect.origin, true));
    return new RegExp(`^(127\\.0\\.0\\.1|localhost):${redirect.port}$`).test(there.authority);
  } catch {
    log.warn('the port of the sign-in could not be forwarded');
    return false;
  }
}
