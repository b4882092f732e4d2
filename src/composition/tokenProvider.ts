import * as vscode from 'vscode';
import { importedCredentialReader, type ReadCodexLogin } from '../core/auth/codexLogin.ts';
import type { CredentialStore } from '../core/auth/credential.ts';
import { createTokenProvider, type TokenProvider } from '../core/auth/refresh/tokenProvider.ts';
import { refreshEntriesSchema } from '../core/auth/refresh/refreshJournal.ts';
import { concealed } from '../node/locks/processes.ts';
import { createSealedAnswers } from '../node/signIn/sealedAnswers.ts';
import { createUnsavedNotice } from '../vscode/secrets/storageNotice.ts';
import type { Platform } from './platform.ts';

/** The token provider. A module of its own, loaded with the first request. */
export function openTokenProvider(
  platform: Platform,
  store: CredentialStore,
  readCodexLogin: ReadCodexLogin,
): TokenProvider {
  const { http, issuer, clock, log, userAgent, leases, peers, locks } = platform;
  return createTokenProvider({
    store,
    http,
    issuer,
    clock,
    log,
    userAgent,
    shared: {
      leases,
      notes: platform.sharedFile('refreshes', refreshEntriesSchema, {}),
      answers: createSealedAnswers(platform.folderOf('refreshes')),
      peers,
      locks,
      ...hostsOf(platform),
      nameOf: concealed,
      random: Math.random,
    },
    onUnsaved: createUnsavedNotice(),
    readBorrowed: importedCredentialReader(readCodexLogin, clock.now),
  });
}

/**
 * A window with a remote host keeps its secrets on the machine of the editor, as the local windows
 * do. In the browser each window has secrets of its own, so nothing can be announced there.
 */
function hostsOf({ context }: Platform) {
  if (vscode.env.uiKind === vscode.UIKind.Web) return {};
  return { hosts: { secrets: context.secrets, isRemote: vscode.env.remoteName !== undefined } };
}
