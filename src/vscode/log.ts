import * as vscode from 'vscode';
import { redact, type Log } from '../base/log.ts';

/**
 * The one place where anything is written; what could sign someone in is taken out here. Never
 * throws: a refresh outlives the channel, which refuses every line once it is disposed.
 */
export function createLog(channel: vscode.LogOutputChannel): Log {
  const write = (level: keyof Log) => (message: string) => {
    try {
      channel[level](redact(message));
    } catch {
      // Nobody can read it any more.
    }
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

export function createLogChannel(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Codex Chat', { log: true });
}
