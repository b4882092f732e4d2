import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ChatStore } from '../core/conversations/chatStore.ts';
import { importSession, type ImportedChats } from '../core/conversations/rollouts/importSession.ts';
import { accountTag } from '../node/accountTag.ts';
import { createRolloutFolder } from '../node/rollouts/rolloutFolder.ts';
import { importSessions } from '../vscode/chat/importSessions.ts';
import type { Services } from './services.ts';

/** Imports sessions of the Codex CLI. A module of its own, loaded when somebody asks for it. */
export async function importFromCodexCli(
  { platform, store: credentials }: Services,
  store: ChatStore,
  open: (chatId: string) => unknown,
): Promise<void> {
  const { context, clock, log } = platform;
  const folder = createRolloutFolder();
  const known = await credentials.list();
  const credentialOf = (accountId: string) => {
    const credential = known.find((one) => one.accountId === accountId);
    return credential && accountTag(credential.id);
  };
  const workspaceOf = (path: string) => vscode.Uri.file(path).toString();
  const imported = createImportedChats(context.globalState);
  await importSessions({
    folder,
    importSession: (heads, session, onProgress, signal) => {
      const deps = { folder, clock, credentialOf, store, imported, workspaceOf, onProgress };
      return importSession(heads, session, deps, signal);
    },
    open,
    now: clock.now,
    log,
  });
}

const key = 'codexChat.importedSessions';
const chatsByThread = z.record(z.string(), z.string());

function createImportedChats(memento: vscode.Memento): ImportedChats {
  const read = () => chatsByThread.safeParse(memento.get(key)).data ?? {};
  return {
    get: (thread) => new Map(Object.entries(read())).get(thread),
    set: (thread, chatId) => memento.update(key, { ...read(), [thread]: chatId }),
  };
}
