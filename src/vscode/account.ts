import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import {
  credentialLabel,
  isSignedIn,
  type Credential,
  type CredentialStore,
} from '../core/auth/credential.ts';
import { describeAuthFailure } from '../core/auth/errors.ts';
import type { AccountView } from '../protocol.ts';
import type { SignIn } from './signIn.ts';
import type { LoginImport } from './signInImport.ts';
import { signingInView } from './signInView.ts';

/** The account in use: the chosen one, else the first that is signed in. Holds no token. */
export interface AccountInUse {
  id: string;
  label: string;
  plan?: string;
}

export interface Account extends Disposable {
  /** Undefined while signed out, and until the store was read for the first time. */
  current(): AccountInUse | undefined;
  view(): AccountView;
  choose(id: string): Promise<void>;
  /** Resolves when the store was read for the first time. */
  readonly ready: Promise<void>;
  readonly onDidChange: Listen<void>;
}

const chosenKey = 'codexChat.account';

export function createAccount(needs: {
  store: CredentialStore;
  signIn: SignIn;
  loginImport: LoginImport;
  memento: vscode.Memento;
  log: Log;
}): Account {
  const { store, signIn, loginImport, memento, log } = needs;
  const lifetime = new Disposables();
  const change = createEmitter<void>((error) => log.error(`account listener: ${String(error)}`));
  let current: AccountInUse | undefined;
  let ended: Credential | undefined;
  let reading = Promise.resolve();

  async function read(): Promise<void> {
    let list: readonly Credential[];
    try {
      list = await store.list();
    } catch {
      log.error('the secret storage cannot be read');
      return;
    }
    const open = list.filter(isSignedIn);
    const chosen = open.find(({ id }) => id === memento.get(chosenKey)) ?? open[0];
    const next = chosen && toAccount(chosen);
    const nextEnded = chosen ? undefined : list.find((credential) => !isSignedIn(credential));
    const isSame = JSON.stringify(next) === JSON.stringify(current) && nextEnded?.id === ended?.id;
    current = next;
    ended = nextEnded;
    if (isSame) return;
    await vscode.commands.executeCommand('setContext', 'codexChat.signedIn', next !== undefined);
    change.fire();
  }

  /** One reading after the other, so that the last one is the latest. */
  const readAgain = () => (reading = reading.then(read));
  lifetime.add(store.onDidChange(() => void readAgain()));
  lifetime.add(signIn.onDidChangeState(() => change.fire()));
  lifetime.add(loginImport.onDidChangeOffer(() => change.fire()));

  return {
    ready: readAgain(),
    current: () => current,
    onDidChange: change.listen,
    view() {
      const state = signIn.state();
      if (state.kind === 'running') {
        return signingInView(state);
      }
      if (current) {
        const { label, plan } = current;
        return { state: 'signedIn', label, ...(plan === undefined ? {} : { plan }) };
      }
      const problem = state.problem ?? (ended && endedWords(ended));
      return {
        state: 'signedOut',
        ...(problem === undefined ? {} : { problem }),
        ...(loginImport.isOffered() ? { hasCodexLogin: true } : {}),
      };
    },
    async choose(id) {
      await memento.update(chosenKey, id);
      await readAgain();
    },
    dispose: () => lifetime.dispose(),
  };
}

function toAccount(credential: Credential): AccountInUse {
  const { id, plan } = credential;
  return { id, label: credentialLabel(credential), ...(plan === undefined ? {} : { plan }) };
}

function endedWords({ signedOutReason }: Credential): string | undefined {
  return signedOutReason && describeAuthFailure({ kind: 'sessionEnded', reason: signedOutReason });
}
