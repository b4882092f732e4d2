import * as vscode from 'vscode';
import { redactStart, type Log } from '../base/log.ts';

/** Room for a stack trace, UTF-16 code units. */
const longestLine = 8_000;

/**
 * The one place where anything is written; what could sign someone in is taken out here. Never
 * throws: a refresh outlives the channel, which refuses every line once it is disposed.
 */
export function createLog(channel: vscode.LogOutputChannel): Log {
  const write = (level: keyof Log) => (message: string) => {
    try {
      channel[level](redactStart(message, longestLine));
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
