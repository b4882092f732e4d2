import { traceError } from '../../base/describeError.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { branchOf, settledTurn } from '../conversations/conversation.ts';
import { contextOf, createChatState, toTurn, type ChatState } from './chatState.ts';
import { failureReport } from './messages/failureReport.ts';
import { restPrompt } from '../conversations/history.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import { renewLimitActions, wordsFor } from './turn/turnFailure.ts';
import type { Prompt } from '../conversations/prompt.ts';
import { fromStoredError } from '../conversations/storedError.ts';
import type { Turn } from './turn/turn.ts';
import type { TurnReceipt } from '../../shared/protocol/turn.ts';
import { createBranches, type Branches } from './branches.ts';
import type { ChatInfo } from '../../shared/protocol/history.ts';
import type { SessionChange, SessionDeps, SessionLog } from './sessionTypes.ts';
import type { StoredCompaction } from '../conversations/compaction/compactionList.ts';
import { branchContext } from '../conversations/context/branchContext.ts';
import { branchCompactions } from '../conversations/context/contextEntries.ts';
import type { ChatCompaction } from './compaction/chatCompaction.ts';
import { createSessionCompaction } from './compaction/sessionCompaction.ts';
import { createTurnRunner } from './turnRunner.ts';

/** One chat that is open: its turns, and the abort of the turn that runs. */
export interface Session extends Omit<Branches, 'begin'> {
  readonly id: string;
  turns(): readonly Turn[];
  /** An estimate before the first answer. */
  context(): ContextUse;
  /** What must be known of the chat as it is stored. */
  info(): ChatInfo;
  isBusy(): boolean;
  /** Starts a turn; ignored while one runs. */
  send(prompt: Prompt): void;
  stop(): void;
  /** The last turn's prompt once more, on a branch of its own; an earlier one's as a new turn. */
  retry(turnId: string): void;
  /** Asks for the rest of the last answer, where that was cut short; ignored otherwise. */
  resume(turnId: string): void;
  /** Ends the wait before the next attempt. */
  retryNow(turnId: string): void;
  /** Summarizes the history; see `ChatCompaction`. */
  readonly compaction: Pick<ChatCompaction, 'state' | 'start' | 'restore' | 'stop'>;
  /** The compactions of the branch that is shown, those that were taken back included. */
  compactions(): readonly StoredCompaction[];
  /** What the turn has taken; turns that are gone are passed over. */
  noteReceipt(turnId: string, receipt: TurnReceipt): void;
  /** What may be done about a limit that ended the last turn may be something else by now. */
  lookAgain(): void;
  /** Facts for a report about a failed turn, as JSON; undefined for other turns. */
  details(turnId: string): string | undefined;
  readonly onDidChange: Event<SessionChange>;
  /** A turn has ended, in whatever way; fired after the change that shows it. */
  readonly onDidEndTurn: Event<void>;
  dispose(): void;
}

