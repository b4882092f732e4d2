import type { DraftAttachmentView } from '../../src/shared/protocol/attachments.ts';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import { applyPartChange } from '../../src/shared/partChanges.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import { reduceUsage, type UsageState } from '../usage/state.ts';

type Snapshot = Extract<ToWebview, { type: 'snapshot' }>;

/** All that the host has told the view. */
export type ViewState = Readonly<
  Omit<Snapshot, 'type' | 'seq'> & {
    usage: UsageState;
    /** Of the message that is being written; undefined until the host has said it. */
    attachments?: readonly DraftAttachmentView[];
  }
>;

/**
 * The state after a message. What a message does not touch keeps its identity, so that the view
 * redraws only what changed; a message about an unknown turn or an older attempt changes nothing.
 * Before the first snapshot there is no state.
 */
export function reduce(state: ViewState | undefined, message: ToWebview): ViewState | undefined {
  if (message.type === 'snapshot') {
    const { type: _type, seq: _seq, ...all } = message;
    return { ...all, usage: reduceUsage(state?.usage, message) };
  }
  if (state === undefined) return undefined;
  switch (message.type) {
    case 'turn/add':
      return { ...state, turns: withTurn(state.turns, message.turn) };
    case 'turn/changes':
      return changeTurn(state, message.turnId, (turn) => changed(turn, message));
    case 'turn/state':
      return changeTurn(state, message.turnId, (turn) => restated(turn, message));
    case 'account':
      return { ...state, account: message.account };
    case 'models':
      return { ...state, models: message.models };
    case 'quota':
      return { ...state, quota: message.quota };
    case 'context': {
      const { context: _context, ...rest } = state;
      return message.context === undefined ? rest : { ...rest, context: message.context };
    }
    case 'compactions':
      return { ...state, compactions: message.compactions };
    case 'start':
      return { ...state, start: message.start };
    case 'settings':
      return { ...state, settings: message.settings };
    case 'chat': {
      const { chat: _chat, ...rest } = state;
      return message.chat === undefined ? rest : { ...rest, chat: message.chat };
    }
    case 'queue':
      return { ...state, queue: message.prompts };
    case 'focus':
    case 'draft':
    case 'turn/reveal':
    case 'history/open':
    case 'history/list':
    case 'history/change':
    case 'history/hits':
    case 'history/deleted':
    case 'files/known':
    case 'attachment/refused':
    case 'attachment/readImage':
      return state;
    case 'attachments':
      return { ...state, attachments: message.list };
    case 'usage/open':
    case 'usage/accounts':
    case 'usage/plot':
    case 'usage/ledger':
    case 'warning':
    case 'scheduled':
      return { ...state, usage: reduceUsage(state.usage, message) };
  }
}

/** The turn that is being answered, if any. */
export function runningTurn(state: ViewState | undefined): TurnView | undefined {
  return state?.turns.findLast((turn) => turn.status === 'running');
}

/** A turn of a known id is replaced in its place: that is how a retried turn begins anew. */
function withTurn(turns: readonly TurnView[], turn: TurnView): TurnView[] {
  return turns.some((other) => other.id === turn.id)
    ? turns.map((other) => (other.id === turn.id ? turn : other))
    : [...turns, turn];
}

function changeTurn(state: ViewState, id: string, change: (turn: TurnView) => TurnView): ViewState {
  const before = state.turns.find((turn) => turn.id === id);
  if (before === undefined) return state;
  const after = change(before);
  if (after === before) return state;
  return { ...state, turns: state.turns.map((turn) => (turn === before ? after : turn)) };
}

function changed(turn: TurnView, message: Extract<ToWebview, { type: 'turn/changes' }>): TurnView {
  if (message.attempt < turn.attempt) return turn;
  const parts = [...turn.parts];
  for (const change of message.changes) applyPartChange(parts, change);
  return { ...turn, attempt: message.attempt, parts };
}

function restated(turn: TurnView, message: Extract<ToWebview, { type: 'turn/state' }>): TurnView {
  if (message.attempt < turn.attempt) return turn;
  const { type: _type, seq: _seq, turnId: _turnId, ...told } = message;
  const { id, prompt, attachments, parts, branch, startedAtMs } = turn;
  return {
    id,
    prompt,
    attachments,
    parts,
    ...(branch && { branch }),
    startedAtMs,
    ...told,
    notes: kept(turn.notes, told.notes),
    ...(told.failure && { failure: kept(turn.failure, told.failure) }),
    ...(told.usage && { usage: kept(turn.usage, told.usage) }),
    ...(told.receipt && { receipt: kept(turn.receipt, told.receipt) }),
  };
}

/** What was there before when it says the same: a parsed message is new all through. */
function kept<T>(before: T | undefined, after: T): T {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
