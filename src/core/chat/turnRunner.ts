import { traceError } from '../../base/describeError.ts';
import { ChatInUseError } from './chatInUse.ts';
import type { TurnEvent } from '../responses/stream/turnEvent.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { inputOf } from '../conversations/context/contextEntries.ts';
import { branchOf } from '../conversations/conversation.ts';
import { ContextFullError, type ChatCompaction } from './compaction/chatCompaction.ts';
import { type ChatState } from './chatState.ts';
import { internalError } from './messages/errorMessages.ts';
import type { TurnFailure } from '../../shared/protocol/turn.ts';
import { endNote, promptItem } from '../conversations/history.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import { runTurn, type TurnDeps } from './turn/runTurn.ts';
import { createTurnRecord, type TurnRecord } from './turn/turnRecord.ts';
import { wordsFor } from './turn/turnFailure.ts';
import { endRecord, endTurn, newTurn } from './turn/turnLifecycle.ts';
import { createTurnLog, type TurnLog } from './turn/turnLog.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { InputItem } from '../responses/request/input.ts';
import type { Turn } from './turn/turn.ts';
import type { TurnStatus } from '../../shared/protocol/turn.ts';
import type { SessionChange, SessionDeps, SessionLog } from './sessionTypes.ts';

interface Running {
  readonly turn: Turn;
  readonly parent: string | undefined;
  readonly record: TurnRecord;
  readonly log: TurnLog;
  readonly abort: AbortController;
  /** Whether the log of the chat holds its prompt. */
  isRecorded: boolean;
  /** Whether it has read the history that it sends. */
  hasHistory: boolean;
  /** Ends the wait before the next attempt. */
  skip?: () => void;
  /** How much of the context window its last answer has filled. */
  context?: ContextUse;
}

export interface SessionEvents {
  change(change: SessionChange): void;
  ended(): void;
}

/** Runs one turn at a time on the chat of the session. */
export function createTurnRunner(
  deps: SessionDeps,
  state: ChatState,
  compaction: Pick<ChatCompaction, 'beforeTurn' | 'turnEnded'>,
  { change, ended }: SessionEvents,
) {
  const { chat, clock, log, newId } = deps;
  let running: Running | undefined;

  /** @param parent - the turn before it; those after that one stay on a branch of their own. */
  function begin(prompt: Prompt, parent: string | undefined): void {
    const isNew = parent === state.turns.at(-1)?.id;
    const turn = newTurn(newId(), prompt, clock.now());
    const at = state.turns.findIndex(({ id }) => id === parent) + 1;
    state.turns = [...state.turns.slice(0, at), turn];
    running = newRunning(turn, parent, deps, state, change);
    change(isNew ? { type: 'turn/add', turn } : { type: 'turns' });
    void run(running);
  }

  /** Never rejects: whatever happens ends the turn. */
  async function run(mine: Running): Promise<void> {
    const { turn, abort } = mine;
    const emit = emitFor(mine, () => running === mine);
    try {
      await answerTurn(mine, { ...deps, chat: state, emit }, { chat, compaction });
      finish(turn, 'done');
    } catch (error) {
      // Only `stop` aborts, and it has ended the turn already.
      if (abort.signal.aborted) return;
      if (error instanceof ContextFullError) return giveBack(turn);
      state.errors.set(turn.id, error);
      finish(turn, 'failed', error);
    }
  }

  /** Nothing of the turn was recorded or sent: it is as if it had not been asked. */
  function giveBack(turn: Turn): void {
    running = undefined;
    state.turns = state.turns.filter((other) => other !== turn);
    deps.giveBack?.(turn.prompt);
    change({ type: 'turns' });
    ended();
  }

  /** What a stopped turn still says is nobody's business any more. */
  function emitFor(mine: Running, isRunning: () => boolean): TurnDeps['emit'] {
    const { turn } = mine;
    return {
      event(event) {
        tellOthers(event, deps);
        if (isRunning() && event.type === 'retry') mine.skip = event.skip;
      },
      state() {
        if (isRunning()) change({ type: 'turn/state', turn });
      },
      context(use) {
        if (!isRunning()) return;
        mine.context = use;
        state.context = use;
        change({ type: 'context' });
      },
    };
  }

  function finish(turn: Turn, status: TurnStatus, error?: unknown): void {
    if (running?.turn !== turn) return;
    const ending = running;
    try {
      ending.record.end(status);
    } catch (fault) {
      log.error(`the parts of a turn could not be settled: ${traceError(fault)}`);
    }
    endTurn(turn, status, error === undefined ? undefined : failureOf(error, deps), clock.now());
    storeEnd(ending, error, deps).catch((fault: unknown) =>
      log.error(`what a turn has written could not be kept: ${traceError(fault)}`),
    );
    running = undefined;
    change({ type: 'turn/state', turn });
    ended();
    compaction.turnEnded(ending.context !== undefined);
  }

  /** @param status - `interrupted` where the window closes: that is read from the missing end. */
  function stop(status: 'stopped' | 'interrupted' = 'stopped'): void {
    if (!running) return;
    running.abort.abort(new DOMException('The turn was stopped.', 'AbortError'));
    // The user sees the end at once, however long the socket takes.
    finish(running.turn, status);
  }

  return { running: () => running, begin, stop };
}

