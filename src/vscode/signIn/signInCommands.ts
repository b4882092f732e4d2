import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { CredentialKind } from '../../core/auth/credential.ts';
import { describePasteProblem } from '../../core/auth/signIn/redirectInputProblem.ts';
import type { SignIn } from './signIn.ts';

export interface SignInCommandDeps {
  signIn: SignIn;
  /** Takes over the login of the Codex CLI, after asking. Id of the credential; undefined for none. */
  importLogin: () => Promise<string | undefined>;
  /** Asks for a key of the OpenAI API. Id of the credential; undefined for none. */
  enterApiKey: () => Promise<string | undefined>;
  /** Makes it the account that is used first. */
  choose: (credentialId: string) => Promise<void>;
}

/** What lets an account of this kind in again. */
export const signInCommand = (kind?: CredentialKind) =>
  kind === 'apiKey' ? 'codexChat.useApiKey' : 'codexChat.signIn';

/** The other ways to sign in, as commands: for the palette, and for links in the notification. */
export function registerSignInCommands(deps: SignInCommandDeps): Disposable {
  const { signIn } = deps;
  const lifetime = new Disposables();
  const takeIntoUse = async (id: string | undefined) => {
    if (id !== undefined) await deps.choose(id);
  };
  const table: Record<string, () => unknown> = {
    'codexChat.signInWithCode'() {
      signIn.prefer('code');
      if (signIn.state().kind === 'idle') return run('codexChat.signIn');
      return undefined;
    },
    'codexChat.openSignInPage'() {
      const state = signIn.state();
      if (state.kind === 'running') signIn.openPage(state.attempt.lead);
    },
    'codexChat.copySignInAddress': () => signIn.copyAddress(),
    'codexChat.pasteSignInAddress': () => askForAddress(signIn),
    'codexChat.useCodexLogin': async () => takeIntoUse(await deps.importLogin()),
    'codexChat.useApiKey': async () => takeIntoUse(await deps.enterApiKey()),
  };
  for (const [id, act] of Object.entries(table)) {
    lifetime.add(vscode.commands.registerCommand(id, act));
  }
  let wasRunning = false;
  lifetime.add(
    signIn.onDidChangeState(() => {
      const isRunning = signIn.state().kind === 'running';
      if (isRunning === wasRunning) return;
      wasRunning = isRunning;
      void run('setContext', 'codexChat.signingIn', isRunning);
    }),
  );
  return lifetime;
}

const run = (command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand(command, ...args);

/** Asks until the text is of use or the person gives up; goes away when another way was faster. */
async function askForAddress(signIn: SignIn): Promise<void> {
  const over = new vscode.CancellationTokenSource();
  const listening = signIn.onDidChangeState(() => {
    if (signIn.state().kind === 'idle') over.cancel();
  });
  try {
    let value = '';
    for (;;) {
      const state = signIn.state();
      if (state.kind === 'idle') return;
      const { pasteProblem } = state.attempt;
      const prompt = vscode.l10n.t(
        'The URL that the browser shows after sign-in, even if the page can’t be reached',
      );
      const text = await vscode.window.showInputBox(
        {
          title: vscode.l10n.t('Paste the redirect URL'),
          prompt: value === '' || !pasteProblem ? prompt : describePasteProblem(pasteProblem),
          value,
          ignoreFocusOut: true,
        },
        over.token,
      );
      if (text === undefined) return;
      value = text;
      signIn.paste(text);
      const after = signIn.state();
      if (after.kind === 'idle' || after.attempt.pasteProblem === undefined) return;
    }
  } finally {
    listening.dispose();
    over.dispose();
  }
}
