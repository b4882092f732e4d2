/** What may still be drawn in a frame. All texts of a page share it. */
export interface Budget {
  /** Counts what was drawn; an element counts 1, and what takes longer to lay out counts more. */
  readonly spend: (elements: number) => void;
  readonly isSpent: () => boolean;
}

/** A frame lasts 16 ms at best; layout and paint of what was drawn come on top of the script. */
const scriptMs = 8;
const mostElements = 300;

let current: { readonly frameMs: number; readonly budget: Budget } | undefined;

/** The budget of the frame that began at `frameMs`, the time that the frame's callback was given. */
export function frameBudget(frameMs: number): Budget {
  if (current?.frameMs !== frameMs) current = { frameMs, budget: createBudget() };
  return current.budget;
}

/** For what draws outside of a frame, such as a click. */
export function createBudget(): Budget {
  const endMs = performance.now() + scriptMs;
  let left = mostElements;
  return {
    spend(elements) {
      left -= elements;
    },
    isSpent: () => left <= 0 || performance.now() > endMs,
  };
}
