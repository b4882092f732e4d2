import * as vscode from 'vscode';

/** Where a link leads: a chat, and a turn in it if the link names one. */
export interface ChatLink {
  readonly chatId: string;
  readonly turnId: string | undefined;
}

const idForm = /^[\w-]{1,100}$/;

/** `vscode://codex-chat.codex-chat/chat/<id>?turn=<id>`. */
export function chatLink(extensionId: string, { chatId, turnId }: ChatLink): vscode.Uri {
  return vscode.Uri.from({
    scheme: vscode.env.uriScheme,
    authority: extensionId,
    path: `/chat/${chatId}`,
    ...(turnId === undefined ? {} : { query: `turn=${turnId}` }),
  });
}

/** Undefined for another address. Ids have letters, digits and hyphens alone, so none is a path. */
export function readChatLink({ path, query }: Pick<vscode.Uri, 'path' | 'query'>) {
  const chatId = /^\/chat\/([^/]+)\/?$/.exec(path)?.[1];
  if (chatId === undefined || !idForm.test(chatId)) return undefined;
  const turnId = new URLSearchParams(query).get('turn') ?? undefined;
  const isTurn = turnId !== undefined && idForm.test(turnId);
  return { chatId, turnId: isTurn ? turnId : undefined };
}