type AnswerDeps = Omit<TurnDeps, 'sessionId' | 'history' | 'turn' | 'record' | 'log' | 'saved'>;

/** Stores the prompt and asks until the turn is over. Rejects as {@link runTurn} does. */
async function answerTurn(
  mine: Running,
  deps: AnswerDeps,
  { chat, compaction }: { chat: SessionLog; compaction: Pick<ChatCompaction, 'beforeTurn'> },
): Promise<void> {
  const { turn, parent, record, log } = mine;
  const { signal } = mine.abort;
  if (!(await chat.acquire(signal))) throw new ChatInUseError();
  signal.throwIfAborted();
  await compaction.beforeTurn(turn.prompt, signal);
  mine.hasHistory = true;
  const history = [...historyBefore(parent, chat), promptItem(turn.prompt)];
  addTurn(mine, chat);
  const saved = () => {
    log.save();
    return chat.flush();
  };
  await runTurn({ ...deps, sessionId: chat.id, history, turn, record, log, saved }, signal);
}

function newRunning(
  turn: Turn,
  parent: string | undefined,
  deps: SessionDeps,
  { ties }: ChatState,
  change: SessionEvents['change'],
): Running {
  const { chat, clock } = deps;
  const record = recordOf(turn, deps, change);
  const { add, write } = chat;
  const log = createTurnLog({
    turnId: turn.id,
    record,
    add,
    write,
    ownerOf: ties.ownerOf,
    clock,
  });
  return {
    turn,
    parent,
    record,
    log,
    abort: new AbortController(),
    isRecorded: false,
    hasHistory: false,
  };
}

function addTurn(mine: Running, chat: SessionLog): void {
  endInterrupted(chat);
  const { parent, turn } = mine;
  const { id, prompt, startedAtMs } = turn;
  chat.add({ type: 'turn', turn: id, prompt, startedAtMs, ...omitUndefined({ parent }) });
  mine.isRecorded = true;
}

/** Stores the end of the turn, and its prompt where it ended before that was stored. */
async function storeEnd(ending: Running, error: unknown, deps: SessionDeps): Promise<void> {
  const { chat } = deps;
  const { turn, record, context } = ending;
  if (ending.isRecorded) {
    const order = ending.log.save();
    if (turn.status === 'interrupted') return void (await chat.flush());
    chat.add(endRecord(turn, { record, order, error, context }));
  } else {
    if (!(await chat.acquire(new AbortController().signal))) return;
    addTurn(ending, chat);
    chat.add(endRecord(turn, { record, order: [], error }));
  }
  await chat.flush();
}

/** What the model is told before a turn that follows this one. */
function historyBefore(parent: string | undefined, chat: SessionLog): InputItem[] {
  const { turns, compactions } = chat.conversation();
  return inputOf(branchOf({ turns, leaf: parent }), compactions);
}

/** Records the end of the last turn where a reload or a crash has kept it from being recorded. */
function endInterrupted(chat: SessionLog): void {
  const conversation = chat.conversation();
  const last = branchOf(conversation).at(-1);
  if (last?.status !== 'running') return;
  const { id: turn, attempt, items, startedAtMs } = last;
  chat.add({
    type: 'end',
    turn,
    order: [...conversation.outputKeys(turn)],
    closing: items.length > 0 ? endNote('interrupted') : [],
    status: 'interrupted',
    attempt,
    notes: [],
    endedAtMs: startedAtMs,
  });
}

/** What the turn shows of the error that ended it. An error in finding that out is logged. */
function failureOf(error: unknown, deps: SessionDeps): TurnFailure {
  let failure = internalError();
  try {
    failure = wordsFor(error, deps);
    deps.onFailure(error);
  } catch (fault) {
    deps.log.error(`a failure could not be reported: ${traceError(fault)}`);
  }
  return failure;
}

function recordOf(
  turn: Turn,
  { clock }: SessionDeps,
  fire: (change: SessionChange) => void,
): TurnRecord {
  return createTurnRecord({
    turn,
    now: clock.now,
    onChange: (change) => fire({ type: 'turn/change', turn, change }),
    onRewritten(after) {
      turn.notes.push({ kind: 'rewritten', garbled: after === 'garbled' });
      fire({ type: 'turn/state', turn });
    },
  });
}

/** Figures that cannot be taken in are no reason to lose an answer. */
function tellOthers(event: TurnEvent, { onTurnEvent, log }: SessionDeps): void {
  try {
    onTurnEvent(event);
  } catch (error) {
    log.error(`${event.type} event: ${traceError(error)}`);
  }
}
