import * as l10n from '@vscode/l10n';
import type { SendMode } from '../../src/shared/protocol/historyRequests.ts';

/** The ways to send a message while a turn runs, and their keys. */
export function sendWays(
  isControl: boolean,
): readonly { readonly mode: SendMode; readonly name: string; readonly key: string }[] {
  return [
    {
      mode: 'steer',
      name: l10n.t('Add to this response'),
      key: isControl ? l10n.t('Ctrl+Enter') : l10n.t('Enter'),
    },
    { mode: 'queue', name: l10n.t('Send after this response'), key: l10n.t('Alt+Enter') },
    { mode: 'stopAndSend', name: l10n.t('Stop and send'), key: l10n.t('Ctrl+Alt+Enter') },
  ];
}
