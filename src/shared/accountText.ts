import * as l10n from '@vscode/l10n';
import { formatPercent, formatTime } from './format.ts';
import type { AccountAction, AccountRole } from './protocol/account.ts';

/** What the account is to the pool, in a few words: "In use", "Paused until 14:05". */
export function roleText(role: AccountRole, nowMs: number): string {
  switch (role.kind) {
    case 'inUse':
      return l10n.t('In use');
    case 'next':
      return l10n.t('Next');
    case 'ready':
      return l10n.t('Ready');
    case 'coolingDown':
      return role.untilMs === undefined
        ? l10n.t('Paused')
        : l10n.t('Paused until {0}', formatTime(role.untilMs, nowMs));
    case 'ceiling': {
      const cap = formatPercent(role.percent);
      return role.untilMs === undefined
        ? l10n.t('Cap of {0} reached', cap)
        : l10n.t('Paused until {0} (cap of {1})', formatTime(role.untilMs, nowMs), cap);
    }
    case 'signedOut':
      return l10n.t('Signed out');
    case 'off':
      return l10n.t('Off');
  }
}

/** The action as a menu or button names it. Three dots: something is asked before it is done. */
export function actionText(action: AccountAction): string {
  switch (action) {
    case 'use':
      return l10n.t('Use Now');
    case 'rename':
      return l10n.t('Rename…');
    case 'moveUp':
      return l10n.t('Move Up');
    case 'moveDown':
      return l10n.t('Move Down');
    case 'setCeiling':
      return l10n.t('Set Usage Cap…');
    case 'turnOff':
      return l10n.t('Turn Off');
    case 'turnOn':
      return l10n.t('Turn On');
    case 'useInWorkspace':
      return l10n.t('Use in This Workspace');
    case 'useAnywhere':
      return l10n.t('Use Any Account in This Workspace');
    case 'signIn':
      return l10n.t('Sign In');
    case 'signOut':
      return l10n.t('Sign Out…');
    case 'remove':
      return l10n.t('Remove');
    case 'redeem':
      return l10n.t('Redeem a Usage Reset…');
  }
}
