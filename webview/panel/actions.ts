import type { FileLinks } from '../markdown/links/fileLinks.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';

/** What a row of the transcript may ask for, and what it must know beside its own state. */
export interface RowContext {
  readonly send: (message: FromWebview) => void;
  /** Puts text on the clipboard and says so. */
  readonly copy: (text: string) => void;
  readonly files: FileLinks;
  /**
   * Asks for the turn once more, or for the rest of it, unless an answer is under way; the focus
   * goes to the field.
   */
  readonly retry: (turnId: string, how?: 'turn/retry' | 'turn/continue') => void;
  /** Asks what a suggestion says; the focus goes to the field. */
  readonly pickSuggestion: (id: string) => void;
  /** Whether the user opened or closed a fold; `undefined` when it was never touched. */
  readonly fold: (key: string) => boolean | undefined;
  readonly setFold: (key: string, open: boolean) => void;
  /** Asks for a draw, after something on the row changed by itself. */
  readonly redraw: () => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly settings: SettingsView;
}
