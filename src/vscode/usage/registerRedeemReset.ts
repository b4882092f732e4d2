import * as vscode from 'vscode';
import type { RedeemReset } from './redeemReset.ts';

/** The command takes the id of an account; without one it is about the account in use. */
export function registerRedeemReset(redeem: RedeemReset): vscode.Disposable {
  return vscode.commands.registerCommand('codexChat.redeemReset', (credentialId?: unknown) =>
    redeem(typeof credentialId === 'string' ? credentialId : undefined),
  );
}
