import * as vscode from 'vscode';
import { cutText } from '../../../core/conversations/attachments/cutText.ts';
import { refused, type Source } from './fileAttachment.ts';

/** The end of longer output, where its result is. */
const mostChars = 60_000;

/**
 * What the active terminal shows: its selection, else its last command and output where the shell
 * tells where they begin, else all. Extensions can read a terminal only by its copy commands, so the
 * clipboard holds the text for a moment; text that was on it is put back.
 */
export async function terminalSource(): Promise<Source> {
  const terminal = vscode.window.activeTerminal;
  if (!terminal) return refused(vscode.l10n.t('There is no terminal. Open one first.'));
  let before: string;
  try {
    before = await vscode.env.clipboard.readText();
  } catch {
    return refused(
      vscode.l10n.t(
        'Terminal output was not attached: the clipboard cannot be read. Copy the output and paste it here.',
      ),
    );
  }
  try {
    const output = await copied();
    if (output.trim() === '') {
      return refused(vscode.l10n.t('The terminal {0} has no output.', terminal.name));
    }
    const { text, ...cut } = cutText(output, mostChars, 'last');
    const { name } = terminal;
    return {
      kind: 'text',
      attachment: { kind: 'terminal', name, path: name, language: '', ...cut },
      text,
    };
  } finally {
    await vscode.env.clipboard.writeText(before);
  }
}

/** Each way is tried on a clipboard of which it is known what is on it. */
async function copied(): Promise<string> {
  const ways = [
    ['workbench.action.terminal.copySelection'],
    ['workbench.action.terminal.copyLastCommandAndLastCommandOutput'],
    [
      'workbench.action.terminal.selectAll',
      'workbench.action.terminal.copySelection',
      'workbench.action.terminal.clearSelection',
    ],
  ];
  for (const commands of ways) {
    await vscode.env.clipboard.writeText('');
    for (const command of commands) await run(command);
    const text = await vscode.env.clipboard.readText();
    if (text.trim() !== '') return text;
  }
  return '';
}

/** A command that this editor does not have, or that finds nothing to copy, copies nothing. */
async function run(command: string): Promise<void> {
  try {
    await vscode.commands.executeCommand(command);
  } catch {
    // The next way is tried.
  }
}
