/** Where the reader stands: heights in CSS pixels. */
export interface ScrollPlace {
  readonly top: number;
  readonly viewHeight: number;
  readonly contentHeight: number;
}

/** Nearer to the end than this counts as at the end. */
export const nearEndPx = 32;

export function isAtEnd({ top, viewHeight, contentHeight }: ScrollPlace): boolean {
  return contentHeight - viewHeight - top <= nearEndPx;
}

export interface Follow {
  readonly following: boolean;
  /** The reader scrolled, or the view did: following resumes at the end and ends on the way up. */
  readonly scrolled: (place: ScrollPlace) => void;
  /** The reader wants to stay: wheel or key upwards, a selection, the focus inside a row. */
  readonly hold: () => void;
  /** The reader wants the end: a prompt was sent, or the button was pressed. */
  readonly release: () => void;
}

/**
 * Decides whether new text pulls the view along. While something is held (a selection or the focus
 * inside a row) not even the end itself resumes it: what is being read must not move.
 */
export function createFollow(isHeld: () => boolean): Follow {
  let following = true;
  let lastTop = 0;
  return {
    get following() {
      return following;
    },
    scrolled(place) {
      const movedUp = place.top < lastTop;
      lastTop = place.top;
      if (!isAtEnd(place)) following = following && !movedUp;
      else if (!following && !movedUp) following = !isHeld();
    },
    hold() {
      following = false;
    },
    release() {
      following = true;
    },
  };
}
