import type { Localization } from '../../src/shared/l10n.ts';
import type { FromWebview, ToWebview } from '../../src/shared/protocol/messages.ts';
import type { Announcement } from '../panel/announcer.ts';
import type { CoveringPage } from '../panel/pageLoader.ts';
import type { ButtonLook } from '../base/toolkit.ts';

/** What the panel hands to the page, which is a script of its own and brings no toolkit. */
export interface HistoryContext {
  readonly send: (message: FromWebview) => void;
  readonly say: (announcement: Announcement) => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly button: (label: string, look: ButtonLook, press: () => void) => HTMLElement;
  readonly close: () => void;
  /** What was searched for when the page was last left. */
  readonly query: string;
  readonly keepQuery: (query: string) => void;
  /** The script of the page formats its own texts. */
  readonly localization: Localization;
}

export type HistoryMessage = Extract<ToWebview, { type: `history/${string}` }>;

export interface HistoryPage extends CoveringPage {
  readonly hear: (message: HistoryMessage) => void;
}
