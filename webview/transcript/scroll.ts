import { createFollow, isAtEnd, type ScrollPlace } from './follow.ts';

export interface Scroll {
  readonly following: boolean;
  /** Goes to the end if the view follows. */
  readonly settle: () => void;
  /** Stops following, because the view goes back to where the reader was. */
  readonly stay: () => void;
  /** To the end, and following from now on. */
  readonly toEnd: () => void;
  /** Names the content whose growth the view follows. */
  readonly watch: (content: Element) => void;
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
  let place: ScrollPlace = { top: 0, viewHeight: 0, contentHeight: 0 };
  const look = () => {
    const { scrollTop: top, clientHeight: viewHeight, scrollHeight: contentHeight } = scroller;
    place = { top, viewHeight, contentHeight };
  };
  const hold = () => {
    if (!follow.following) return;
    follow.hold();
    onMove();
  };
  const settle = () => {
    if (follow.following) scroller.scrollTop = scroller.scrollHeight;
    look();
  };
  scroller.addEventListener('scroll', () => {
    const wasFollowing = follow.following;
    look();
    follow.scrolled(place);
    if (!wasFollowing || !follow.following) onMove();
  });
  const wheel = ({ deltaY }: WheelEvent) => deltaY < 0 && scroller.scrollTop > 0 && hold();
  scroller.addEventListener('wheel', wheel, { passive: true });
  scroller.addEventListener('keydown', ({ key }) => upKeys.has(key) && hold());
  scroller.addEventListener('focusin', hold);
  document.addEventListener('selectionchange', () => hasSelection() && hold());
  // Observers are called after the layout of a frame and before it is painted: the end stays the
  // end, whatever grew, and no draw has to wait for a layout of its own.
  const sizes = new ResizeObserver(() => {
    settle();
    if (!follow.following) onMove();
  });
  sizes.observe(scroller);

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
    watch: (content) => sizes.observe(content),
    isAtEnd: () => isAtEnd(place),
  };
}
