import { readSlashCommand } from '../../core/chat/slashCommand.ts';
import * as vscode from 'vscode';
import { traceError } from '../../base/describeError.ts';
import type { Log } from '../../base/log.ts';
import type { Session } from '../../core/chat/session.ts';
import { isShownText } from '../../core/chat/turn/shownText.ts';
import type { PromptSubmission } from '../../core/chat/promptSubmission.ts';
import type { AttachmentHandler } from './attachments/attachmentHandler.ts';
import type {
  AttachmentRequest,
  FromWebview,
  HistoryRequest,
  UsageRequest,
} from '../../shared/protocol/messages.ts';
import type { FileQuestions } from './fileQuestions.ts';
import type { WorkspaceFiles } from './workspaceFiles.ts';
import { insertAtCursor, openLink, openNewFile } from './editing.ts';
import type { ModelChoice } from './modelChoice.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { suggestions } from './suggestions.ts';

export interface ChatMessageHandlerDeps {
  /** The chat that is shown. */
  chat: () => { readonly session: Session; readonly sending: Sending };
  startNew: () => void;
  signIn: Pick<
    SignIn,
    'state' | 'onDidChangeState' | 'openPage' | 'copyAddress' | 'paste' | 'cancel'
  >;
  choice: Pick<ModelChoice, 'pick'>;
  /** What the Usage page and its kin ask for. */
  usage: (request: UsageRequest) => unknown;
  /** What is asked about stored chats, branches and waiting messages. */
  history: (request: HistoryRequest) => unknown;
  attachments: Pick<AttachmentHandler, 'handle' | 'send'>;
  files: Pick<WorkspaceFiles, 'open'>;
  fileQuestions: Pick<FileQuestions, 'ask'>;
  log: Log;
}

type Sending = Pick<PromptSubmission, 'send' | 'answer' | 'retryWith' | 'resume'>;

/** Does what the chat view asks for. */
export function createChatMessageHandler(
  deps: ChatMessageHandlerDeps,
): (message: FromWebview) => void {
  const { log } = deps;
  return (message) => {
    Promise.resolve(act(message, deps)).catch((error: unknown) => {
      log.error(`${message.type}: ${traceError(error)}`);
      if (message.type === 'usage/act') tellVain();
    });
  };
}

/** The page itself shows only that nothing has changed. */
function tellVain(): void {
  const words = vscode.l10n.t('The action failed. See the log for details.');
  void vscode.window.showErrorMessage(words);
}

function act(message: FromWebview, deps: ChatMessageHandlerDeps): unknown {
  const { signIn } = deps;
  const { session, sending } = deps.chat();
  switch (message.type) {
    case 'ready':
      return undefined;
    case 'prompt/send':
      if (readSlashCommand(message.text) === 'compact' && !message.attachments?.length) {
        return session.compaction.start('command');
      }
      return sendPrompt(message.text, message.attachments ?? [], deps.attachments, sending);
    case 'compaction/start':
      return session.compaction.start('command');
    case 'compaction/stop':
      return session.compaction.stop();
    case 'compaction/restore':
      return session.compaction.restore(message.id);
    case 'turn/stop':
      return session.stop();
    case 'turn/retry':
      return sending.retryWith(message.turnId, { kind: 'send' });
    case 'turn/continue':
      return sending.resume(message.turnId);
    case 'retry/now':
      return session.retryNow(message.turnId);
    case 'chat/new':
      return deps.startNew();
    case 'suggestion/pick':
      return pickSuggestion(message.id, sending);
    case 'model/pick':
      return deps.choice.pick(message.slug, message.effort);
    case 'account/signIn':
      return signInFromPanel(signInCommands[message.by ?? 'browser'], signIn);
    case 'account/openPage':
      return signIn.openPage(message.way);
    case 'account/copyAddress':
      return signIn.copyAddress();
    case 'account/paste':
      return message.text === undefined
        ? run('codexChat.pasteSignInAddress')
        : signIn.paste(message.text);
    case 'account/cancelSignIn':
      return signIn.cancel();
    case 'failure/copyDetails':
      return copyDetails(message.turnId, session);
    case 'log/show':
      return run('codexChat.showLog');
    case 'quota/show':
      return run('codexChat.showQuota');
    case 'privacy/show':
      return run('codexChat.showPrivacy');
    case 'link/open':
      return openLink(message.url, message.label, answerOf(message.turnId, session));
    case 'files/ask':
      return deps.fileQuestions.ask(message.references);
    case 'file/open':
      return deps.files.open(message.reference);
    case 'clipboard/write':
      return withShownText(message.text, deps, (text) => vscode.env.clipboard.writeText(text));
    case 'code/insert':
      return withShownText(message.text, deps, (text) => insertAtCursor(text, message.language));
    case 'code/newFile':
      return withShownText(message.text, deps, (text) => openNewFile(text, message.language));
    case 'view/error':
      return deps.log.error(`chat view: ${message.message}`);
    case 'warning/answer':
      return sending.answer(message.id, message.action);
    case 'failure/limitAction':
      return sending.retryWith(message.turnId, message.action);
    default:
      if (isAboutAttachments(message)) return deps.attachments.handle(message);
      return isUsageRequest(message) ? deps.usage(message) : deps.history(message);
  }
}

