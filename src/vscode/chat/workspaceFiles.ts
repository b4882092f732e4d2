import { posix } from 'node:path';
import * as vscode from 'vscode';
import { readFileReference, type FileReference } from '../../base/fileReference.ts';

export interface WorkspaceFilesDeps {
  /** See `findFileWithin` in `src/node/storage/realPath.ts`: for folders on the machine of this process. */
  findFileWithin: (
    roots: readonly string[],
    root: string,
    parts: readonly string[],
  ) => Promise<string | undefined>;
}

export interface WorkspaceFiles {
  /** The file in the workspace that a text refers to; undefined when none of it may be opened. */
  find(reference: string): Promise<vscode.Uri | undefined>;
  /** Opens it at its line. Says why when it cannot. */
  open(reference: string): Promise<void>;
}

/** Finds files that an answer names. Nothing outside the folders of the workspace is looked at. */
export function createWorkspaceFiles({ findFileWithin }: WorkspaceFilesDeps): WorkspaceFiles {
  async function exists(folder: vscode.WorkspaceFolder, parts: readonly string[]) {
    if (folder.uri.scheme !== 'file') return isFileOf(folder.uri, parts);
    const folders = vscode.workspace.workspaceFolders ?? [];
    const roots = folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
    return (await findFileWithin(roots, folder.uri.fsPath, parts)) !== undefined;
  }

  async function find(text: string): Promise<vscode.Uri | undefined> {
    const reference = readFileReference(text);
    if (!reference) return undefined;
    for (const { folder, parts } of places(reference.path)) {
      const found = await exists(folder, parts).catch(() => false);
      if (found) return vscode.Uri.joinPath(folder.uri, ...parts);
    }
    return undefined;
  }

  return {
    find,
    async open(text) {
      const uri = await find(text);
      if (!uri) {
        const words = vscode.l10n.t('{0} is not a file in this workspace.', text.slice(0, 200));
        void vscode.window.showWarningMessage(words);
        return;
      }
      const selection = selectionOf(readFileReference(text));
      const options = { preview: true, ...(selection && { selection }) };
      await vscode.commands.executeCommand('vscode.open', uri, options);
    },
  };
}

interface Place {
  readonly folder: vscode.WorkspaceFolder;
  readonly parts: readonly string[];
}

/** Where in the workspace a path may lead, the likeliest first. */
function places(path: string): Place[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const absolute = folders.flatMap((folder) => placeBelow(folder, path) ?? []);
  if (absolute.length > 0 || /^[A-Za-z]:\//.test(path)) return absolute;
  const normal = posix.normalize(path).replace(/^\/+/, '');
  const parts = normal.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.length === 0 || parts[0] === '..') return [];
  const [first, ...rest] = parts;
  const named = folders.filter(({ name }) => folders.length > 1 && name === first);
  return [
    ...named.filter(() => rest.length > 0).map((folder) => ({ folder, parts: rest })),
    ...folders.map((folder) => ({ folder, parts })),
  ];
}

/** The place of an absolute path, compared by its letters alone. */
function placeBelow(folder: vscode.WorkspaceFolder, path: string): Place | undefined {
  const isDrive = /^[A-Za-z]:\//.test(path);
  if (!isDrive && !path.startsWith('/')) return undefined;
  const wanted = posix.normalize(isDrive ? `/${path}` : path);
  const base = folder.uri.path.endsWith('/') ? folder.uri.path : `${folder.uri.path}/`;
  const isBelow = isDrive
    ? wanted.toLowerCase().startsWith(base.toLowerCase())
    : wanted.startsWith(base);
  const parts = wanted.slice(base.length).split('/');
  return isBelow && parts.join('') !== '' ? { folder, parts } : undefined;
}

/** In a workspace that is not on this machine: a link anywhere on the way may lead anywhere. */
async function isFileOf(root: vscode.Uri, parts: readonly string[]): Promise<boolean> {
  for (const [at] of parts.entries()) {
    const uri = vscode.Uri.joinPath(root, ...parts.slice(0, at + 1));
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.SymbolicLink) !== 0) return false;
    const wanted = at === parts.length - 1 ? vscode.FileType.File : vscode.FileType.Directory;
    if ((type & wanted) === 0) return false;
  }
  return true;
}

function selectionOf(reference: FileReference | undefined): vscode.Range | undefined {
  if (reference?.line === undefined) return undefined;
  const { line, column = 1, endLine } = reference;
  const start = new vscode.Position(line - 1, column - 1);
  const isRange = endLine !== undefined && endLine > line;
  return new vscode.Range(start, isRange ? new vscode.Position(endLine, 0) : start);
}
