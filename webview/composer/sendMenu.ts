import * as l10n from '@vscode/l10n';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import type { SendMode } from '../../src/shared/protocol/historyRequests.ts';
import { h } from '../base/dom.ts';
import type { Extras } from '../base/extras.ts';
import { icon } from '../base/icons.ts';

interface State {
  readonly busy: boolean;
  readonly mayQueue: boolean;
  readonly settings: SettingsView;
}

/** The ways to send a message while a turn runs, for the mouse; Stop stands in the place of Send. */
export function createSendMenu(extras: Extras, send: (mode: SendMode) => void) {
  const label = l10n.t('Ways to send');
  const button = h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': label, title: label },
    icon('send'),
  );
  const element = h('span', { hidden: true }, button);
  let settings: SettingsView | undefined;
  const open = () =>
    extras.use(({ createPopup, sendWays }) => {
      const menu = createPopup(button, label);
      const isControl = settings?.sendWith === 'ctrlEnter';
      menu.update(
        sendWays(isControl).map(({ mode, ...item }) => ({ ...item, act: () => send(mode) })),
      );
      element.replaceChildren(menu.element);
      button.click();
    });
  button.addEventListener('click', open, { once: true });
  return {
    element,
    update(state: State, isEmpty: boolean) {
      settings = state.settings;
      element.hidden = !state.busy || !state.mayQueue || isEmpty;
    },
  };
}
