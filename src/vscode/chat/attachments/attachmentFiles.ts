import * as vscode from 'vscode';
import { createEmitter } from '../../../base/event.ts';
import type { Attachment } from '../../../core/conversations/attachments/attachment.ts';
import type { Blobs } from '../../../core/conversations/attachments/blobs.ts';

const scheme = 'codexchat-attachment';

/** Opens attachments in editors, which cannot change them. */
export interface AttachmentFiles extends vscode.Disposable {
  open(attachment: Attachment): Promise<void>;
}

/** A file system of bodies by their content: the hash is the folder, the name is for people. */
export function createAttachmentFiles(blobs: Blobs): AttachmentFiles {
  const changes = createEmitter<vscode.FileChangeEvent[]>();
  const read = async ({ path }: vscode.Uri): Promise<Uint8Array> => {
    const [, hash = ''] = path.split('/');
    const body = await blobs.get(hash);
    if (!body) throw vscode.FileSystemError.FileNotFound(gone());
    return body;
  };
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions(vscode.l10n.t('Attachments cannot be changed.'));
  };
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changes.event,
    watch: () => ({ dispose() {} }),
    async stat(uri) {
      const { length } = await read(uri);
      return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: length };
    },
    readFile: read,
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  const registered = vscode.workspace.registerFileSystemProvider(scheme, provider, {
    isReadonly: true,
    isCaseSensitive: true,
  });
  return {
    async open(attachment) {
      const blob = await blobOf(attachment, blobs);
      if (!(await blobs.get(blob))) {
        void vscode.window.showWarningMessage(gone());
        return;
      }
      const uri = vscode.Uri.from({ scheme, path: `/${blob}/${fileName(attachment)}` });
      await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
    },
    dispose: () => registered.dispose(),
  };
}

const gone = () => vscode.l10n.t('This attachment is no longer stored.');

async function blobOf(attachment: Attachment, blobs: Pick<Blobs, 'put'>): Promise<string> {
  if (!('text' in attachment)) return attachment.blob;
  return blobs.put(new TextEncoder().encode(attachment.text));
}

const endings: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
};

/** The end of the name decides which editor opens it, so it must say what is in the body. */
function fileName(attachment: Attachment): string {
  const name = attachment.name.replaceAll(/[\p{Cc}/\\?#%:*"<>|]+/gu, ' ').trim() || 'attachment';
  if (attachment.kind === 'image') {
    return `${name.replace(/\.(png|jpe?g|gif|webp)$/i, '')}${endings[attachment.type] ?? ''}`;
  }
  return attachment.kind === 'file' ? name : `${name}.txt`;
}
