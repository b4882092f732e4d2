import { readFileReference, readPathLikeWord } from '../../../src/base/fileReference.ts';
import { h } from '../../base/dom.ts';
import { decodeEntities } from '../parse/entities.ts';
import type { FileLinks } from './fileLinks.ts';
import { sanitizeText } from '../parse/sanitizeText.ts';
import type { MarkdownActions } from '../markdownActions.ts';

const maxShownTarget = 300;

/** A link without `href`: the editor follows those by itself, before we are asked. */
export function linkElement(
  title: string,
  label: readonly (Node | string)[],
  open: () => void,
): HTMLElement {
  const onkeydown = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key === 'Enter') open();
  };
  return h('a', { role: 'link', tabindex: 0, title, onclick: open, onkeydown }, label);
}

/** Code in a line. A path becomes a link when there is such a file. */
export function drawCode(text: string, { files }: MarkdownActions, inLink: boolean): HTMLElement {
  const code = () => h('code', { class: 'tick' }, text);
  if (inLink || !files || readPathLikeWord(text) === undefined) return code();
  return withFileLink(code(), text, files, () => [code()]);
}

/**
 * A link that leads to no web page: to a file when there is one, else words with the address behind
 * them, so that nothing of what the model wrote is lost.
 */
export function drawUnopened(
  href: string,
  label: readonly (Node | string)[],
  { files }: MarkdownActions,
): (Node | string)[] {
  const target = decodeTarget(href);
  if (target === '' || target.startsWith('#')) return [...label];
  const words = h('span', {}, label);
  const isNamed = words.textContent === target;
  const address = isNamed ? undefined : ` (${target.slice(0, maxShownTarget)})`;
  const plain = h('span', {}, words, address);
  if (!files || readFileReference(target) === undefined) return [plain];
  return [withFileLink(plain, target, files, () => [...words.childNodes])];
}

/** What stands behind the name of an image that is a file. */
export function pathBehind(href: string): string | undefined {
  const target = decodeTarget(href);
  return readFileReference(target) === undefined ? undefined : ` (${target})`;
}

/** `plain` until the host has found the file; then a link to it in its place. */
function withFileLink(
  plain: HTMLElement,
  reference: string,
  files: FileLinks,
  label: () => (Node | string)[],
): HTMLElement {
  const link = () => linkElement(reference, label(), () => files.open(reference));
  const canOpen = files.canOpen(reference);
  if (canOpen === true) return link();
  if (canOpen === undefined) files.ask(reference, plain, () => plain.replaceWith(link()));
  return plain;
}

function decodeTarget(href: string): string {
  const text = sanitizeText(decodeEntities(href)).trim();
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
