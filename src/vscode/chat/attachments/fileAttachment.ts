import * as vscode from 'vscode';
import { cutText } from '../../../core/conversations/attachments/cutText.ts';
import { decodeText } from '../../../core/conversations/attachments/decodeText.ts';
import type { NewAttachment } from '../../../core/conversations/attachments/draft.ts';
import { looksSecret } from '../../../core/conversations/attachments/secretFiles.ts';
import { formatNumber } from '../../../shared/format.ts';
import { readImageHeader } from '../../../shared/images.ts';
import { mostFileBytes } from '../../../shared/attachmentLimits.ts';

/** What there is to attach, an image that the view has to read first, or why there is nothing. */
export type Source =
  | { readonly kind: 'text'; readonly attachment: NewAttachment; readonly text: string }
  | {
      readonly kind: 'image';
      readonly name: string;
      readonly path: string;
      readonly data: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The user has changed their mind. */
  | { readonly kind: 'nothing' };

/** Longer files are cut. */
const mostFileChars = 200_000;

export const refused = (reason: string): Source => ({ kind: 'refused', reason });

/** Reads a file that the user has picked or dropped. One that looks secret is asked about first. */
export async function fileSource(uri: vscode.Uri): Promise<Source> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const path = vscode.workspace.asRelativePath(uri);
  if (looksSecret(uri.path) && !(await mayAttach(name))) return { kind: 'nothing' };
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > mostFileBytes) return refused(tooLarge(name));
    return sourceOfBytes(name, path, await vscode.workspace.fs.readFile(uri));
  } catch {
    return refused(vscode.l10n.t('{0} was not attached: the file could not be read.', name));
  }
}

export function sourceOfBytes(name: string, path: string, bytes: Uint8Array): Source {
  if (bytes.length > mostFileBytes) return refused(tooLarge(name));
  if (readImageHeader(bytes)) return { kind: 'image', name, path, data: new Uint8Array(bytes) };
  const decoded = decodeText(bytes);
  if ('fault' in decoded) {
    return refused(decoded.fault === 'binary' ? binary(name) : unknownEncoding(name));
  }
  const { text, ...cut } = cutText(decoded.text, mostFileChars);
  const language = languageOf(name);
  return { kind: 'text', attachment: { kind: 'file', name, path, language, ...cut }, text };
}

/** The end of the name serves as the name of the language, as in most fences. */
function languageOf(name: string): string {
  const end = /\.([A-Za-z0-9]{1,12})$/.exec(name)?.[1] ?? '';
  return end.toLowerCase();
}

async function mayAttach(name: string): Promise<boolean> {
  const attach = vscode.l10n.t('Attach');
  const question = vscode.l10n.t('Attach {0}?', name);
  const detail = vscode.l10n.t(
    'Files of this name often hold passwords or keys. Its text would be sent to OpenAI and stored with the chat.',
  );
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail }, attach)) === attach
  );
}

const tooLarge = (name: string) =>
  vscode.l10n.t(
    '{0} was not attached: it is larger than {1} MB.',
    name,
    formatNumber(mostFileBytes / 1_000_000),
  );

const binary = (name: string) =>
  vscode.l10n.t('{0} was not attached: it holds no text, and it is no image.', name);

const unknownEncoding = (name: string) =>
  vscode.l10n.t(
    '{0} was not attached: its encoding is not UTF-8 or UTF-16. Save it as UTF-8 and try again.',
    name,
  );
