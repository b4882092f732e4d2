export interface FocusKeeper {
  /** Focuses the message field, or what leads to it while it is not there. */
  readonly toMain: () => void;
  /** Runs a draw. What has the focus may go away in it; then the focus goes to another place. */
  readonly during: (draw: () => void) => void;
}

/**
 * Keeps the keyboard in the panel when the focused element is removed or hidden. While another part
 * of the window has the focus, nothing is taken from it: the focus moves when the panel gets it back.
 *
 * @param field - where one writes
 * @param page - the element with the page that stands in its place before the sign-in
 */
export function createFocusKeeper(
  field: { readonly element: HTMLElement; readonly focus: () => void },
  page: HTMLElement,
): FocusKeeper {
  const toMain = () => {
    if (field.element.hidden) firstControl(page)?.focus();
    else field.focus();
  };
  let isLost = false;
  window.addEventListener('focus', () => {
    if (isLost && !isReachable(document.activeElement)) toMain();
    isLost = false;
  });
  return {
    toMain,
    during(draw) {
      const before = document.activeElement;
      draw();
      if (before === document.body || isReachable(before)) return;
      if (document.hasFocus()) toMain();
      else isLost = true;
    },
  };
}

function isReachable(element: Element | null): boolean {
  if (element === null || element === document.body || !element.isConnected) return false;
  return element.closest('[hidden], [inert]') === null;
}

/** The first control in an element that the keyboard can reach. */
function firstControl(element: Element): HTMLElement | undefined {
  const controls = element.querySelectorAll<HTMLElement>(
    'vscode-button, button:not(:disabled), input:not(:disabled), a[href]',
  );
  return [...controls].find(isReachable);
}