export function createSession(deps: SessionDeps): Session {
  const { log, chat } = deps;
  const onError = (error: unknown) => log.error(`session: ${traceError(error)}`);
  const change = createEmitter<SessionChange>(onError);
  const ended = createEmitter<void>(onError);
  const state = openState(deps);
  const compaction = createSessionCompaction(deps, state, {
    use: () => context(),
    isBusy: () => running()?.hasHistory === true,
    onChange() {
      change.fire({ type: 'compaction' });
      change.fire({ type: 'context' });
    },
  });
  const runner = createTurnRunner(deps, state, compaction, {
    change: change.fire,
    ended: ended.fire,
  });
  const { running, stop } = runner;
  const context = () =>
    branchContext(chat.conversation(), deps.basis(), running()?.context?.usedTokens);
  const isBusy = () => running() !== undefined;
  const lastId = () => state.turns.at(-1)?.id;
  const readAgain = () => {
    showBranch(deps, state);
    change.fire({ type: 'turns' });
  };
  const { begin, ...branches } = createBranches({
    chat,
    isBusy,
    begin: runner.begin,
    changed: readAgain,
  });
  const listening = [
    chat.onDidChange(() => (isBusy() ? undefined : readAgain())),
    chat.onDidChangeUnsaved(() => change.fire({ type: 'info' })),
  ];

  return {
    id: chat.id,
    turns: () => state.turns,
    context,
    info: () => infoOf(chat),
    isBusy,
    ...branches,
    send(prompt) {
      if (!isBusy()) begin(prompt, lastId());
    },
    stop() {
      if (isBusy()) stop();
      else compaction.stop();
    },
    compaction,
    compactions: () => branchCompactions(chat.conversation()),
    retry(turnId) {
      const turn = state.turns.find(({ id }) => id === turnId);
      if (isBusy() || !turn) return;
      const parent = chat.conversation().turns.get(turnId)?.parent;
      begin(turn.prompt, turnId === lastId() ? parent : lastId());
    },
    resume(turnId) {
      const last = state.turns.at(-1);
      if (isBusy() || last?.id !== turnId || last.mayContinue !== true) return;
      begin({ text: restPrompt, attachments: [] }, turnId);
    },
    retryNow(turnId) {
      const current = running();
      if (current?.turn.id === turnId) current.skip?.();
    },
    noteReceipt(turnId, receipt) {
      const turn = state.turns.find(({ id }) => id === turnId);
      if (!turn) return;
      turn.receipt = receipt;
      void storeReceipt(turnId, receipt, deps);
      change.fire({ type: 'turn/receipt', turn });
    },
    lookAgain() {
      const turn = state.turns.at(-1);
      if (!isBusy() && turn && renewLimitActions(turn, state.errors, deps)) {
        change.fire({ type: 'turn/state', turn });
      }
    },
    details: (turnId) =>
      state.errors.has(turnId) ? failureReport(state.errors.get(turnId)) : undefined,
    onDidChange: change.event,
    onDidEndTurn: ended.event,
    dispose() {
      stop('interrupted');
      compaction.stop();
      for (const one of listening) one.dispose();
    },
  };
}

function infoOf(chat: SessionLog): ChatInfo {
  const { readOnly, skipped } = chat.conversation();
  const damaged = chat.damage().damagedLines + (readOnly === undefined ? skipped : 0);
  const { count, code } = chat.unsaved();
  return {
    ...(readOnly !== undefined && { readOnly }),
    ...(damaged > 0 && { damaged }),
    ...(count > 0 && code !== undefined && { unsaved: { count, code } }),
  };
}

/** The chat as it was stored, with what its errors say now. */
function openState(deps: SessionDeps): ChatState {
  const state = createChatState(deps.chat, deps.newId, deps.tagOf);
  for (const turn of state.turns) addFailure(turn, state, deps);
  return state;
}

function addFailure(turn: Turn, { errors }: ChatState, deps: SessionDeps): void {
  if (errors.has(turn.id)) turn.failure = wordsFor(errors.get(turn.id), deps);
}

/** Shows the branch that the records name; turns that are shown already stay the same objects. */
function showBranch(deps: SessionDeps, state: ChatState): void {
  const known = new Map(state.turns.map((turn) => [turn.id, turn]));
  const branch = branchOf(deps.chat.conversation()).map(settledTurn);
  state.turns = branch.map((stored) => {
    const turn = known.get(stored.id);
    if (turn && turn.status === stored.status) return turn;
    const shown = toTurn(stored);
    if (stored.error) state.errors.set(shown.id, fromStoredError(stored.error));
    addFailure(shown, state, deps);
    return shown;
  });
  const context = contextOf(branch);
  if (context) state.context = context;
  else delete state.context;
}

/** A receipt that cannot be stored is known until the window closes. */
async function storeReceipt(
  turn: string,
  receipt: TurnReceipt,
  { chat, log }: SessionDeps,
): Promise<void> {
  try {
    if (!(await chat.acquire(new AbortController().signal))) return;
    chat.add({ type: 'receipt', turn, receipt });
    await chat.write();
  } catch (error) {
    log.warn(`a receipt was not stored: ${traceError(error)}`);
  }
}