function isUsageRequest(message: UsageRequest | HistoryRequest): message is UsageRequest {
  return message.type.startsWith('usage/') || message.type.startsWith('scheduled/');
}

function isAboutAttachments(
  message: AttachmentRequest | HistoryRequest | UsageRequest,
): message is AttachmentRequest {
  return message.type.startsWith('attachment/');
}

function sendPrompt(
  text: string,
  ids: readonly string[],
  attachments: ChatMessageHandlerDeps['attachments'],
  sending: Sending,
): unknown {
  if (ids.length > 0) return attachments.send(text, ids);
  return text === '' ? undefined : sending.send({ text, attachments: [] });
}

/** Does it with text that the panel shows, and with no other: see {@link isShownText}. */
function withShownText(
  text: string,
  { chat, signIn, log }: ChatMessageHandlerDeps,
  use: (text: string) => unknown,
): unknown {
  const state = signIn.state();
  const code = state.kind === 'running' ? state.attempt.code?.text : undefined;
  if (text === code || isShownText(text, chat().session.turns())) return use(text);
  log.error('the chat view asked for text that is in no turn of the chat');
  const words = vscode.l10n.t('That text is no longer in the chat, so nothing was done.');
  return void vscode.window.showWarningMessage(words);
}

const signInCommands = {
  browser: 'codexChat.signIn',
  code: 'codexChat.signInWithCode',
  codexLogin: 'codexChat.useCodexLogin',
} as const;

/**
 * Runs a sign-in and gives the focus back to the panel, where it goes on, once it has begun: VS Code
 * asks for consent in a dialog, and after that nothing in the window has the focus.
 */
async function signInFromPanel(
  command: string,
  signIn: ChatMessageHandlerDeps['signIn'],
): Promise<void> {
  const listening = signIn.onDidChangeState(() => {
    if (signIn.state().kind !== 'running') return;
    listening.dispose();
    void run('codexChat.focus');
  });
  try {
    await run(command);
  } finally {
    listening.dispose();
  }
}

function run(command: string): Thenable<unknown> {
  return vscode.commands.executeCommand(command);
}

function pickSuggestion(id: string, sending: Pick<PromptSubmission, 'send'>): void {
  const picked = suggestions().find(({ view }) => view.id === id);
  if (picked) sending.send(picked.prompt());
}

async function copyDetails(turnId: string, session: Session): Promise<void> {
  const details = session.details(turnId);
  if (details !== undefined) await vscode.env.clipboard.writeText(details);
}

/** Everything that the model wrote in a turn, for the look-up of a link. */
function answerOf(turnId: string, session: Session): string {
  const turn = session.turns().find(({ id }) => id === turnId);
  return (turn?.parts ?? []).map((part) => ('text' in part ? part.text : part.detail)).join('\n');
}
