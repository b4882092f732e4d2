import * as vscode from 'vscode';
import type { Clock } from '../../base/async/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Credential, CredentialStore } from '../../core/auth/credential.ts';
import { AuthError } from '../../core/auth/errors.ts';
import type { OpenListener } from '../../core/auth/signIn/redirect.ts';
import { signIn, type SignInAttempt } from '../../core/auth/signIn/signIn.ts';
import type { SignInProgress as AttemptState } from '../../core/auth/signIn/signInRace.ts';
import {
  hostEnvironmentOf,
  planSignIn,
  type SignInMethod,
} from '../../core/auth/signIn/signInMethods.ts';
import { withNotice } from './signInNotice.ts';
import { openPage } from './signInPage.ts';

/** How the sign-in stands, for the panel. */
export type SignInState =
  | { kind: 'idle'; /** Why the last one failed, for people. */ problem?: string }
  | { kind: 'running'; attempt: AttemptState; mayNotComeBack: boolean };

/** Signing in from the editor. There is one at a time: who asks meanwhile shares it. */
export interface SignIn extends Disposable {
  state(): SignInState;
  readonly onDidChangeState: Event<void>;
  /**
   * Resolves once the credential is stored. What fails is shown to the person here; rejects with
   * AuthError then, and with `vscode.CancellationError` when the person cancelled.
   */
  run(): Promise<Credential>;
  /** Goes over to this way now, or begins the next sign-in with it. */
  prefer(way: SignInMethod): void;
  /** Opens the sign-in page, or the page where the code is typed, which is copied first. */
  openPage(way: SignInMethod): void;
  copyAddress(): void;
  /** Takes what was copied from the browser at the end of the sign-in. */
  paste(text: string): void;
  cancel(): void;
}

export interface SignInDeps {
  store: CredentialStore;
  http: Http;
  clock: Clock;
  issuer: () => string;
  openListener: OpenListener;
  log: Log;
  userAgent?: string;
  /** What the button under an error does: the command that signs in. */
  tryAgain: () => void;
  /** Whether the panel is in sight: it shows the sign-in and tells the failure itself. */
  isToldInPanel: () => boolean;
}

interface Running {
  readonly abort: AbortController;
  readonly result: Promise<Credential>;
  attempt?: SignInAttempt;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { log } = deps;
  const changes = createEmitter<void>(() => log.error('a listener to the sign-in failed'));
  const place = hostEnvironmentOf(vscode.env.remoteName, vscode.env.uiKind === vscode.UIKind.Web);
  let state: SignInState = { kind: 'idle' };
  let running: Running | undefined;
  let wanted: SignInMethod | undefined;

  function setState(next: SignInState): void {
    state = next;
    changes.fire();
  }

  function start({ signal }: AbortController): SignInAttempt {
    const plan = wanted === undefined ? planSignIn(place) : { first: wanted };
    wanted = undefined;
    log.info(`sign-in begins with the ${plan.first} (${place})`);
    const openBrowser = (page: string) => void open(page, signal);
    const onChange = (attempt: AttemptState) =>
      setState({ mayNotComeBack: false, ...state, kind: 'running', attempt });
    return signIn({ ...portsOf(deps), plan, openBrowser, onChange }, signal);
  }

  /** Tells in the panel when the browser is unlikely to come back by itself. */
  async function open(page: string, signal: AbortSignal): Promise<void> {
    const comesBack = await openPage(page, place, signal, log);
    if (state.kind === 'running' && !comesBack) setState({ ...state, mayNotComeBack: true });
  }

  async function attemptOnce(run: Running): Promise<Credential> {
    try {
      const attempt = start(run.abort);
      run.attempt = attempt;
      setState({ kind: 'running', attempt: attempt.state(), mayNotComeBack: false });
      const credential = deps.isToldInPanel()
        ? await attempt.result
        : await withNotice(attempt, changes.event, run.abort);
      setState({ kind: 'idle' });
      log.info('signed in');
      return credential;
    } catch (error) {
      const problem = explain(error, deps, run.abort.signal);
      setState(problem === undefined ? { kind: 'idle' } : { kind: 'idle', problem });
      throw problem === undefined ? new vscode.CancellationError() : error;
    } finally {
      running = undefined;
    }
  }

  function begin(): Promise<Credential> {
    const abort = new AbortController();
    const run: Running = {
      abort,
      // Begins a tick later, so that whoever listens to the state already finds it running.
      result: Promise.resolve().then(() => attemptOnce(run)),
    };
    running = run;
    return run.result;
  }

  return {
    state: () => state,
    onDidChangeState: changes.event,
    run: () => running?.result ?? begin(),
    prefer(way) {
      if (!running) wanted = way;
      else if (way === 'code') running.attempt?.useCode();
    },
    openPage: (way) => void showPage(way, running, open),
    copyAddress: () => copy(running?.attempt?.state().address),
    paste: (text) => running?.attempt?.paste(text),
    cancel() {
      wanted = undefined;
      running?.abort.abort();
    },
    dispose: () => running?.abort.abort(),
  };
}

function portsOf({ http, clock, openListener, store, userAgent, issuer }: SignInDeps) {
  return {
    http,
    clock,
    random,
    openListener,
    save: (credential: Credential) => store.put(credential),
    issuer: issuer(),
    ...omitUndefined({ userAgent }),
  };
}

function copy(text: string | undefined): void {
  if (text !== undefined) void vscode.env.clipboard.writeText(text);
}

async function showPage(
  way: SignInMethod,
  running: Running | undefined,
  open: (page: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (!running?.attempt) return;
  const { code, address } = running.attempt.state();
  if (way === 'code' && code) {
    await vscode.env.clipboard.writeText(code.text);
    await vscode.env.openExternal(vscode.Uri.parse(code.page, true));
  } else if (way === 'browser' && address !== undefined) {
    await open(address, running.abort.signal);
  }
}

/** Shows the failure and gives its sentence; undefined when the person cancelled. */
function explain(error: unknown, deps: SignInDeps, signal: AbortSignal): string | undefined {
  if (signal.aborted) {
    deps.log.info('sign-in cancelled');
    return undefined;
  }
  const known = error instanceof AuthError;
  const kind = known ? error.failure.kind : error instanceof Error ? error.name : typeof error;
  deps.log.warn(`sign-in failed: ${kind}`);
  const sentence = known
    ? error.message
    : vscode.l10n.t('Sign-in failed for an unknown reason. Try again.');
  if (!deps.isToldInPanel()) void offerAnother(sentence, deps.tryAgain);
  return sentence;
}

async function offerAnother(sentence: string, tryAgain: () => void): Promise<void> {
  const again = vscode.l10n.t('Try Again');
  if ((await vscode.window.showErrorMessage(sentence, again)) === again) tryAgain();
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
