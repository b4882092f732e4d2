import type { RowContext } from './actions.ts';
import { h } from './h.ts';

export interface GrowingText {
  readonly element: HTMLElement;
  /** Shows `text`: appended when it goes on from what stands there, else drawn anew. */
  readonly update: (text: string, ended: boolean) => void;
  /** Draws what is due; true when it needs another frame. */
  readonly frame: (nowMs: number) => boolean;
  readonly dispose: () => void;
}

export function createGrowingText(_turnId: string, _context: RowContext): GrowingText {
  const element = h('div', { class: 'md', dir: 'auto' });
  return {
    element,
    update(text) {
      if (element.textContent !== text) element.textContent = text;
    },
    frame: () => false,
    dispose: () => undefined,
  };
}
