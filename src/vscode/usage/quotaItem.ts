import * as vscode from 'vscode';
import { systemClock, type Clock } from '../../base/async/clock.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { QuotaAccount } from '../../core/quota/text/quotaView.ts';
import {
  isExhausted,
  isStale,
  quotaLabel,
  quotaLevel,
  statusText,
} from '../../core/quota/text/quotaText.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { quotaTooltip } from './quotaTooltip.ts';

export interface QuotaItemState {
  account: 'signedOut' | 'signingIn' | 'signedIn';
  /** The account in use first; empty while signed out. */
  accounts: readonly QuotaAccount[];
}

type ItemSettings = Pick<
  Settings,
  'statusBarText' | 'statusBarPercent' | 'statusBarWarning' | 'statusBarWhenSignedOut'
>;

export interface QuotaItemOptions {
  state: () => QuotaItemState;
  /** To be fired when the state or the settings have changed. */
  onDidChange: Event<void>;
  settings: () => ItemSettings;
  clock?: Clock;
}

/** How the item looks at one moment. */
interface Look {
  isVisible: boolean;
  text: string;
  label: string;
  tooltip: string | vscode.MarkdownString;
  background?: 'statusBarItem.warningBackground' | 'statusBarItem.errorBackground';
  command: string;
}

/** Between the end-of-line mark (100.2) and the language (100.1) of VS Code's own items. */
const priority = 100.15;
const minuteMs = 60_000;

/**
 * The one item in the status bar. Its words about time are made anew when something changes, and
 * once a minute while somebody is at the window.
 */
export function createQuotaItem(options: QuotaItemOptions): Disposable {
  const clock = options.clock ?? systemClock;
  const lifetime = new Disposables();
  const item = lifetime.add(
    vscode.window.createStatusBarItem('codexChat.quota', vscode.StatusBarAlignment.Right, priority),
  );
  item.name = vscode.l10n.t('Codex usage');
  const showLabel = createLabel(item);
  let timer = new AbortController();

  const show = () => {
    timer.abort();
    const nowMs = clock.now();
    const state = options.state();
    const look = lookOf(state, options.settings(), nowMs);
    apply(item, look);
    const labelDueMs = showLabel(look.label, `${look.text} ${newsOf(state)}`, nowMs);
    const { focused, active } = vscode.window.state;
    const isTimed = focused && active && state.accounts.some(hasFigures);
    const nextMinuteMs = isTimed ? minuteMs - (nowMs % minuteMs) : Infinity;
    const waitMs = Math.min(nextMinuteMs, labelDueMs);
    if (!look.isVisible || !Number.isFinite(waitMs)) return;
    timer = new AbortController();
    clock.delay(waitMs, timer.signal).then(show, () => {});
  };

  lifetime.add(options.onDidChange(show));
  lifetime.add(vscode.window.onDidChangeWindowState(show));
  lifetime.add({ dispose: () => timer.abort() });
  show();
  return lifetime;
}

/**
 * What may not be told late: whose figures these are, whether there are any, and how near to the
 * end they stand.
 */
function newsOf({ account, accounts: [inUse] }: QuotaItemState): string {
  if (account !== 'signedIn' || !inUse) return account;
  const { credentialId, label, quota, isBilled } = inUse;
  const level = isExhausted(quota) ? 'refused' : quotaLevel(quota);
  const known = quota?.windows.map((window) => window.label);
  return JSON.stringify([credentialId, label, isBilled, level, known, quota?.availableAtMs]);
}

const hasFigures = ({ quota }: QuotaAccount) => (quota?.windows.length ?? 0) > 0;

function lookOf(state: QuotaItemState, settings: ItemSettings, nowMs: number): Look {
  switch (state.account) {
    case 'signedOut':
      return {
        isVisible: settings.statusBarWhenSignedOut,
        text: `$(account) ${vscode.l10n.t('Codex: Sign in')}`,
        label: vscode.l10n.t('Codex: Sign in'),
        tooltip: vscode.l10n.t('Sign in to Codex with your ChatGPT account'),
        command: 'codexChat.signIn',
      };
    case 'signingIn':
      return {
        isVisible: true,
        text: `$(loading~spin) ${vscode.l10n.t('Codex: Signing in')}`,
        label: vscode.l10n.t('Codex: Signing in. Finish in your browser.'),
        tooltip: vscode.l10n.t('Finish signing in to Codex in your browser'),
        command: 'codexChat.signIn',
      };
    case 'signedIn':
      return quotaLook(state, settings, nowMs);
  }
}

function quotaLook({ accounts }: QuotaItemState, settings: ItemSettings, nowMs: number): Look {
  const quota = accounts[0]?.quota;
  const isOut = isExhausted(quota);
  // High contrast themes have no warning background, so the icon tells it too.
  const isWarned =
    settings.statusBarWarning && ['critical', 'spent'].includes(quotaLevel(quota)) && !isOut;
  const isWaiting = isOut && quota.availableAtMs !== undefined;
  const iconOf = () => {
    if (isWaiting) return '$(clock)';
    if (isOut) return '$(error)';
    return isWarned ? '$(warning)' : '$(comment-discussion)';
  };
  const parts = [
    iconOf(),
    statusText(quota, settings, nowMs),
    isStale(quota, nowMs) ? '$(plug)' : '',
  ];
  const look = {
    isVisible: true,
    text: parts.filter(Boolean).join(' '),
    label: accounts[0]?.isBilled
      ? vscode.l10n.t('Codex, using an API key.')
      : quotaLabel(quota, settings, nowMs),
    tooltip: quotaTooltip(accounts, settings, nowMs),
    command: 'codexChat.showQuota',
  };
  if (isOut) return { ...look, background: 'statusBarItem.errorBackground' };
  return isWarned ? { ...look, background: 'statusBarItem.warningBackground' } : look;
}

function apply(item: vscode.StatusBarItem, look: Look): void {
  item.text = look.text;
  item.tooltip = look.tooltip;
  item.command = look.command;
  item.backgroundColor = look.background ? new vscode.ThemeColor(look.background) : undefined;
  if (look.isVisible) item.show();
  else item.hide();
}

/**
 * Sets what a screen reader says, at most once a minute, for some read each change aloud; but at
 * once when `news` is another one, so that the label is never older than the text beside it. The function that it
 * gives answers with how long a held-back label has to wait, ms.
 */
function createLabel(item: vscode.StatusBarItem) {
  let shown: { label: string; news: string; atMs: number } | undefined;
  return (label: string, news: string, nowMs: number): number => {
    if (shown?.label === label) return Infinity;
    const waitMs = shown?.news === news ? shown.atMs + minuteMs - nowMs : 0;
    if (waitMs > 0) return waitMs;
    shown = { label, news, atMs: nowMs };
    item.accessibilityInformation = { label, role: 'button' };
    return Infinity;
  };
}
