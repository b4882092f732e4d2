import * as vscode from 'vscode';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { Disposable } from '../../../base/disposables.ts';
import { toAttachmentView } from '../../../core/conversations/attachments/attachmentView.ts';
import type { DraftAttachments } from '../../../core/conversations/attachments/draft.ts';
import type { Prompt } from '../../../core/conversations/prompt.ts';
import { readImageHeader } from '../../../shared/images.ts';
import { mostImageBytes } from '../../../shared/protocol/attachments.ts';
import type { AttachmentRequest } from '../../../shared/protocol/messages.ts';
import type { UnsequencedMessage } from '../messageBatcher.ts';
import type { AttachmentFiles } from './attachmentFiles.ts';

export interface AttachmentHandlerDeps {
  draft: DraftAttachments;
  files: Pick<AttachmentFiles, 'open'>;
  /** The prompt of a turn of the chat that is shown. */
  promptOf: (turnId: string) => Prompt | undefined;
  send: (prompt: Prompt) => void;
  /** Puts text that was not sent back into the message field. */
  giveBack: (text: string) => void;
  tell: (message: UnsequencedMessage) => void;
}

/** What the composer asks for about attachments, and sending with them. */
export interface AttachmentHandler extends Disposable {
  handle(message: AttachmentRequest): Promise<void> | void;
  /** Sends a prompt with these attachments of the draft. */
  send(text: string, ids: readonly string[]): Promise<void>;
  /** The view has forgotten all: it is told the attachments again. */
  tellAgain(): void;
}

export function createAttachmentHandler(deps: AttachmentHandlerDeps): AttachmentHandler {
  const { draft, tell } = deps;
  const tellList = () => tell({ type: 'attachments', list: draftView(draft) });
  const listening = draft.onDidChange(tellList);
  const refuse = (reason: string | undefined, id?: string) => {
    if (reason !== undefined)
      tell({ type: 'attachment/refused', reason, ...omitUndefined({ id }) });
  };
  const restore = async (references: readonly string[]) => {
    const gone = draft.list().length === 0 ? await draft.restore(references) : 0;
    tellList();
    if (gone > 0) refuse(vscode.l10n.t('Some attachments of your draft are no longer stored.'));
  };
  return {
    dispose: () => listening.dispose(),
    tellAgain: tellList,
    async send(text, ids) {
      const attachments = await draft.take(ids);
      if (attachments) return deps.send({ text, attachments });
      deps.giveBack(text);
      refuse(vscode.l10n.t('Not sent: an attachment is missing. Your message is kept here.'));
    },
    async handle(message) {
      switch (message.type) {
        case 'attachment/image':
          return refuse(await addImage(message, draft), message.id);
        case 'attachment/paste':
          return refuse(await addPaste(message, draft), message.id);
        case 'attachment/remove':
          return draft.remove(message.id);
        case 'attachment/restore':
          return restore(message.references);
        case 'attachment/open': {
          const entry = draft.list().find(({ id }) => id === message.id);
          return entry && deps.files.open(entry.attachment);
        }
        case 'attachment/openSent': {
          const attachment = deps.promptOf(message.turnId)?.attachments[message.at];
          return attachment && deps.files.open(attachment);
        }
        default:
          return undefined;
      }
    },
  };
}

const draftView = (draft: DraftAttachments) =>
  draft.list().map((entry) => ({
    id: entry.id,
    ...toAttachmentView(entry.attachment),
    reference: draft.reference(entry),
  }));

type MessageOf<Type extends AttachmentRequest['type']> = Extract<AttachmentRequest, { type: Type }>;

/** The view says what the image is; the bytes have to bear it out. */
async function addImage(
  { id, name, path, imageType, width, height, data, thumbnail }: MessageOf<'attachment/image'>,
  draft: DraftAttachments,
): Promise<string | undefined> {
  const header = readImageHeader(data);
  const isTrue = header?.type === imageType && header.width === width && header.height === height;
  if (!isTrue) return vscode.l10n.t('{0} could not be read as an image.', name);
  if (data.length > mostImageBytes) return vscode.l10n.t('{0} is too large.', name);
  const attachment = {
    kind: 'image' as const,
    name,
    path: path ?? name,
    type: imageType,
    width,
    height,
    ...omitUndefined({ thumbnail }),
  };
  return draft.add(id, attachment, data);
}

async function addPaste(
  { id, text }: MessageOf<'attachment/paste'>,
  draft: DraftAttachments,
): Promise<string | undefined> {
  const name = vscode.l10n.t('Pasted text');
  const attachment = { kind: 'paste' as const, name, path: 'pasted text', language: '' };
  return draft.add(id, attachment, new TextEncoder().encode(text));
}
