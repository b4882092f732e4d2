import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import type { LedgerScope, PlotSpan } from '../../src/shared/protocol/usage.ts';
import type { Localization } from '../../src/shared/l10n.ts';
import type { Announcement } from '../panel/announcer.ts';
import type { ButtonLook } from '../base/toolkit.ts';
import type { CoveringPage } from '../panel/pageLoader.ts';

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

export type UsagePage = CoveringPage;
