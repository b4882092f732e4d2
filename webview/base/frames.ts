export interface Frames {
  /** Asks for one draw with the next frame, however often it is called before. */
  readonly request: () => void;
  /** Asks for a draw and calls `act` once when it is done. */
  readonly after: (act: () => void) => void;
}

/** Draws at most once an animation frame, and never while nothing has asked for it. */
export function createFrames(draw: (nowMs: number) => void): Frames {
  let asked = false;
  const acts: (() => void)[] = [];
  const request = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame((nowMs) => {
      asked = false;
      draw(nowMs);
      for (const act of acts.splice(0)) act();
    });
  };
  return {
    request,
    after(act) {
      acts.push(act);
      request();
    },
  };
}

export interface Ticker {
  /** Whether something on the page counts seconds. */
  readonly need: (wanted: boolean) => void;
}

/** Calls `tick` each second, or `everyMs`, while it is needed and the page can be seen; else no timer exists. */
export function createTicker(tick: () => void, everyMs = 1_000): Ticker {
  let wanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arrange = () => {
    const runs = wanted && document.visibilityState === 'visible';
    if (runs && timer === undefined) {
      timer = setTimeout(() => {
        timer = undefined;
        tick();
        arrange();
      }, everyMs);
    } else if (!runs && timer !== undefined) {
      clearTimeout(timer);
      timer = undefined;
    }
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && wanted) tick();
    arrange();
  });
  return {
    need(now) {
      wanted = now;
      arrange();
    },
  };
}

/** Calls `act` once, `ms` after it was first wanted, unless it is no longer wanted by then. */
export function createDelayed(
  ms: number,
  act: () => void,
): { readonly arrange: (wanted: boolean) => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasWanted = false;
  return {
    arrange(wanted) {
      if (wanted === wasWanted) return;
      wasWanted = wanted;
      if (wanted) timer = setTimeout(act, ms);
      else clearTimeout(timer);
    },
  };
}
