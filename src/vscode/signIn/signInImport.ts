import * as vscode from 'vscode';
import type { Clock } from '../../base/async/clock.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { toImportedCredential, type ReadCodexLogin } from '../../core/auth/codexLogin.ts';
import { credentialLabel, type CredentialStore } from '../../core/auth/credential.ts';

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
            'No valid Codex CLI sign-in was found. Run "codex login", or sign in here.',
          ),
        );
        return undefined;
      }
      if (login.issuer !== issuer()) {
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            'The Codex CLI is signed in with {0}, but the settings use a different issuer. Sign in here instead.',
            login.issuer,
          ),
        );
        return undefined;
      }
      const credential = toImportedCredential(login, clock.now());
      const use = vscode.l10n.t('Use This Sign-in');
      const detail = vscode.l10n.t(
        'Its access token is copied into VS Code’s secret storage. Codex Chat never refreshes it or changes the CLI’s files. When it expires, Codex Chat checks the CLI for a new one.',
      );
      const question = vscode.l10n.t(
        'Use the Codex CLI sign-in for {0}?',
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

/**
 * Looks for a login now, whenever the window gets the focus, for somebody may have signed in by the
 * CLI meanwhile, and when the settings change, for they name the issuer.
 */
export function watchCodexLogin(
  loginImport: Pick<LoginImport, 'look'>,
  onDidChangeSettings: Event<void>,
): Disposable {
  const lifetime = new Disposables();
  const look = () => void loginImport.look();
  lifetime.add(vscode.window.onDidChangeWindowState(({ focused }) => focused && look()));
  lifetime.add(onDidChangeSettings(look));
  look();
  return lifetime;
}
