import type * as vscode from 'vscode';

let deactivateExtension: (() => Promise<void> | undefined) | undefined;

/**
 * Loads the extension and activates it, each in a turn of the event loop of its own: the editor
 * measures and waits for this call while it starts, and the other extensions run in between. The
 * editor opens views and runs commands after the promise has resolved.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const closed = new AbortController();
  context.subscriptions.push({ dispose: () => closed.abort() });
  await nextTurn();
  const loaded = await import('./extension.ts');
  await nextTurn();
  if (closed.signal.aborted) return;
  loaded.activate(context);
  deactivateExtension = loaded.deactivate;
}

export function deactivate(): Promise<void> | undefined {
  return deactivateExtension?.();
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
