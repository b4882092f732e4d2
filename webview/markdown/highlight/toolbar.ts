import { h } from '../../base/dom.ts';

/** One Tab stop for several buttons; arrow keys, Home and End move between them. */
export function createToolbar(label: string, buttons: readonly HTMLButtonElement[]): HTMLElement {
  const stopAt = (index: number) => {
    for (const [i, button] of buttons.entries()) button.tabIndex = i === index ? 0 : -1;
  };
  const move = (event: Event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const at = buttons.findIndex((button) => button === event.target);
    const next = at < 0 ? undefined : nextIndex(event.key, at, buttons.length);
    if (next === undefined) return;
    event.preventDefault();
    stopAt(next);
    buttons[next]?.focus();
  };
  stopAt(0);
  const props = { class: 'tools', role: 'toolbar', 'aria-label': label, onkeydown: move };
  return h('div', props, ...buttons);
}

function nextIndex(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
