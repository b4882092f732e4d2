import * as vscode from 'vscode';
import { redact, type Log } from '../base/log.ts';

/** The one place where anything is written; what could sign someone in is taken out here. */
export function createLog(channel: vscode.LogOutputChannel): Log {
  return {
    debug: (message) => channel.debug(redact(message)),
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
    error: (message) => channel.error(redact(message)),
  };
}

export function createLogChannel(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Codex Chat', { log: true });
}
