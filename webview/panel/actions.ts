import type { Extras } from '../base/extras.ts';
import type { HostContext } from '../base/hostContext.ts';
import type { FileLinks } from '../markdown/links/fileLinks.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import type { PromptEditor } from '../history/promptEditor.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';

/** What a row of the transcript may ask for, and what it must know beside its own state. */
export interface RowContext extends HostContext {
  /** Puts text on the clipboard and says so. */
  readonly copy: (text: string) => void;
  readonly files: FileLinks;
  /**
   * Asks for the turn once more, or for the rest of it, unless an answer is under way; the focus
   * goes to the field.
   */
  readonly retry: (
    turnId: string,
    how?: 'turn/retry' | 'turn/continue' | 'turn/regenerate',
  ) => void;
  /** Opens a copy of the chat up to this turn. */
  readonly fork: (turnId: string) => void;
  /** Puts a link to the turn on the clipboard and says so. */
  readonly copyLink: (turnId: string) => void;
  /** Asks what a suggestion says; the focus goes to the field. */
  readonly pickSuggestion: (id: string) => void;
  /** Whether the user opened or closed a fold; `undefined` when it was never touched. */
  readonly fold: (key: string) => boolean | undefined;
  readonly setFold: (key: string, open: boolean) => void;
  /** Asks for a draw, after something on the row changed by itself. */
  readonly redraw: () => void;
  readonly settings: SettingsView;
  /** Whether turns can be edited, answered again and forked: the chat is stored and not read-only. */
  readonly mayBranch: boolean;
  readonly isStored: boolean;
  readonly edits: PromptEdits;
  readonly extras: Extras;
}

/** Prompts that are edited in their place. */
export interface PromptEdits {
  /** What was typed for this turn and not sent. */
  readonly draft: (turnId: string) => string | undefined;
  readonly keep: (turnId: string, text: string) => void;
  /** The editor for the turn, once its script is loaded. */
  readonly open: (
    turn: TurnView,
    text: string,
    close: () => void,
    show: (editor: PromptEditor) => void,
  ) => void;
}
