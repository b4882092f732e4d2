import * as vscode from 'vscode';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';
import { readSettings, settingNames, type Settings } from '../core/settings/settings.ts';

const section = 'codexChat';

export interface LiveSettings extends Disposable {
  current(): Settings;
  readonly onDidChange: Listen<void>;
}

/** The settings as they are now, read anew after each change. */
export function createSettings(): LiveSettings {
  const change = createEmitter<void>();
  let current = read();
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(section)) return;
    current = read();
    change.fire();
  });
  return {
    current: () => current,
    onDidChange: change.listen,
    dispose: () => subscription.dispose(),
  };
}

function read(): Settings {
  const values = vscode.workspace.getConfiguration(section);
  return readSettings(Object.fromEntries(settingNames.map((name) => [name, values.get(name)])));
}
