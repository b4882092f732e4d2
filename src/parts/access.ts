import * as vscode from 'vscode';
import { loadModule } from '../base/loading.ts';
import { createAccount } from '../vscode/account.ts';
import { registerAuthProvider } from '../vscode/authProvider.ts';
import { createLazySignIn } from '../vscode/lazySignIn.ts';
import { tellFailedLoad } from '../vscode/loadNotice.ts';
import { registerSignInCommands } from '../vscode/signInCommands.ts';
import { createLoginImport } from '../vscode/signInImport.ts';
import type { Credentials } from './credentials.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';

/** Signing in and out, and who is signed in. */
export function createAccess(ground: Ground, credentials: Credentials, pooling: Pooling) {
  const { lifetime, log, clock, issuer, settings } = ground;
  const { store, grants, readCodexLogin } = credentials;
  const { pool, choice } = pooling;
  let isPanelVisible = () => false;
  const load = () => tellFailedLoad(() => loadModule(() => import('./signingIn.ts')));
  const signIn = lifetime.add(
    createLazySignIn(
      async () => (await load()).openSignIn(ground, credentials, () => isPanelVisible()),
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
  const enterApiKey = async () => (await load()).enterApiKey(ground, credentials);
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

export type Access = ReturnType<typeof createAccess>;
