import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import { toImportedCredential, type ReadCodexLogin } from '../core/auth/codexLogin.ts';
import { credentialLabel, type CredentialStore } from '../core/auth/credential.ts';

export interface LoginImport {
  /** Whether the Codex CLI has a login that is good. False until it was looked for. */
  isOffered(): boolean;
  readonly onDidChangeOffer: Event<void>;
  /** Looks for it again. */
  look(): Promise<void>;
  /** Takes the login over, after asking. Gives the credential's id; undefined when nothing was. */
  run(): Promise<string | undefined>;
}

/** Signing in with the access token of the Codex CLI. Its file is only read, and never sent on. */
export function createLoginImport(deps: {
  store: CredentialStore;
  read: ReadCodexLogin;
  /** Logins of others are of no use: their tokens go nowhere else. */
  issuer: () => string;
  clock: Clock;
  log: Log;
}): LoginImport {
  const { store, read, issuer, clock, log } = deps;
  const change = createEmitter<void>();
  const never = new AbortController().signal;
  let isOffered = false;
  return {
    isOffered: () => isOffered,
    onDidChangeOffer: change.event,
    async look() {
      const isThere = (await read(never))?.issuer === issuer();
      if (isThere === isOffered) return;
      isOffered = isThere;
      change.fire();
    },
    async run() {
      const login = await read(never);
      if (!login) {
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            'The Codex CLI has no login that is still good. Run "codex login" there, or sign in here.',
          ),
        );
        return undefined;
      }
      if (login.issuer !== issuer()) {
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            'The login of the Codex CLI belongs to {0}, which is not the issuer in the settings. Sign in here instead.',
            login.issuer,
          ),
        );
        return undefined;
      }
      const credential = toImportedCredential(login, clock.now());
      const use = vscode.l10n.t('Use This Login');
      const detail = vscode.l10n.t(
        'Its access token is copied into the secret storage of VS Code. It is never refreshed from here, and nothing of the Codex CLI is changed: when the token runs out, Codex Chat looks whether the CLI has a new one.',
      );
      const question = vscode.l10n.t(
        'Use the login of the Codex CLI for {0}?',
        credentialLabel(credential),
      );
      const options = { modal: true, detail };
      if ((await vscode.window.showInformationMessage(question, options, use)) !== use) {
        return undefined;
      }
      await store.put(credential);
      log.info('took over the login of the Codex CLI');
      return credential.id;
    },
  };
}
