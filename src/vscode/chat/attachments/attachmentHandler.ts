import * as vscode from 'vscode';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { Disposable } from '../../../base/disposables.ts';
import { toAttachmentView } from '../../../core/conversations/attachments/attachmentView.ts';
import type { DraftAttachments } from '../../../core/conversations/attachments/draft.ts';
import type { Prompt } from '../../../core/conversations/prompt.ts';
import { mostImageBytes, readImageHeader } from '../../../shared/images.ts';
import type { AttachmentRequest } from '../../../shared/protocol/messages.ts';
import type { UnsequencedMessage } from '../messageBatcher.ts';
import type { AttachmentFiles } from './attachmentFiles.ts';
import { fileSource, refused, sourceOfBytes, type Source } from './fileAttachment.ts';
import { folderSource, readSources } from './sources.ts';

export interface AttachmentHandlerDeps {
  draft: DraftAttachments;
  files: Pick<AttachmentFiles, 'open'>;
  /** A file of the workspace by its path; undefined for any other one. */
  find: (path: string) => Promise<vscode.Uri | undefined>;
  newId: () => string;
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
  /** The view reads images itself, and gives them back as `attachment/image`. */
  const take = async (source: Source, id?: string) => {
    if (source.kind === 'refused') return refuse(source.reason, id);
    if (source.kind === 'image') {
      const { name, path, data } = source;
      return tell({ type: 'attachment/readImage', name, path, data });
    }
    if (source.kind === 'nothing') return undefined;
    const body = new TextEncoder().encode(source.text);
    return refuse(await draft.add(id ?? deps.newId(), source.attachment, body), id);
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
        case 'attachment/file':
          return take(sourceOfBytes(message.name, message.name, message.data), message.id);
        case 'attachment/uris':
          for (const uri of message.uris) await take(await droppedSource(uri, deps.find));
          return undefined;
        case 'attachment/pick':
          for (const source of await readSources(message.source)) await take(source);
          return undefined;
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
      }
    },
  };
}

/** What is dropped comes from the page, so only files of the workspace are read. */
async function droppedSource(
  address: string,
  find: AttachmentHandlerDeps['find'],
): Promise<Source> {
  const uri = parseUri(address);
  const name = uri?.path.slice(uri.path.lastIndexOf('/') + 1) ?? address.slice(0, 100);
  const found = uri && (await find(uri.fsPath.replaceAll('\\', '/')));
  if (found) return fileSource(found);
  const folder = uri && (await folderOfWorkspace(uri));
  if (folder) return folderSource(folder);
  return refused(
    vscode.l10n.t(
      '{0} was not attached: it is not a file of this workspace. Use Attach > Files and images instead.',
      name,
    ),
  );
}

function parseUri(address: string): vscode.Uri | undefined {
  try {
    return vscode.Uri.parse(address, true);
  } catch {
    return undefined;
  }
}

async function folderOfWorkspace(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  if (!vscode.workspace.getWorkspaceFolder(uri)) return undefined;
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return type === vscode.FileType.Directory ? uri : undefined;
  } catch {
    return undefined;
  }
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
