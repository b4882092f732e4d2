import { formatList } from '../../shared/format.ts';
import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';
import type { SharedValue } from '../../base/storage/sharedValue.ts';
import { accountsToAskAbout } from '../../core/pool/consent.ts';
import type { Pool } from '../../core/pool/pool.ts';
import type { PoolPreferences } from '../../core/pool/preferences.ts';
import type { Settings } from '../../core/settings/settings.ts';

/**
 * Asks once, in the window that has the focus, whether accounts may take over from each other. The
 * answer becomes the setting, where it can be changed; no answer leaves everything as it is.
 */
export function askToSwitch(deps: {
  pool: Pick<Pool, 'entries' | 'onDidChange'>;
  preferences: SharedValue<PoolPreferences>;
  settings: () => Settings;
  /** Makes the answer the setting. Rejects when it cannot be written. */
  save: (rotation: 'sequential' | 'off') => Thenable<void>;
  log: Log;
}): Disposable {
  const { pool, preferences, settings, save, log } = deps;
  const lifetime = new Disposables();

  /** True in one window alone: all others find that it was asked. */
  async function isFirstToAsk(): Promise<boolean> {
    let isFirst = false;
    const mark = (old: PoolPreferences): PoolPreferences => {
      isFirst = !old.wasAskedToSwitch;
      return { ...old, wasAskedToSwitch: true };
    };
    await preferences.change(mark, new AbortController().signal);
    return isFirst;
  }

  let isAsking = false;
  const look = async () => {
    if (isAsking || !vscode.window.state.focused) return;
    const accounts = accountsToAskAbout(pool.entries(), settings(), preferences.current());
    if (accounts.length === 0) return;
    isAsking = true;
    try {
      if (await isFirstToAsk())
        await ask(
          accounts.map(({ label }) => label),
          save,
        );
    } catch {
      log.warn('whether accounts may take over could not be asked or kept');
    } finally {
      isAsking = false;
    }
  };
  lifetime.add(pool.onDidChange(() => void look()));
  lifetime.add(vscode.window.onDidChangeWindowState(() => void look()));
  return lifetime;
}

async function ask(
  labels: readonly string[],
  save: (rotation: 'sequential' | 'off') => Thenable<void>,
): Promise<void> {
  const yes = vscode.l10n.t('Switch Automatically');
  const no = vscode.l10n.t('Ask Each Time');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'You are signed in with {0}. When one account reaches its limit, may Codex Chat switch to another one automatically? You can change this later in the codexChat.accountRotation setting.',
      listOf(labels),
    ),
    yes,
    no,
  );
  if (answer === undefined) return;
  const value = answer === yes ? 'sequential' : 'off';
  try {
    await save(value);
  } catch (error) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Your answer could not be saved. Set codexChat.accountRotation to "{0}" in the settings.',
        value,
      ),
    );
    throw error;
  }
}

/** At most three by name, for the question is to stay short. */
function listOf(labels: readonly string[]): string {
  const shown = labels.slice(0, 3);
  const names = labels.length > 3 ? [...shown, vscode.l10n.t('others')] : shown;
  return formatList(names);
}
