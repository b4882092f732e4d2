import * as vscode from 'vscode';
import { toImportedCredential } from '../core/auth/codexLogin.ts';
import {
  accessTokenVariable,
  readEnvironmentToken,
  withEnvironment,
} from '../core/auth/environment.ts';
import { createGrants } from '../core/auth/grants.ts';
import { refreshNotesSchema } from '../core/auth/refreshNotes.ts';
import { createCodexLogin } from '../node/codexLogin.ts';
import { concealed } from '../node/peers.ts';
import { createSealedAnswers } from '../node/sealedAnswers.ts';
import {
  createSharedSecrets,
  noSealedSecrets,
  sealedSecretsSchema,
} from '../vscode/sharedSecrets.ts';
import { tellNewer, tellStranded } from '../vscode/storageNotice.ts';
import { createTokenStore } from '../vscode/tokenStore.ts';
import type { Ground } from './ground.ts';

/** What is stored of the accounts, and the tokens that requests go out with. */
export function createCredentials(ground: Ground) {
  const { lifetime, log, http, clock, userAgent, issuer, leases, locks, peers, sharedFile } =
    ground;
  const stored = lifetime.add(createTokenStore(secretsOf(ground), log, leases, tellNewer));
  const given = readEnvironmentToken(
    ground.environment[accessTokenVariable],
    issuer(),
    clock.now(),
  );
  const store = withEnvironment(stored, given);
  const readCodexLogin = createCodexLogin({ now: clock.now });
  const notes = sharedFile('refreshes', refreshNotesSchema, {});
  const answers = createSealedAnswers(ground.folderOf('refreshes'));
  const grants = createGrants({
    store,
    http,
    issuer,
    clock,
    log,
    userAgent,
    shared: {
      leases,
      notes,
      answers,
      peers,
      locks,
      ...hostsOf(ground),
      nameOf: concealed,
      random: Math.random,
    },
    async readBorrowed({ kind }) {
      if (kind !== 'imported') return undefined;
      const login = await readCodexLogin(new AbortController().signal);
      return login && toImportedCredential(login, clock.now());
    },
  });
  ground.finishFirst(grants.settled);
  return { store, grants, readCodexLogin };
}

export type Credentials = ReturnType<typeof createCredentials>;

/**
 * A window with a remote host keeps its secrets on the machine of the editor, as the local windows
 * do. In the browser each window has secrets of its own, so nothing can be announced there.
 */
function hostsOf({ context }: Ground) {
  if (vscode.env.uiKind === vscode.UIKind.Web) return {};
  return { hosts: { secrets: context.secrets, isRemote: vscode.env.remoteName !== undefined } };
}

/** In the browser each window has secrets of its own; there they are made one. */
function secretsOf({ context, lifetime, log, leases, sharedFile }: Ground) {
  if (vscode.env.uiKind !== vscode.UIKind.Web) return context.secrets;
  const shared = sharedFile('secrets', sealedSecretsSchema, noSealedSecrets);
  return lifetime.add(
    createSharedSecrets({
      secrets: context.secrets,
      shared,
      leases,
      log,
      onStranded: tellStranded,
    }),
  );
}
