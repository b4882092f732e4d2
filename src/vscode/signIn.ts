import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';
import type { Http } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import type { Credential, CredentialStore } from '../core/auth/credential.ts';
import { AuthError } from '../core/auth/errors.ts';
import type { OpenListener } from '../core/auth/redirect.ts';
import { signIn, signInLimitMs } from '../core/auth/signIn.ts';

/** How the sign-in stands, for the panel. */
export type SignInState =
  | { kind: 'idle'; /** Why the last one failed, for people. */ problem?: string }
  | { kind: 'running'; startedAtMs: number; endsAtMs: number };

/** Signing in from the editor. There is one at a time: who asks meanwhile shares it. */
export interface SignIn extends Disposable {
  state(): SignInState;
  readonly onDidChangeState: Listen<void>;
  /**
   * Resolves once the credential is stored. What fails is shown to the person here; rejects with
   * AuthError then, and with `vscode.CancellationError` when the person cancelled.
   */
  run(): Promise<Credential>;
  cancel(): void;
}

export interface SignInNeeds {
  store: CredentialStore;
  http: Http;
  clock: Clock;
  issuer: () => string;
  openListener: OpenListener;
  log: Log;
  /** What the button under an error does: the command that signs in. */
  tryAgain: () => void;
  /** Whether the panel is in sight: it tells the failure itself, with the way to try again. */
  isToldInPanel: () => boolean;
}

/** Link in the progress notification; registered only while a sign-in runs. */
const copyCommand = 'codexChat.copySignInAddress';

export function createSignIn(needs: SignInNeeds): SignIn {
  const changes = createEmitter<void>(() => needs.log.error('a listener to the sign-in failed'));
  let state: SignInState = { kind: 'idle' };
  let running: { result: Promise<Credential>; abort: AbortController } | undefined;

  function setState(next: SignInState): void {
    state = next;
    changes.fire();
  }

  async function attempt(abort: AbortController): Promise<Credential> {
    const startedAtMs = needs.clock.now();
    setState({ kind: 'running', startedAtMs, endsAtMs: startedAtMs + signInLimitMs });
    try {
      const credential = await withProgress(needs, abort);
      setState({ kind: 'idle' });
      needs.log.info('signed in');
      return credential;
    } catch (error) {
      const problem = explain(error, needs, abort.signal);
      setState(problem === undefined ? { kind: 'idle' } : { kind: 'idle', problem });
      throw problem === undefined ? new vscode.CancellationError() : error;
    } finally {
      running = undefined;
    }
  }

  return {
    state: () => state,
    onDidChangeState: changes.listen,
    run() {
      if (!running) {
        const abort = new AbortController();
        // Begins a tick later, so that whoever listens to the state already finds it running.
        running = { abort, result: Promise.resolve().then(() => attempt(abort)) };
      }
      return running.result;
    },
    cancel: () => running?.abort.abort(),
    dispose: () => running?.abort.abort(),
  };
}

/** Shows the failure and gives its sentence; undefined when the person cancelled. */
function explain(error: unknown, needs: SignInNeeds, signal: AbortSignal): string | undefined {
  if (signal.aborted) {
    needs.log.info('sign-in cancelled');
    return undefined;
  }
  const known = error instanceof AuthError;
  const kind = known ? error.failure.kind : error instanceof Error ? error.name : typeof error;
  needs.log.warn(`sign-in failed: ${kind}`);
  const sentence = known
    ? error.message
    : vscode.l10n.t('Sign-in failed for a reason that Codex Chat does not know. Try again.');
  if (!needs.isToldInPanel()) void offerAnother(sentence, needs.tryAgain);
  return sentence;
}

async function offerAnother(sentence: string, tryAgain: () => void): Promise<void> {
  const again = vscode.l10n.t('Try Again');
  if ((await vscode.window.showErrorMessage(sentence, again)) === again) tryAgain();
}

function withProgress(needs: SignInNeeds, abort: AbortController): PromiseLike<Credential> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Signing in to Codex'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    let address = '';
    const copying = vscode.commands.registerCommand(copyCommand, () =>
      vscode.env.clipboard.writeText(address),
    );
    const cancelling = token.onCancellationRequested(() => abort.abort());
    const openBrowser = (page: string) => {
      address = page;
      const link = `[${vscode.l10n.t('Copy the address')}](command:${copyCommand})`;
      const message = vscode.l10n.t('Go on in your browser. No page there? {0}', link);
      progress.report({ message });
      void open(page, abort.signal, needs.log);
    };
    try {
      const { http, clock, openListener, store } = needs;
      const save = (credential: Credential) => store.put(credential);
      const ports = { http, clock, random, openListener, openBrowser, save };
      return await signIn({ ...ports, issuer: needs.issuer() }, abort.signal);
    } finally {
      cancelling.dispose();
      copying.dispose();
    }
  });
}

/** Opens the page. If the browser cannot be opened, the address is offered, and we wait on. */
async function open(page: string, signal: AbortSignal, log: Log): Promise<void> {
  let opened = false;
  try {
    opened = await vscode.env.openExternal(vscode.Uri.parse(page, true));
  } catch {
    log.warn('the browser could not be opened');
  }
  if (opened || signal.aborted) return;
  const copy = vscode.l10n.t('Copy Address');
  const message = vscode.l10n.t(
    'The sign-in page was not opened. Copy its address into a browser on this machine to go on.',
  );
  if ((await vscode.window.showWarningMessage(message, copy)) === copy) {
    await vscode.env.clipboard.writeText(page);
  }
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
