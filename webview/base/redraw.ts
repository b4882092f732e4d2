/**
 * Puts new children into `parent`; what had the focus among the old ones gives it to the new one of
 * the same `data-key`.
 */
export function redraw(parent: Element, children: readonly (Node | undefined)[]): void {
  const active = document.activeElement;
  const key = active !== null && parent.contains(active) ? active.getAttribute('data-key') : null;
  parent.replaceChildren(...children.filter((child) => child !== undefined));
  if (key === null) return;
  const next = [...parent.querySelectorAll<HTMLElement>('[data-key]')];
  next.find((element) => element.getAttribute('data-key') === key)?.focus();
}
