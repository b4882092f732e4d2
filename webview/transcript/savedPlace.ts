/** Where the reader is, over a reload of the page. */
export interface SavedPlace {
  /**
   * After a frame: goes back to the saved place at first, and again while there is `more` of the
   * answers to draw, which moves what is below it. The reader's own scrolling ends that.
   */
  readonly restore: (isFirst: boolean, more: boolean) => void;
}

export function createSavedPlace(
  scroller: HTMLElement,
  { restore, save }: { readonly restore: () => void; readonly save: () => void },
): SavedPlace {
  let isRestoring = false;
  const saveOwn = () => {
    if (!isRestoring) save();
  };
  const stop = () => {
    isRestoring = false;
  };
  for (const name of ['wheel', 'keydown', 'pointerdown'])
    scroller.addEventListener(name, stop, { passive: true });
  scroller.addEventListener('scrollend', saveOwn);
  window.addEventListener('pagehide', saveOwn);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') saveOwn();
  });
  return {
    restore(isFirst, more) {
      if (!isFirst && !isRestoring) return;
      restore();
      isRestoring = more;
    },
  };
}
