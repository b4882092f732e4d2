import * as vscode from 'vscode';
import { cutText } from '../../../core/conversations/attachments/cutText.ts';
import type { TextKind } from '../../../core/conversations/attachments/attachment.ts';
import { formatNumber } from '../../../shared/format.ts';
import type { AttachmentSource } from '../../../shared/protocol/attachments.ts';
import { fileSource, refused, type Source } from './fileAttachment.ts';
import { terminalSource } from './terminalSource.ts';

const mostListed = 1_000;
const mostProblems = 200;
const mostChars = 60_000;

/** Reads what an entry of the `+` menu names. */
export async function readSources(source: AttachmentSource): Promise<Source[]> {
  switch (source) {
    case 'files':
      return pickFiles();
    case 'folder':
      return [await pickFolder()];
    case 'selection':
      return [selectionSource()];
    case 'problems':
      return [problemsSource()];
    case 'terminal':
      return [await terminalSource()];
  }
}

async function pickFiles(): Promise<Source[]> {
  const uris = await vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: vscode.l10n.t('Attach'),
    title: vscode.l10n.t('Attach files or images'),
    ...startFolder(),
  });
  const sources: Source[] = [];
  for (const uri of uris ?? []) sources.push(await fileSource(uri));
  return sources;
}

async function pickFolder(): Promise<Source> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Attach list of files'),
    title: vscode.l10n.t('Attach the list of files in a folder'),
    ...startFolder(),
  });
  const folder = picked?.[0];
  return folder ? folderSource(folder) : { kind: 'nothing' };
}

function startFolder(): { defaultUri?: vscode.Uri } {
  const first = vscode.workspace.workspaceFolders?.[0];
  return first ? { defaultUri: first.uri } : {};
}

/** The files below a folder, without what the settings hide and what nobody wrote. */
export async function folderSource(folder: vscode.Uri): Promise<Source> {
  const name = folder.path.split('/').findLast((part) => part !== '') ?? '/';
  const pattern = new vscode.RelativePattern(folder, '**/*');
  const hidden = '**/{node_modules,.git,.hg,.svn,__pycache__,.venv}/**';
  const found = await vscode.workspace.findFiles(pattern, hidden, mostListed + 1);
  if (found.length === 0) return refused(vscode.l10n.t('{0} has no files to list.', name));
  const below = (uri: vscode.Uri) => uri.path.slice(folder.path.replace(/\/$/, '').length + 1);
  const listed = found.map(below).toSorted().slice(0, mostListed);
  const rest = found.length > mostListed ? [`[cut: only the first ${mostListed} files]`] : [];
  const path = vscode.workspace.asRelativePath(folder);
  return text('folder', name, path, [...listed, ...rest].join('\n'));
}

function selectionSource(): Source {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  const selection = editor?.selection;
  if (!editor || !selection || selection.isEmpty) {
    return refused(vscode.l10n.t('Nothing is selected in the editor. Select some lines first.'));
  }
  const { document } = editor;
  // A selection of whole lines ends at the start of the next one.
  const isBefore = selection.end.character === 0 && selection.end.line > selection.start.line;
  const [first, last] = [selection.start.line + 1, selection.end.line + (isBefore ? 0 : 1)];
  const name = document.uri.path.split('/').at(-1) ?? '';
  const lines = first === last ? `${first}` : `${first}-${last}`;
  const path = `${vscode.workspace.asRelativePath(document.uri)}:${lines}`;
  return text(
    'selection',
    `${name}:${lines}`,
    path,
    document.getText(selection),
    document.languageId,
  );
}

function problemsSource(): Source {
  const { Error: error, Warning: warning } = vscode.DiagnosticSeverity;
  const found = vscode.languages
    .getDiagnostics()
    .flatMap(([uri, problems]) => problems.map((problem) => ({ uri, problem })))
    .filter(({ problem: { severity } }) => severity <= warning)
    .toSorted((a, b) => a.problem.severity - b.problem.severity);
  if (found.length === 0) {
    return refused(vscode.l10n.t('There are no errors or warnings in the Problems view.'));
  }
  const lines = found.slice(0, mostProblems).map(({ uri, problem }) => {
    const { severity, message, range, source } = problem;
    const place = `${vscode.workspace.asRelativePath(uri)}:${range.start.line + 1}`;
    const from = source === undefined ? '' : ` (${source})`;
    return `${place} ${severity === error ? 'error' : 'warning'}: ${message}${from}`;
  });
  const rest = found.length > mostProblems ? [`[cut: ${mostProblems} of ${found.length}]`] : [];
  const name = vscode.l10n.t('Problems ({0})', formatNumber(found.length));
  return text('problems', name, `${found.length} in all`, [...lines, ...rest].join('\n'));
}

function text(kind: TextKind, name: string, path: string, body: string, language = ''): Source {
  const { text: kept, ...cut } = cutText(body, mostChars);
  return { kind: 'text', attachment: { kind, name, path, language, ...cut }, text: kept };
}
