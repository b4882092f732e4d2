import * as l10n from '@vscode/l10n';
import { formatNumber, plural } from '../../../src/shared/format.ts';
import { h, s, setAttribute } from '../../base/dom.ts';
import { icon } from '../../base/icons.ts';
import { codePieces, createCodeText } from './codeText.ts';
import type { CodeInfo } from '../parse/fenceInfo.ts';
import type { MarkdownActions } from '../markdownActions.ts';
import { replaceKeepingSelection } from '../selection.ts';
import { createToolbar } from './toolbar.ts';
import { countLineEnds } from '../parse/textUnits.ts';

/** A block of code on the page, open until its fence is closed. */
export interface CodeBlock {
  readonly element: HTMLElement;
  readonly info: CodeInfo;
  /** The model's text between the fences, cleaned, without the line end before the closing fence. */
  readonly text: string;
  /** As `text`, with that line end. */
  readonly source: string;
  readonly number: number;
  readonly closed: boolean;
  append(text: string): void;
  /** Gives the block its buttons and its full name. */
  close(): void;
  /** Takes over what `fresh` shows, keeping the own nodes; false if they are numbered differently. */
  adopt(fresh: CodeBlock): boolean;
  /** Elements that hold the code, one after the other. */
  readonly pieces: readonly HTMLElement[];
  /** Puts coloured nodes of the same text in the place of the plain ones of a piece. */
  paint(piece: HTMLElement, nodes: DocumentFragment): void;
}

const copiedMs = 2_000;
const blocks = new WeakMap<Node, CodeBlock>();

export function codeBlockOf(node: Node): CodeBlock | undefined {
  return blocks.get(node);
}

/** `number` counts the blocks of a message from 1; `signal` ends with the view. */
export function createCodeBlock(
  info: CodeInfo,
  number: number,
  actions: MarkdownActions,
  signal: AbortSignal,
): CodeBlock {
  let shown = info;
  let source = '';
  let closed = false;
  const title = h('span', { class: 'clip', dir: 'auto' }, info.title);
  const head = h('div', { class: 'code-head' }, title);
  const code = h('code');
  const pre = h('pre', { tabindex: 0, role: 'group', dir: 'ltr' }, code);
  const element = h('figure', { class: 'code' }, head, pre);
  const shownCode = createCodeText(code);
  const text = () => (source.endsWith('\n') ? source.slice(0, -1) : source);

  function name(): void {
    const lines = closed ? countLineEnds(text()) + 1 : 0;
    const block = [formatNumber(number), shown.language.name] as const;
    const label = closed
      ? plural(
          l10n.t(
            '{0, plural, one {Code block {1}, {2}, # line} other {Code block {1}, {2}, # lines}}',
          ),
          lines,
          ...block,
        )
      : l10n.t('Code block {0}, {1}', ...block);
    setAttribute(pre, 'aria-label', label);
    title.textContent = shown.title;
    setAttribute(title, 'title', shown.title);
  }

  function buttons(): HTMLElement {
    // A list of all buttons of a page does not tell whose toolbar one is in: each names its block.
    const block = [formatNumber(number), shown.language.name] as const;
    const offered = [
      copyButton(l10n.t('Copy code block {0}, {1}', ...block), () => actions.copy(text()), signal),
    ];
    if (actions.insert) {
      const insert = () => actions.insert?.(text(), shown.language.id);
      offered.push(
        button(
          l10n.t('Insert at cursor'),
          l10n.t('Insert at cursor: code block {0}, {1}', ...block),
          insertIcon(),
          insert,
        ),
      );
    }
    if (actions.newFile) {
      const create = () => actions.newFile?.(text(), shown.language.id);
      offered.push(
        button(
          l10n.t('New file'),
          l10n.t('New file: code block {0}, {1}', ...block),
          newFileIcon(),
          create,
        ),
      );
    }
    return createToolbar(l10n.t('Code block {0}', formatNumber(number)), offered);
  }

  function setSource(wanted: string): void {
    if (!wanted.startsWith(source)) {
      shownCode.clear();
      source = '';
    }
    shownCode.append(wanted.slice(source.length));
    source = wanted;
  }

  /** A line that looked like the end of the fence has grown into something else. */
  function open(): void {
    if (closed) title.nextElementSibling?.remove();
    closed = false;
    name();
  }

  const block: CodeBlock = {
    element,
    get info() {
      return shown;
    },
    get text() {
      return text();
    },
    get source() {
      return source;
    },
    get closed() {
      return closed;
    },
    number,
    append(more) {
      source += more;
      shownCode.append(more);
    },
    close() {
      if (!closed) head.append(buttons());
      closed = true;
      name();
    },
    adopt(fresh) {
      if (fresh.number !== number) return false;
      shown = fresh.info;
      setSource(fresh.source);
      if (fresh.closed) block.close();
      else open();
      return true;
    },
    get pieces() {
      return codePieces(code);
    },
    paint: replaceKeepingSelection,
  };
  name();
  blocks.set(element, block);
  return block;
}

function copyButton(name: string, copy: () => void, signal: AbortSignal): HTMLButtonElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    setAttribute(element, 'aria-label', name);
    element.classList.remove('is-done');
    element.replaceChildren(icon('copy'));
  };
  const element = button(l10n.t('Copy'), name, icon('copy'), () => {
    copy();
    setAttribute(element, 'aria-label', l10n.t('Copied'));
    element.classList.add('is-done');
    element.replaceChildren(icon('check'), l10n.t('Copied'));
    clearTimeout(timer);
    timer = setTimeout(rest, copiedMs);
  });
  signal.addEventListener('abort', () => clearTimeout(timer));
  return element;
}

function button(
  title: string,
  name: string,
  picture: SVGElement,
  press: () => void,
): HTMLButtonElement {
  const props = { class: 'tool', type: 'button', 'aria-label': name, title };
  return h('button', { ...props, onclick: press }, picture);
}

function insertIcon(): SVGElement {
  return drawing('M2.5 8H9M6.4 5.2 9.2 8l-2.8 2.8M12.5 3v10M11 3h3M11 13h3');
}

function newFileIcon(): SVGElement {
  return drawing(
    'M9.5 2.5H4a.5.5 0 0 0-.5.5v10a.5.5 0 0 0 .5.5h8a.5.5 0 0 0 .5-.5V5.5zM6 8.5h4M8 6.5v4',
  );
}

function drawing(path: string): SVGElement {
  const props = { class: 'i', viewBox: '0 0 16 16', 'aria-hidden': 'true' };
  return s('svg', props, s('path', { d: path }));
}
