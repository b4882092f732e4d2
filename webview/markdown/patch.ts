import { codeBlockOf } from './highlight/codeBlock.ts';
import { formulaOf } from './formula/formulaView.ts';
import { isCutTable, matchExpansion } from './table.ts';

/**
 * Makes the siblings from `first` on look like `fresh`, reusing what is there, so that focus,
 * selection and scroll positions inside an open block outlive its next drawing. Gives back the
 * nodes that now stand for `fresh`; those after them are left alone.
 */
export function patchSiblings(
  parent: Node,
  first: ChildNode | null,
  fresh: readonly Node[],
): Node[] {
  let old = first;
  return fresh.map((node) => {
    const current = old;
    old = old?.nextSibling ?? null;
    if (!current) return parent.appendChild(node);
    if (patchNode(current, node)) return current;
    current.replaceWith(node);
    return node;
  });
}

/** Removes `first` and all its later siblings. */
export function removeFrom(first: ChildNode | null): void {
  let node = first;
  while (node) {
    const next = node.nextSibling;
    node.remove();
    node = next;
  }
}

/** Makes `old` look like `fresh` if they are of one kind; else does nothing and says false. */
export function patchNode(old: Node, fresh: Node): boolean {
  if (old.nodeName !== fresh.nodeName) return false;
  if (old instanceof Text && fresh instanceof Text) {
    patchText(old, fresh.data);
    return true;
  }
  if (!(old instanceof Element && fresh instanceof Element)) return false;
  const block = codeBlockOf(old);
  const freshBlock = codeBlockOf(fresh);
  if (block && freshBlock) return block.adopt(freshBlock);
  if (formulaOf(old) !== undefined || formulaOf(fresh) !== undefined)
    return formulaOf(old) === formulaOf(fresh);
  matchExpansion(old, fresh);
  if (!sameListener(old, fresh)) return false;
  patchAttributes(old, fresh);
  const children = patchSiblings(old, old.firstChild, [...fresh.childNodes]);
  removeFrom(old.childNodes[children.length] ?? null);
  return true;
}

/** Links and buttons act on what they were made for. */
function sameListener(old: Element, fresh: Element): boolean {
  if (old.localName === 'button' || isCutTable(old) || isCutTable(fresh)) return false;
  return old.localName !== 'a' || old.getAttribute('title') === fresh.getAttribute('title');
}

/** Changes as little as possible: what is selected before the change stays selected. */
function patchText(old: Text, wanted: string): void {
  if (old.data === wanted) return;
  if (wanted.startsWith(old.data)) {
    old.appendData(wanted.slice(old.length));
    return;
  }
  let same = 0;
  while (same < old.length && old.data.charCodeAt(same) === wanted.charCodeAt(same)) same++;
  old.replaceData(same, old.length - same, wanted.slice(same));
}

function patchAttributes(old: Element, fresh: Element): void {
  for (const name of old.getAttributeNames()) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
