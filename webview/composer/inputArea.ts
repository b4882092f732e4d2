import * as l10n from '@vscode/l10n';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import type { RowContext } from '../panel/actions.ts';
import type { Announcement } from '../panel/announcer.ts';
import { createComposer } from './composer.ts';
import { createUsageGauge } from './usageGauge.ts';
import { h, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import type { Page } from '../panel/page.ts';
import { accountShelf } from '../start/start.ts';
import type { ViewState } from '../panel/state.ts';
import { createLimitBanner } from '../usage/limitBanner.ts';

export interface InputAreaActions {
  readonly say: (announcement: Announcement) => void;
  readonly draftChanged: (draft: string) => void;
  readonly toEnd: () => void;
  readonly showUsage: () => void;
}

/** All that is docked at the lower edge: the way to the end, the shelf, the composer, the foot. */
export interface InputArea {
  readonly element: HTMLElement;
  readonly update: (state: ViewState, isBusy: boolean) => void;
  readonly focus: () => void;
  readonly restoreDraft: (text: string) => void;
  readonly offerDraft: (text: string) => void;
  /** Shows the way to the end; `hasNew` marks that something came below. */
  readonly offerEnd: (isAway: boolean, hasNew: boolean) => void;
  readonly tick: () => void;
  readonly isTicking: () => boolean;
}

export function createInputArea(context: RowContext, actions: InputAreaActions): InputArea {
  const { send } = context;
  const composer = createComposer({
    send(text) {
      send({ type: 'prompt/send', text });
      actions.toEnd();
    },
    stop: () => send({ type: 'turn/stop' }),
    pickModel: (slug, effort) => send({ type: 'model/pick', slug, ...omitUndefined({ effort }) }),
    refuse: (why) => actions.say({ text: why, topic: 'refused' }),
    draftChanged: actions.draftChanged,
  });
  const foot = createUsageGauge(actions.showUsage, context.now);
  const jump = createJump(() => {
    actions.toEnd();
    composer.focus();
  });
  const shelf = h('div', { class: 'shelf-place' });
  const limits = createLimitBanner(context, actions.say);
  const element = h(
    'div',
    { class: 'dock', hidden: true },
    jump.element,
    composer.menu,
    shelf,
    limits.element,
    composer.element,
    foot.element,
  );
  let shownAccount: AccountView | undefined;
  let shelfPage: Page | undefined;
  let wasBusy = false;

  const drawShelf = (account: AccountView | undefined) => {
    if (account === shownAccount) return;
    shownAccount = account;
    shelfPage = account && accountShelf(account, send, context.now);
    shelf.replaceChildren(...(shelfPage === undefined ? [] : [shelfPage.element]));
  };
  return {
    element,
    update(state, isBusy) {
      const signedIn = state.account.state === 'signedIn';
      element.hidden = !signedIn && state.turns.length === 0;
      drawShelf(element.hidden ? undefined : state.account);
      limits.update(state.usage);
      foot.update(state.quota);
      const { models, settings, turns } = state;
      composer.update({
        busy: isBusy,
        signedIn,
        models,
        settings,
        context: state.context,
        prompts: turns.map(({ prompt }) => prompt),
      });
      wasBusy = isBusy;
    },
    focus: composer.focus,
    restoreDraft: composer.offerDraft,
    offerDraft: composer.offerDraft,
    offerEnd: (isAway, hasNew) => jump.update(isAway, hasNew && wasBusy),
    tick: () => shelfPage?.tick(),
    isTicking: () => shelfPage?.isTicking === true,
  };
}

/** The way back to the end, with a word when something new has come there. */
function createJump(press: () => void) {
  const text = h('span', {});
  const element = h(
    'button',
    { class: 'jump', type: 'button', hidden: true, onclick: press },
    icon('down'),
    text,
  );
  let hasNew = false;
  return {
    element,
    update(isAway: boolean, isNew: boolean) {
      hasNew = isAway && (hasNew || isNew);
      element.hidden = !isAway;
      setText(text, hasNew ? l10n.t('New messages below') : l10n.t('Jump to bottom'));
    },
  };
}
