import * as vscode from 'vscode';
import { createGrants } from '../core/auth/grants.ts';
import { createLoopback } from '../node/loopback.ts';
import { createAccount } from '../vscode/account.ts';
import { registerAuthProvider } from '../vscode/authProvider.ts';
import { createSignIn } from '../vscode/signIn.ts';
import { createTokenStore } from '../vscode/tokenStore.ts';
import { type Ground } from './ground.ts';

/** Who is signed in, and the tokens that their requests go out with. */
export function createAccess(ground: Ground) {
  const { context, lifetime, log, http, clock, userAgent, issuer } = ground;
  const store = lifetime.add(createTokenStore(context.secrets, log));
  const mediaFolder = vscode.Uri.joinPath(context.extensionUri, 'media').fsPath;
  let isPanelVisible = () => false;
  const signIn = lifetime.add(
    createSignIn({
      store,
      http,
      clock,
      log,
      issuer,
      openListener: createLoopback({ mediaFolder, log }),
      tryAgain: () => void vscode.commands.executeCommand('codexChat.signIn'),
      isToldInPanel: () => isPanelVisible(),
    }),
  );
  const account = lifetime.add(createAccount({ store, signIn, memento: context.globalState, log }));
  const provider = lifetime.add(
    registerAuthProvider({ store, signIn: () => signIn.run(), http, clock, log, userAgent }),
  );
  const preferred = () => account.current()?.id;
  const grants = createGrants({ store, http, issuer, clock, log, preferred, userAgent });
  const panelIs = (isVisible: () => boolean) => (isPanelVisible = isVisible);
  return { store, signIn, account, provider, grants, panelIs };
}

export type Access = ReturnType<typeof createAccess>;
