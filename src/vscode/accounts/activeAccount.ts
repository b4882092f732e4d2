import * as vscode from 'vscode';
import { traceError } from '../../base/describeError.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { describeAuthFailure } from '../../core/auth/authFailureText.ts';
import { isSignedIn } from '../../core/pool/condition.ts';
import type { Pool } from '../../core/pool/pool.ts';
import type { PoolEntry } from '../../core/pool/accountList.ts';
import type { AccountView } from '../../shared/protocol/account.ts';
import type { AccountChoice } from './accountChoice.ts';
import type { SignIn } from '../signIn/signIn.ts';
import type { LoginImport } from '../signIn/signInImport.ts';
import { signingInView } from '../signIn/signInView.ts';

/** The account that the next question goes to. Holds no token. */
export interface AccountInUse {
  id: string;
  label: string;
  plan?: string;
}

export interface Account extends Disposable {
  /** Undefined while signed out, and until the store was read for the first time. */
  current(): AccountInUse | undefined;
  view(): AccountView;
  /** Makes it the account that is used first. */
  choose(id: string): Promise<void>;
  /** Resolves when the store was read for the first time. */
  readonly ready: Promise<void>;
  readonly onDidChange: Event<void>;
}

/** The pool as the panel and the menus see it: one account, or none. */
export function createAccount(deps: {
  pool: Pool;
  choice: Pick<AccountChoice, 'choose'>;
  signIn: Pick<SignIn, 'state' | 'onDidChangeState'>;
  loginImport: Pick<LoginImport, 'isOffered' | 'onDidChangeOffer'>;
  log: Log;
}): Account {
  const { pool, choice, signIn, loginImport, log } = deps;
  const lifetime = new Disposables();
  const change = createEmitter<void>((error) =>
    log.error(`account listener: ${traceError(error)}`),
  );
  let last: string | undefined;

  const current = (): AccountInUse | undefined => {
    const entry = pool.current();
    return entry && isSignedIn(entry) ? toAccount(entry) : undefined;
  };
  const ended = () => pool.entries().find((entry) => !isSignedIn(entry));

  /** The pool stirs with every figure of the quota; who is in use changes rarely. */
  const look = () => {
    const hasAccounts = pool.entries().length > 0;
    const next = JSON.stringify([current(), ended()?.id, hasAccounts]);
    if (next === last) return;
    last = next;
    const isUsed = current() !== undefined;
    void vscode.commands.executeCommand('setContext', 'codexChat.signedIn', isUsed);
    void vscode.commands.executeCommand('setContext', 'codexChat.hasAccounts', hasAccounts);
    change.fire();
  };
  lifetime.add(pool.onDidChange(look));
  lifetime.add(signIn.onDidChangeState(() => change.fire()));
  lifetime.add(loginImport.onDidChangeOffer(() => change.fire()));

  return {
    ready: pool.ready,
    current,
    onDidChange: change.event,
    view() {
      const state = signIn.state();
      if (state.kind === 'running') return signingInView(state);
      const inUse = current();
      if (inUse) {
        const { label, plan } = inUse;
        return { state: 'signedIn', label, ...omitUndefined({ plan }) };
      }
      const gone = ended();
      const words = gone && endedWords(gone);
      const problem = state.problem ?? (words && `${gone.label}: ${words}`);
      return {
        state: 'signedOut',
        ...omitUndefined({ problem }),
        ...(loginImport.isOffered() ? { hasCodexLogin: true } : {}),
        ...(vscode.env.remoteName === undefined ? {} : { isRemote: true }),
      };
    },
    async choose(id) {
      await choice.choose(id);
      pool.use(id);
    },
    dispose: () => lifetime.dispose(),
  };
}

function toAccount({ id, label, plan }: PoolEntry): AccountInUse {
  return { id, label, ...omitUndefined({ plan }) };
}

function endedWords({ condition }: PoolEntry): string | undefined {
  if (condition.kind === 'otherIssuer') return describeAuthFailure(condition);
  if (condition.kind !== 'signedOut') return undefined;
  return describeAuthFailure({ kind: 'sessionEnded', reason: condition.reason });
}
