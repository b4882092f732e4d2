import * as vscode from 'vscode';
import { originator } from '../core/auth/identity.ts';

/** Our own name first, as the originator header has it (WIRE.md b, Identity). */
export function userAgentOf(extension: Pick<vscode.Extension<unknown>, 'packageJSON'>): string {
  const system = `${process.platform}; ${process.arch}`;
  return `${originator}/${versionOf(extension.packageJSON)} (${system}) vscode/${vscode.version}`;
}

export function versionOf(manifest: unknown): string {
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}
