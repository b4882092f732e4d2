import * as vscode from 'vscode';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import {
  readSettings,
  settingNames,
  settingRemarks,
  type Settings,
} from '../core/settings/settings.ts';

const section = 'codexChat';

export interface LiveSettings extends Disposable {
  current(): Settings;
  readonly onDidChange: Event<void>;
}

/** The settings as they are now, read anew after each change. */
export function createSettings(log: Pick<Log, 'warn'>): LiveSettings {
  let remarks = '';
  const read = (): Settings => {
    const raw = readRaw();
    const settings = readSettings(raw);
    const found = settingRemarks(raw, settings);
    if (found.join() !== remarks) for (const remark of found) log.warn(remark);
    remarks = found.join();
    return settings;
  };
  const change = createEmitter<void>();
  let current = read();
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(section)) return;
    current = read();
    change.fire();
  });
  return {
    current: () => current,
    onDidChange: change.event,
    dispose: () => subscription.dispose(),
  };
}

function readRaw(): Record<string, unknown> {
  const values = vscode.workspace.getConfiguration(section);
  return Object.fromEntries(settingNames.map((name) => [name, values.get(name)]));
}

/** Makes the person's answer the setting. Rejects when it cannot be written. */
export const saveRotation = (rotation: 'sequential' | 'off'): Thenable<void> =>
  vscode.workspace
    .getConfiguration(section)
    .update('accountRotation', rotation, vscode.ConfigurationTarget.Global);
