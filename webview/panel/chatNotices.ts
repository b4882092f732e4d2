import { h } from '../base/dom.ts';
import type { Extras } from '../base/extras.ts';
import type { Host } from '../base/host.ts';
import { toolkitButton } from '../base/toolkit.ts';
import type { ChatNotices } from '../history/chatNotices.ts';
import type { ViewState } from './state.ts';

/** The places of what must be known of a chat; what draws it is loaded when there is something. */
export interface NoticePlaces {
  /** At the head of the transcript. */
  readonly head: HTMLElement;
  /** On the composer's edge. */
  readonly shelf: HTMLElement;
  readonly update: (state: ViewState) => void;
}

export function createNoticePlaces(extras: Extras, { send }: Pick<Host, 'send'>): NoticePlaces {
  const head = h('div', {});
  const shelf = h('div', {});
  let notices: ChatNotices | undefined;
  let latest: ViewState | undefined;
  const draw = () => {
    if (latest !== undefined) notices?.update(latest.chatId, latest.chat);
  };
  return {
    head,
    shelf,
    update(state: ViewState) {
      latest = state;
      draw();
      const isNeeded = Object.keys(state.chat ?? {}).length > 0;
      if (!isNeeded || notices !== undefined) return;
      extras.use(({ createChatNotices }) => {
        notices ??= createChatNotices({ send, button: toolkitButton });
        head.replaceChildren(notices.head);
        shelf.replaceChildren(notices.shelf);
        draw();
      });
    },
  };
}
