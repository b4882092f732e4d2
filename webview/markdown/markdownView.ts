import { h } from '../h.ts';
import type { FileLinks } from './fileLinks.ts';
import { createBlockStream } from './blockStream.ts';
import { queueHighlight } from './highlightQueue.ts';
import { createCleaner } from './hygiene.ts';

/** What the controls of a rendered text do. */
export interface MarkdownActions {
  /** `url` is absolute and of an allowed scheme; `label` is the text that was shown. */
  openLink(url: string, label: string): void;
  copy(text: string): void;
  /** Without it, references to files are plain. */
  readonly files?: FileLinks;
  /** `language` is an identifier that VS Code knows, or empty. */
  insert?(text: string, language: string): void;
  newFile?(text: string, language: string): void;
}

export interface MarkdownView {
  readonly element: HTMLElement;
  /** Adds source text; nothing is drawn before `frame`. */
  append(text: string): void;
  /**
   * Draws what came since the last frame; called at most once per animation frame by the owner.
   * True while more is to draw later, because the last drawing was slow.
   */
  frame(nowMs: number): boolean;
  /** The text is whole: closes open blocks, resolves late link references, highlights. */
  end(): void;
  dispose(): void;
}

/** UTF-16 units of one message. */
const maxLength = 2_000_000;
const slowDrawMs = 6;

/** An empty view that grows with `append`. */
export function createMarkdownView(actions: MarkdownActions): MarkdownView {
  const element = h('div', { class: 'md' });
  const lifetime = new AbortController();
  const { signal } = lifetime;
  const pen = { actions, signal, headings: [], codeBlocks: 0, tables: 0 };
  const stream = createBlockStream(element, pen, (block) => queueHighlight(block, signal));
  const cleaner = createCleaner();
  let room = maxLength;
  let dirty = false;
  let ended = false;
  let nextDrawMs = 0;

  function take(text: string): void {
    if (text === '' || ended || room < 0) return;
    stream.push(text.length > room ? text.slice(0, wholeCharacters(text, room)) : text);
    room -= text.length;
    dirty = true;
  }

  function finish(): void {
    if (ended) return;
    ended = true;
    dirty = false;
    stream.end();
    if (room < 0) element.append(h('p', { class: 'cut' }, cutNotice));
  }

  return {
    element,
    append(text) {
      if (!ended) take(cleaner.push(text));
    },
    frame(nowMs) {
      if (!dirty) return false;
      if (nowMs < nextDrawMs) return true;
      const start = performance.now();
      dirty = false;
      if (room < 0) finish();
      else stream.draw();
      const costMs = performance.now() - start;
      nextDrawMs = costMs > slowDrawMs ? nowMs + 3 * costMs : 0;
      return false;
    },
    end() {
      take(cleaner.flush());
      finish();
    },
    dispose() {
      lifetime.abort();
      ended = true;
      dirty = false;
    },
  };
}

/** Whole text at once, for restored turns. */
export function renderMarkdown(text: string, actions: MarkdownActions): MarkdownView {
  const view = createMarkdownView(actions);
  view.append(text);
  view.end();
  return view;
}

const cutNotice = 'This answer is longer than 2 MB. The rest is not shown.';

function wholeCharacters(text: string, length: number): number {
  const unit = text.charCodeAt(length - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? length - 1 : length;
}
