import * as vscode from 'vscode';
import type { QuotaState } from '../core/quota/record.ts';
import type { Place } from '../core/quota/time.ts';
import { tooltipModel, type QuotaLine } from '../core/quota/view.ts';

export interface QuotaTooltipParts {
  quota?: QuotaState | undefined;
  accountLabel?: string | undefined;
  problem?: string | undefined;
}

const enabledCommands = ['codexChat.showQuota', 'codexChat.signIn', 'codexChat.refreshQuota'];

/** Everything that comes from elsewhere is appended as text, so that it can link to nothing. */
export function quotaTooltip(
  { quota, accountLabel, problem }: QuotaTooltipParts,
  nowMs: number,
  place?: Place,
): vscode.MarkdownString {
  const model = tooltipModel(quota, nowMs, place);
  const markdown = new vscode.MarkdownString('**Codex**', true);
  markdown.isTrusted = { enabledCommands };
  for (const part of [accountLabel, model.plan]) {
    if (part) appendName(markdown.appendMarkdown(' · '), part);
  }
  appendLines(markdown, model.lines);
  for (const { name, lines } of model.others) {
    appendName(markdown.appendMarkdown('\n\n'), name);
    appendLines(markdown, lines);
  }
  for (const remark of [...model.remarks, ...(problem ? [problem] : [])]) {
    appendSentence(markdown, remark);
  }
  const again = problem ? 'Retry' : 'Refresh';
  const links = [
    '[$(graph) Usage](command:codexChat.showQuota)',
    `[$(refresh) ${again}](command:codexChat.refreshQuota)`,
    ...(model.age ? [model.age] : []),
  ];
  return markdown.appendMarkdown(`\n\n---\n\n${links.join('&nbsp;&nbsp; ')}`);
}

/** One code span a window, its columns kept in line by spaces that are not folded. */
function appendLines(markdown: vscode.MarkdownString, lines: readonly QuotaLine[]): void {
  const width = Math.max(...lines.map(({ title }) => title.length));
  const rows = lines.map(({ title, bar, percent, when }) => {
    const figures = `${title.padEnd(width)} ${bar} ${percent.padStart(4)}`;
    return `\`${figures.replaceAll(' ', '\u00a0')}\` ${when}`.trimEnd();
  });
  if (rows.length > 0) markdown.appendMarkdown(`\n\n${rows.join('  \n')}`);
}

/** An e-mail address is not to become a link; written as a number, its sign makes none. */
function appendName(markdown: vscode.MarkdownString, name: string): void {
  const [first = '', ...rest] = name.split('@');
  markdown.appendText(first);
  for (const part of rest) markdown.appendMarkdown('&#64;').appendText(part);
}

/** Appended as a whole, the text would get spaces that do not break and make one long line. */
function appendSentence(markdown: vscode.MarkdownString, sentence: string): void {
  markdown.appendMarkdown('\n\n');
  for (const word of sentence.split(/\s+/)) markdown.appendText(word).appendMarkdown(' ');
}
