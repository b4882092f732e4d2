import type * as vscode from 'vscode';
import { Disposables } from './base/disposables.ts';
import { createPlatform } from './composition/platform.ts';
import { createCredentials } from './composition/credentials.ts';
import { createAccountServices } from './composition/accounts.ts';
import { createLedgerServices } from './composition/usageLedger.ts';
import { createSignInServices } from './composition/signInServices.ts';
import { createBackendServices } from './composition/backend.ts';
import { registerUi } from './composition/ui.ts';
import { configureLocalization } from './shared/l10n.ts';
import { editorLocalization } from './vscode/localization.ts';

let finish: (() => Promise<void>) | undefined;

/** Builds every part once and joins them. Nothing here asks the network for anything. */
export function activate(context: vscode.ExtensionContext): void {
  configureLocalization(editorLocalization());
  const lifetime = new Disposables();
  context.subscriptions.push(lifetime);
  const platform = createPlatform(context, lifetime);
  finish = platform.finish;
  const credentials = createCredentials(platform);
  const accounting = createLedgerServices(platform);
  const pooling = createAccountServices(platform, credentials, accounting);
  const access = createSignInServices(platform, credentials, pooling);
  const service = createBackendServices(platform, access, pooling);
  registerUi({ platform, credentials, accounting, pooling, access, service });
}

/**
 * VS Code waits for this up to five seconds, with the secret storage out of reach already. A refresh
 * that runs is let finish, for its answer comes once.
 */
export function deactivate(): Promise<void> | undefined {
  return finish?.();
}
