import * as vscode from 'vscode';
import { callbackPorts, isRegisteredPort } from '../node/callbackPort.ts';
import { createLoopback } from '../node/loopback.ts';
import { createAccount } from '../vscode/account.ts';
import { createApiKeyEntry } from '../vscode/apiKeyEntry.ts';
import { registerAuthProvider } from '../vscode/authProvider.ts';
import { createSignIn } from '../vscode/signIn.ts';
import { registerSignInCommands } from '../vscode/signInCommands.ts';
import { createLoginImport } from '../vscode/signInImport.ts';
import type { Credentials } from './credentials.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';

/** Signing in and out, and who is signed in. */
export function createAccess(ground: Ground, credentials: Credentials, pooling: Pooling) {
  const { context, lifetime, log, http, clock, userAgent, issuer, settings } = ground;
  const { store, grants, readCodexLogin } = credentials;
  const { pool, choice } = pooling;
  const mediaFolder = vscode.Uri.joinPath(context.extensionUri, 'media').fsPath;
  let isPanelVisible = () => false;
  const ports = () => {
    const { callbackPort } = settings.current();
    if (!isRegisteredPort(callbackPort)) log.warn(portWarning);
    return callbackPorts(callbackPort);
  };
  const signIn = lifetime.add(
    createSignIn({
      store,
      http,
      clock,
      log,
      issuer,
      openListener: createLoopback({ mediaFolder, log, ports }),
      userAgent,
      tryAgain: () => void vscode.commands.executeCommand('codexChat.signIn'),
      isToldInPanel: () => isPanelVisible(),
    }),
  );
  const loginImport = createLoginImport({ store, read: readCodexLogin, issuer, clock, log });
  const account = lifetime.add(createAccount({ pool, choice, signIn, loginImport, log }));
  void loginImport.look();
  // Whoever comes back to the window may have signed in by the CLI meanwhile.
  const lookAgain = ({ focused }: vscode.WindowState) => focused && void loginImport.look();
  lifetime.add(vscode.window.onDidChangeWindowState(lookAgain));
  lifetime.add(settings.onDidChange(() => void loginImport.look()));
  const enterApiKey = createApiKeyEntry({
    store,
    http,
    clock,
    log,
    userAgent,
    api: () => issuer('apiKey'),
  });
  const chosen = (take: () => Promise<string | undefined>) => async () => {
    const id = await take();
    if (id !== undefined) await account.choose(id);
  };
  const [importLogin, useApiKey] = [chosen(loginImport.run), chosen(enterApiKey)];
  lifetime.add(registerSignInCommands({ signIn, importLogin, useApiKey }));
  const provider = lifetime.add(
    registerAuthProvider({ store, grants, signIn: () => signIn.run(), log }),
  );
  const panelIs = (isVisible: () => boolean) => (isPanelVisible = isVisible);
  return { store, signIn, account, provider, panelIs };
}

const portWarning =
  'codexChat.callbackPort: the sign-in service comes back to the ports 1455 and 1457 alone, unless codexChat.issuer is a service that knows another';

export type Access = ReturnType<typeof createAccess>;
