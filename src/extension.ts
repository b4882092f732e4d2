import type * as vscode from 'vscode';
import { Disposables } from './base/disposables.ts';
import { layGround } from './parts/ground.ts';
import { createCredentials } from './parts/credentials.ts';
import { createPooling } from './parts/pooling.ts';
import { createAccounting } from './parts/accounting.ts';
import { createAccess } from './parts/access.ts';
import { createService } from './parts/service.ts';
import { show } from './parts/show.ts';

let finish: (() => Promise<void>) | undefined;

/** Builds every part once and joins them. Nothing here asks the network for anything. */
export function activate(context: vscode.ExtensionContext): void {
  const lifetime = new Disposables();
  context.subscriptions.push(lifetime);
  const ground = layGround(context, lifetime);
  finish = ground.finish;
  const credentials = createCredentials(ground);
  const accounting = createAccounting(ground);
  const pooling = createPooling(ground, credentials, accounting);
  const access = createAccess(ground, credentials, pooling);
  const service = createService(ground, access, pooling);
  show({ ground, credentials, accounting, pooling, access, service });
}

/**
 * VS Code waits for this up to five seconds, with the secret storage out of reach already. A refresh
 * that runs is let finish, for its answer comes once.
 */
export function deactivate(): Promise<void> | undefined {
  return finish?.();
}
