/** Replaces what `element` holds by nodes of the same text; a selection in it stays where it was. */
export function replaceKeepingSelection(element: HTMLElement, nodes: DocumentFragment): void {
  const selection = getSelection();
  if (!selection || !selection.containsNode(element, true)) {
    element.replaceChildren(nodes);
    return;
  }
  const anchor = remember(element, selection.anchorNode, selection.anchorOffset);
  const focus = remember(element, selection.focusNode, selection.focusOffset);
  element.replaceChildren(nodes);
  const from = anchor?.();
  const to = focus?.();
  if (from && to) selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
}

interface Position {
  readonly node: Node;
  readonly offset: number;
}

/** How to find the position again after the nodes in `element` have changed. */
function remember(
  element: HTMLElement,
  node: Node | null,
  offset: number,
): (() => Position) | undefined {
  if (!node) return undefined;
  if (!element.contains(node)) return () => ({ node, offset });
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(node, offset);
  const length = before.toString().length;
  return () => positionAt(element, length);
}

function positionAt(element: HTMLElement, length: number): Position {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = length;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const size = node.nodeValue?.length ?? 0;
    if (left <= size) return { node, offset: left };
    left -= size;
  }
  return { node: element, offset: element.childNodes.length };
}
