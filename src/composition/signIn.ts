import * as vscode from 'vscode';
import { callbackPorts } from '../node/signIn/callbackPort.ts';
import { createLoopback } from '../node/signIn/loopback.ts';
import { createApiKeyEntry } from '../vscode/signIn/apiKeyEntry.ts';
import { createSignIn, type SignIn } from '../vscode/signIn/signIn.ts';
import type { CredentialStore } from '../core/auth/credential.ts';
import type { Platform } from './platform.ts';

/** Sign-in by browser, code or pasted URL. A module of its own, loaded with the first sign-in. */
export function openSignIn(
  { context, log, http, clock, userAgent, issuer, settings }: Platform,
  store: CredentialStore,
  isToldInPanel: () => boolean,
): SignIn {
  const mediaFolder = vscode.Uri.joinPath(context.extensionUri, 'media').fsPath;
  const ports = () => callbackPorts(settings.current().callbackPort, log);
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

/** Asks for a key of the OpenAI API. Resolves with the id of the credential, or undefined. */
export function enterApiKey(
  { http, clock, log, userAgent, issuer }: Platform,
  store: CredentialStore,
): Promise<string | undefined> {
  const api = () => issuer('apiKey');
  return createApiKeyEntry({ store, http, clock, log, userAgent, api })();
}
