import * as vscode from 'vscode';
import { callbackPorts, isRegisteredPort } from '../node/signIn/callbackPort.ts';
import { createLoopback } from '../node/signIn/loopback.ts';
import { createApiKeyEntry } from '../vscode/signIn/apiKeyEntry.ts';
import { createSignIn, type SignIn } from '../vscode/signIn/signIn.ts';
import type { Credentials } from './credentials.ts';
import type { Platform } from './platform.ts';

/** Signing in by the browser, a code or a pasted address. Loaded with the first sign-in. */
export function openSignIn(
  { context, log, http, clock, userAgent, issuer, settings }: Platform,
  { store }: Credentials,
  isToldInPanel: () => boolean,
): SignIn {
  const mediaFolder = vscode.Uri.joinPath(context.extensionUri, 'media').fsPath;
  const ports = () => {
    const { callbackPort } = settings.current();
    if (!isRegisteredPort(callbackPort)) log.warn(portWarning);
    return callbackPorts(callbackPort);
  };
  return createSignIn({
    store,
    http,
    clock,
    log,
    issuer,
    openListener: createLoopback({ mediaFolder, log, ports }),
    userAgent,
    tryAgain: () => void vscode.commands.executeCommand('codexChat.signIn'),
    isToldInPanel,
  });
}

/** Asks for a key of the OpenAI API; gives the id of the credential, or undefined. */
export function enterApiKey(
  { http, clock, log, userAgent, issuer }: Platform,
  { store }: Credentials,
): Promise<string | undefined> {
  const api = () => issuer('apiKey');
  return createApiKeyEntry({ store, http, clock, log, userAgent, api })();
}

const portWarning =
  'codexChat.callbackPort: the sign-in service comes back to the ports 1455 and 1457 alone, unless codexChat.issuer is a service that knows another';
