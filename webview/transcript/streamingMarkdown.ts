import type { RowContext } from '../panel/actions.ts';
import { h } from '../base/dom.ts';
import { createMarkdownView, type MarkdownView } from '../markdown/markdownView.ts';

/** Markdown that grows at its end, as an answer does. */
export interface StreamingMarkdown {
  readonly element: HTMLElement;
  /** Shows `text`: appended when it goes on from what stands there, else drawn anew. */
  readonly update: (text: string, ended: boolean) => void;
  /** Marks where the next word will come. */
  readonly setLive: (live: boolean) => void;
  /** Draws what is due; true when it needs another frame. */
  readonly frame: (nowMs: number) => boolean;
  readonly dispose: () => void;
}

export function createStreamingMarkdown(turnId: string, context: RowContext): StreamingMarkdown {
  const element = h('div', { class: 'growing' });
  let view: MarkdownView | undefined;
  let shown = '';
  let isEnded = false;
  let isLive = false;

  const begin = () => {
    view?.dispose();
    shown = '';
    isEnded = false;
    view = createMarkdownView(actionsOf(turnId, context));
    view.element.classList.toggle('is-live', isLive);
    element.replaceChildren(view.element);
    return view;
  };
  return {
    element,
    update(text, ended) {
      if (text === shown && ended === isEnded) return;
      const goesOn = view !== undefined && !isEnded && text.startsWith(shown);
      const current = goesOn && view !== undefined ? view : begin();
      current.append(text.slice(shown.length));
      if (ended) current.end();
      shown = text;
      isEnded = ended;
    },
    setLive(live) {
      isLive = live;
      view?.element.classList.toggle('is-live', live);
    },
    frame: (nowMs) => view?.frame(nowMs) === true,
    dispose: () => view?.dispose(),
  };
}

function actionsOf(turnId: string, { send, copy, files, redraw }: RowContext) {
  return {
    files,
    redraw,
    openLink: (url: string, label: string) => send({ type: 'link/open', turnId, url, label }),
    copy,
    insert: (text: string, language: string) => send({ type: 'code/insert', text, language }),
    newFile: (text: string, language: string) => send({ type: 'code/newFile', text, language }),
  };
}
