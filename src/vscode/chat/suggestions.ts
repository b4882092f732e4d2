import * as vscode from 'vscode';
import { truncate } from '../../base/truncate.ts';
import { plural } from '../../shared/format.ts';
import type { TextAttachment } from '../../core/conversations/attachments/attachment.ts';
import type { Prompt } from '../../core/conversations/prompt.ts';
import type { StartView, SuggestionView } from '../../shared/protocol/chat.ts';

/** A longer file is cut, and the model is told so. */
const maxFileChars = 60_000;

export interface Suggestion {
  view: SuggestionView;
  prompt: () => Prompt;
}

/**
 * What to ask about, made from what is open. Nothing is read until one is picked. The labels are in
 * the language of the editor, the prompts in English: the model reads them.
 */
export function suggestions(): Suggestion[] {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || (document.uri.scheme !== 'file' && document.uri.scheme !== 'untitled')) {
    return general();
  }
  const name = baseName(document);
  const problems = vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
  const explain = item(
    'explain',
    'file',
    vscode.l10n.t('Explain {0}', name),
    vscode.l10n.t('open file'),
    () => ({
      text: `Explain what ${name} does and how its parts work together.`,
      attachments: [attach(document)],
    }),
  );
  const review = item(
    'review',
    'chat',
    vscode.l10n.t('Review {0}', name),
    vscode.l10n.t('open file'),
    () => ({
      text: `Review ${name}: name the faults that matter, the gravest first, each with its line and a fix.`,
      attachments: [attach(document)],
    }),
  );
  const fix = item(
    'fix',
    'warning',
    fixLabel(problems.length, name),
    vscode.l10n.t('problems'),
    () => ({
      text: `Fix these problems in ${name}:\n${problems.map(problemLine).join('\n')}`,
      attachments: [attach(document)],
    }),
  );
  return problems.length > 0 ? [explain, fix, review] : [explain, review];
}

export function currentStartView(): StartView {
  return {
    workspace: vscode.workspace.name ?? '',
    suggestions: suggestions().map(({ view }) => view),
  };
}

const general = (): Suggestion[] => [
  item(
    'tour',
    'chat',
    vscode.l10n.t('What can you do here?'),
    vscode.l10n.t('first steps'),
    () => ({
      text: 'What can you help me with in this chat, and what can you not do here?',
      attachments: [],
    }),
  ),
];

function item(
  id: string,
  icon: SuggestionView['icon'],
  label: string,
  detail: string,
  prompt: () => Prompt,
): Suggestion {
  return { view: { id, icon, label, detail }, prompt };
}

function fixLabel(count: number, name: string): string {
  return plural(
    vscode.l10n.t('{0, plural, one {Fix # problem in {1}} other {Fix # problems in {1}}}'),
    count,
    name,
  );
}

function problemLine({ range, message }: vscode.Diagnostic): string {
  return `- line ${range.start.line + 1}: ${message}`;
}

function attach(document: vscode.TextDocument): TextAttachment {
  const text = document.getText();
  const isCut = text.length > maxFileChars;
  return {
    kind: 'file',
    name: baseName(document),
    path: vscode.workspace.asRelativePath(document.uri),
    language: document.languageId,
    text: isCut ? `${truncate(text, maxFileChars)}\n[cut after ${maxFileChars} characters]` : text,
  };
}

function baseName(document: vscode.TextDocument): string {
  return document.uri.path.split('/').at(-1) || 'this file';
}
