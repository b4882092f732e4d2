import * as vscode from 'vscode';
import { createGrants } from '../core/auth/grants.ts';
import { refreshNotesSchema } from '../core/auth/refreshNotes.ts';
import { callbackPorts, isRegisteredPort } from '../node/callbackPort.ts';
import { createCodexLogin } from '../node/codexLogin.ts';
import { createLoopback } from '../node/loopback.ts';
import { concealed } from '../node/peers.ts';
import { createAccount } from '../vscode/account.ts';
import { registerAuthProvider } from '../vscode/authProvider.ts';
import { createSignIn } from '../vscode/signIn.ts';
import { registerSignInCommands } from '../vscode/signInCommands.ts';
import { createLoginImport } from '../vscode/signInImport.ts';
import { createTokenStore } from '../vscode/tokenStore.ts';
import { type Ground } from './ground.ts';

/** Who is signed in, and the tokens that their requests go out with. */
export function createAccess(ground: Ground) {
  const { context, lifetime, log, http, clock, userAgent, issuer, settings } = ground;
  const store = lifetime.add(createTokenStore(context.secrets, log, ground.leases));
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
  const readCodexLogin = createCodexLogin({ now: clock.now });
  const loginImport = createLoginImport({ store, read: readCodexLogin, clock, log });
  const memento = context.globalState;
  const account = lifetime.add(createAccount({ store, signIn, loginImport, memento, log }));
  void loginImport.look();
  const importLogin = async () => {
    const id = await loginImport.run();
    if (id !== undefined) await account.choose(id);
  };
  lifetime.add(registerSignInCommands({ signIn, importLogin }));
  const provider = lifetime.add(
    registerAuthProvider({ store, signIn: () => signIn.run(), http, clock, log, userAgent }),
  );
  const preferred = () => account.current()?.id;
  const { leases, peers, sharedFile } = ground;
  const notes = sharedFile('refreshes', refreshNotesSchema, {});
  const shared = { leases, notes, peers, nameOf: concealed };
  const grants = createGrants({ store, http, issuer, clock, log, preferred, userAgent, shared });
  const panelIs = (isVisible: () => boolean) => (isPanelVisible = isVisible);
  return { store, signIn, account, provider, grants, panelIs };
}

const portWarning =
  'codexChat.callbackPort: the sign-in service comes back to the ports 1455 and 1457 alone, unless codexChat.issuer is a service that knows another';

export type Access = ReturnType<typeof createAccess>;
