import * as vscode from 'vscode';
import { originator } from '../core/auth/identity.ts';

/** Our own name first, as the originator header has it (WIRE.md b, Identity). */
export function createUserAgent(version: string): string {
  const system = `${process.platform}; ${process.arch}`;
  return `${originator}/${version} (${system}) vscode/${vscode.version}`;
}
