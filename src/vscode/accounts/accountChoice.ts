import type * as vscode from 'vscode';
import * as z from 'zod/mini';

/** Which account the person wants to be used first. It is used whenever it can be. */
export interface AccountChoice {
  /** That of this workspace, else the one for all. */
  preferred(): string | undefined;
  /** The one that is for this workspace alone. */
  workspace(): string | undefined;
  choose(credentialId: string): Thenable<void>;
  chooseForWorkspace(credentialId: string | undefined): Thenable<void>;
}

const everywhereKey = 'codexChat.account';
const workspaceKey = 'codexChat.workspaceAccount';
const storedId = z.lazy(() => z.catch(z.optional(z.string()), undefined));

export function createAccountChoice(mementos: {
  everywhere: vscode.Memento;
  workspace: vscode.Memento;
}): AccountChoice {
  const read = (memento: vscode.Memento, key: string) => storedId.parse(memento.get(key));
  const workspace = () => read(mementos.workspace, workspaceKey);
  return {
    preferred: () => workspace() ?? read(mementos.everywhere, everywhereKey),
    workspace,
    choose: (id) => mementos.everywhere.update(everywhereKey, id),
    chooseForWorkspace: (id) => mementos.workspace.update(workspaceKey, id),
  };
}
