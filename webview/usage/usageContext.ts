import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import type { LedgerScope, PlotSpan } from '../../src/shared/protocol/usage.ts';
import type { Localization } from '../../src/shared/l10n.ts';
import type { Announcement } from '../panel/announcer.ts';
import type { ButtonLook } from '../base/toolkit.ts';
import type { ViewState } from '../panel/state.ts';

/** What the page shows, of what the host could tell. */
export interface UsageChoice {
  /** Absent for the account in use. */
  readonly accountId?: string | undefined;
  readonly span: PlotSpan;
  readonly scope: LedgerScope;
}

/** What the panel hands to the page, which is a script of its own and brings no toolkit. */
export interface UsageContext {
  readonly send: (message: FromWebview) => void;
  readonly say: (announcement: Announcement) => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly button: (label: string, look: ButtonLook, press: () => void) => HTMLElement;
  readonly close: () => void;
  /** What was shown when the page was last left. */
  readonly choice: UsageChoice;
  readonly keep: (choice: UsageChoice) => void;
  /** The script of the page formats its own texts. */
  readonly localization: Localization;
}

export interface UsagePage {
  readonly element: HTMLElement;
  readonly update: (state: ViewState) => void;
  /** Asks for the figures, and for every change of them, until `hide`. */
  readonly show: () => void;
  readonly hide: () => void;
  readonly focus: () => void;
}

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
