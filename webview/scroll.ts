import { createFollow, isAtEnd, type ScrollPlace } from './follow.ts';

export interface Scroll {
  readonly following: boolean;
  /** Goes to the end if the view follows. Called after each draw. */
  readonly settle: () => void;
  /** Stops following, because the view goes back to where the reader was. */
  readonly stay: () => void;
  /** To the end, and following from now on. */
  readonly toEnd: () => void;
  readonly isAtEnd: () => boolean;
}

const upKeys = new Set(['PageUp', 'Home']);

/** Binds the rules of `createFollow` to the scrolling element and what the reader does in it. */
export function createScroll(scroller: HTMLElement, onMove: () => void): Scroll {
  const hasSelection = () => {
    const selection = getSelection();
    return selection !== null && !selection.isCollapsed && scroller.contains(selection.anchorNode);
  };
  const hasKeyFocus = () => scroller.querySelector(':focus-visible') !== null;
  const follow = createFollow(() => hasSelection() || hasKeyFocus());
  const place = (): ScrollPlace => ({
    top: scroller.scrollTop,
    viewHeight: scroller.clientHeight,
    contentHeight: scroller.scrollHeight,
  });
  const hold = () => {
    if (!follow.following) return;
    follow.hold();
    onMove();
  };
  const settle = () => {
    if (follow.following) scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener('scroll', () => {
    follow.scrolled(place());
    onMove();
  });
  scroller.addEventListener('wheel', ({ deltaY }) => deltaY < 0 && hold(), { passive: true });
  scroller.addEventListener('keydown', ({ key }) => upKeys.has(key) && hold());
  scroller.addEventListener('focusin', hold);
  document.addEventListener('selectionchange', () => hasSelection() && hold());
  // The composer grows, the panel is resized, pictures of the page settle: the end stays the end.
  new ResizeObserver(settle).observe(scroller);

  return {
    get following() {
      return follow.following;
    },
    settle,
    stay: follow.hold,
    toEnd() {
      follow.release();
      settle();
      onMove();
    },
    isAtEnd: () => isAtEnd(place()),
  };
}
