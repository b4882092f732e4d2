import * as vscode from 'vscode';
import {
  tooltipModel,
  type QuotaAccount,
  type QuotaLine,
  type QuotaTooltip,
} from '../../core/quota/text/quotaView.ts';
import { formatNumber } from '../../shared/format.ts';
import type { PercentSettings } from '../../core/quota/text/quotaText.ts';

const enabledCommands = [
  'codexChat.showQuota',
  'codexChat.signIn',
  'codexChat.refreshQuota',
  'codexChat.redeemReset',
];

/** A tooltip does not scroll in every window. */
const shownAccounts = 6;

/**
 * Every account with its bars, the one in use first. Everything that comes from elsewhere is
 * appended as text, so that it can link to nothing.
 */
export function quotaTooltip(
  accounts: readonly QuotaAccount[],
  settings: PercentSettings,
  nowMs: number,
): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  markdown.isTrusted = { enabledCommands };
  const shown = accounts.length > 0 ? accounts.slice(0, shownAccounts) : [{}];
  const inUse = tooltipModel(shown[0] ?? {}, true, settings, nowMs);
  for (const [index, account] of shown.entries()) {
    const model = index === 0 ? inUse : tooltipModel(account, false, settings, nowMs);
    // An age that the last line tells is not repeated.
    appendAccount(markdown, model, index === 0, model.age === inUse.age ? '' : model.age);
  }
  const hidden = accounts.length - shown.length;
  if (hidden > 0)
    appendSentence(markdown, vscode.l10n.t('{0} more under Usage.', formatNumber(hidden)));
  const again = shown[0]?.quota?.problem ? vscode.l10n.t('Retry') : vscode.l10n.t('Refresh');
  const links = [
    `[$(graph) ${vscode.l10n.t('Usage')}](command:codexChat.showQuota)`,
    `[$(refresh) ${again}](command:codexChat.refreshQuota)`,
    ...(inUse.banked > 0
      ? [`[$(history) ${vscode.l10n.t('Use a reset')}](command:codexChat.redeemReset)`]
      : []),
    ...(inUse.age ? [inUse.age] : []),
  ];
  return markdown.appendMarkdown(`\n\n---\n\n${links.join('&nbsp;&nbsp; ')}`);
}

function appendAccount(
  markdown: vscode.MarkdownString,
  model: QuotaTooltip,
  isInUse: boolean,
  age: string,
): void {
  const names =
    model.names.length > 0 || isInUse ? model.names : [vscode.l10n.t('Another account')];
  markdown.appendMarkdown(isInUse ? '**Codex**' : '\n\n---\n\n');
  for (const [index, name] of names.entries()) {
    if (isInUse || index > 0) markdown.appendMarkdown(' · ');
    appendPlain(markdown, name);
  }
  appendLines(markdown, model.lines);
  for (const { name, lines } of model.others) {
    appendPlain(markdown.appendMarkdown('\n\n'), name);
    appendLines(markdown, lines);
  }
  for (const remark of model.remarks) appendSentence(markdown, remark);
  if (age) appendSentence(markdown, age);
}

/** One code span a window, its columns kept in line by spaces that are not folded. */
function appendLines(markdown: vscode.MarkdownString, lines: readonly QuotaLine[]): void {
  const width = Math.max(...lines.map(({ title }) => title.length));
  const percentWidth = Math.max(4, ...lines.map(({ percent }) => percent.length));
  const rows = lines.map(({ title, bar, percent, when }) => {
    const figures = `${title.padEnd(width)} ${bar} ${percent.padStart(percentWidth)}`;
    return `\`${figures.replaceAll(' ', '\u00a0')}\` ${when}`.trimEnd();
  });
  if (rows.length > 0) markdown.appendMarkdown(`\n\n${rows.join('  \n')}`);
}

/** Addresses of mail and of pages would become links; with a sign written as a number they do not. */
function appendPlain(markdown: vscode.MarkdownString, text: string): void {
  for (const part of text.split(/(@|:(?=\/\/)|(?<=\bwww)\.)/i)) {
    const isSign = part.length === 1 && '@:.'.includes(part);
    if (isSign) markdown.appendMarkdown(`&#${part.charCodeAt(0)};`);
    else markdown.appendText(part);
  }
}

/** Appended as a whole, the text would get spaces that do not break and make one long line. */
function appendSentence(markdown: vscode.MarkdownString, sentence: string): void {
  markdown.appendMarkdown('\n\n');
  for (const word of sentence.split(/\s+/)) {
    appendPlain(markdown, word);
    markdown.appendMarkdown(' ');
  }
}
