import * as vscode from 'vscode';
import { toImportedCredential } from '../core/auth/codexLogin.ts';
import type { CredentialStore } from '../core/auth/credential.ts';
import { createGrants, type Grants } from '../core/auth/grants.ts';
import { refreshNotesSchema } from '../core/auth/refreshNotes.ts';
import { concealed } from '../node/peers.ts';
import { createSealedAnswers } from '../node/sealedAnswers.ts';
import { createUnsavedNotice } from '../vscode/storageNotice.ts';
import type { ReadCodexLogin } from '../core/auth/codexLogin.ts';
import type { Ground } from './ground.ts';

/** The tokens that requests go out with, renewed when they run out. Loaded with the first request. */
export function openGrants(
  ground: Ground,
  store: CredentialStore,
  readCodexLogin: ReadCodexLogin,
): Grants {
  const { http, issuer, clock, log, userAgent, leases, peers, locks } = ground;
  return createGrants({
    store,
    http,
    issuer,
    clock,
    log,
    userAgent,
    shared: {
      leases,
      notes: ground.sharedFile('refreshes', refreshNotesSchema, {}),
      answers: createSealedAnswers(ground.folderOf('refreshes')),
      peers,
      locks,
      ...hostsOf(ground),
      nameOf: concealed,
      random: Math.random,
    },
    onUnsaved: createUnsavedNotice(),
    async readBorrowed({ kind }) {
      if (kind !== 'imported') return undefined;
      const login = await readCodexLogin(new AbortController().signal);
      return login && toImportedCredential(login, clock.now());
    },
  });
}

/**
 * A window with a remote host keeps its secrets on the machine of the editor, as the local windows
 * do. In the browser each window has secrets of its own, so nothing can be announced there.
 */
function hostsOf({ context }: Ground) {
  if (vscode.env.uiKind === vscode.UIKind.Web) return {};
  return { hosts: { secrets: context.secrets, isRemote: vscode.env.remoteName !== undefined } };
}
