import * as vscode from 'vscode';
import { loadModule } from '../base/async/loading.ts';
import { createAccount } from '../vscode/accounts/activeAccount.ts';
import { registerAuthProvider } from '../vscode/accounts/authProvider.ts';
import { createLazySignIn } from '../vscode/signIn/lazySignIn.ts';
import { notifyFailedLoad } from '../vscode/loadNotice.ts';
import { registerSignInCommands } from '../vscode/signIn/signInCommands.ts';
import { createLoginImport } from '../vscode/signIn/signInImport.ts';
import type { Credentials } from './credentials.ts';
import type { Platform } from './platform.ts';
import type { AccountServices } from './accounts.ts';

/** Signing in and out, and who is signed in. */
export function createSignInServices(
  platform: Platform,
  credentials: Credentials,
  pooling: AccountServices,
) {
  const { lifetime, log, clock, issuer, settings } = platform;
  const { store, tokenProvider, readCodexLogin } = credentials;
  const { pool, choice } = pooling;
  let isPanelVisible = () => false;
  const load = () => notifyFailedLoad(() => loadModule(() => import('./signingIn.ts')));
  const signIn = lifetime.add(
    createLazySignIn(
      async () => (await load()).openSignIn(platform, credentials, () => isPanelVisible()),
      log,
    ),
  );
  const loginImport = createLoginImport({ store, read: readCodexLogin, issuer, clock, log });
  const account = lifetime.add(createAccount({ pool, choice, signIn, loginImport, log }));
  void loginImport.look();
  // Whoever comes back to the window may have signed in by the CLI meanwhile.
  const lookAgain = ({ focused }: vscode.WindowState) => focused && void loginImport.look();
  lifetime.add(vscode.window.onDidChangeWindowState(lookAgain));
  lifetime.add(settings.onDidChange(() => void loginImport.look()));
  const enterApiKey = async () => (await load()).enterApiKey(platform, credentials);
  const chosen = (take: () => Promise<string | undefined>) => async () => {
    const id = await take();
    if (id !== undefined) await account.choose(id);
  };
  const [importLogin, useApiKey] = [chosen(loginImport.run), chosen(enterApiKey)];
  lifetime.add(registerSignInCommands({ signIn, importLogin, useApiKey }));
  const provider = lifetime.add(
    registerAuthProvider({ store, tokenProvider, signIn: () => signIn.run(), log }),
  );
  const panelIs = (isVisible: () => boolean) => (isPanelVisible = isVisible);
  return { store, signIn, account, provider, panelIs };
}

export type SignInServices = ReturnType<typeof createSignInServices>;
