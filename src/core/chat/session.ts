import * as l10n from '@vscode/l10n';
import { traceError } from '../../base/describeError.ts';
import type { Clock } from '../../base/async/clock.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ResponsesClient } from '../responses/client.ts';
import type { ResponsesFailure } from '../responses/retry/failure.ts';
import type { TurnEvent } from '../responses/stream/turnEvent.ts';
import { createChatState, type ChatState } from './chatState.ts';
import { failureReport } from './messages/failureReport.ts';
import { internalError } from './messages/errorMessages.ts';
import type { TurnFailure } from '../../shared/protocol/turn.ts';
import { restPrompt } from '../conversations/history.ts';
import type { RequestSettings } from './requestSettings.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import { runTurn } from './turn/runTurn.ts';
import { createTurnRecord, type TurnRecord } from './turn/turnRecord.ts';
import { renewLimitActions, wordsFor, type TurnFailureDeps } from './turn/turnFailure.ts';
import { addTurn, endOf, endTurn, newTurn } from './turn/turnLifecycle.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { Turn } from './turn/turn.ts';
import type { PartChange, TurnReceipt, TurnStatus } from '../../shared/protocol/turn.ts';

export type SessionChange =
  | { type: 'turn/add'; turn: Turn }
  | { type: 'turn/change'; turn: Turn; change: PartChange }
  /** Everything about the turn but its parts may have changed. */
  | { type: 'turn/state'; turn: Turn }
  /** What a turn has taken is known, or known better. */
  | { type: 'turn/receipt'; turn: Turn }
  /** The list of turns is another one. */
  | { type: 'turns' }
  | { type: 'context' };

export interface SessionDeps extends TurnFailureDeps {
  responses: ResponsesClient;
  basis: () => RequestSettings;
  /** Hears of a model that the backend has refused. */
  noteModelGone?: (slug: string) => void;
  clock: Clock;
  newId: () => string;
  log: Log;
  /** Hears every event of every answer: limits and etags travel in them. */
  onTurnEvent: (event: TurnEvent) => void;
  /** Hears what ended a turn early. */
  onFailure: (error: unknown) => void;
}

/** One talk. Owns its history, its turns, and the abort of the turn that runs. */
export interface Session {
  id(): string;
  turns(): readonly Turn[];
  context(): ContextUse | undefined;
  isBusy(): boolean;
  /** Starts a turn; ignored while one runs. */
  send(prompt: Prompt): void;
  stop(): void;
  /** The last turn's prompt once more in its place, an earlier one's as a new turn. */
  retry(turnId: string): void;
  /** Asks for the rest of the last answer, where that was cut short; ignored otherwise. */
  resume(turnId: string): void;
  /** Ends the wait before the next attempt. */
  retryNow(turnId: string): void;
  /** An empty chat; a running turn is stopped first. */
  startNew(): void;
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

interface Running {
  turn: Turn;
  record: TurnRecord;
  abort: AbortController;
  /** Ends the wait before the next attempt. */
  skip?: () => void;
}

export function createSession(deps: SessionDeps): Session {
  const { log, newId } = deps;
  const onError = (error: unknown) => log.error(`session: ${traceError(error)}`);
  const change = createEmitter<SessionChange>(onError);
  const ended = createEmitter<void>(onError);
  const session = { chat: createChatState(newId) };
  const events = { change: change.fire, ended: ended.fire };
  const { running, begin, stop } = createTurnRunner(deps, session, events);
  const isBusy = () => running() !== undefined;

  return {
    id: () => session.chat.id,
    turns: () => session.chat.turns,
    context: () => session.chat.context,
    isBusy,
    send(prompt) {
      if (!isBusy()) begin(prompt, session.chat.turns.length);
    },
    stop,
    retry(turnId) {
      const { chat } = session;
      const at = chat.turns.findIndex((turn) => turn.id === turnId);
      const turn = chat.turns[at];
      if (isBusy() || !turn) return;
      const isLast = at === chat.turns.length - 1;
      if (isLast)
        chat.history = chat.history.slice(0, chat.starts.get(turnId) ?? chat.history.length);
      begin(turn.prompt, isLast ? at : chat.turns.length);
    },
    resume(turnId) {
      const { turns } = session.chat;
      const last = turns.at(-1);
      if (isBusy() || last?.id !== turnId || last.mayContinue !== true) return;
      begin({ text: restPrompt, attachments: [] }, turns.length);
    },
    retryNow(turnId) {
      const current = running();
      if (current?.turn.id === turnId) current.skip?.();
    },
    startNew() {
      stop();
      session.chat = createChatState(newId);
      change.fire({ type: 'turns' });
    },
    noteReceipt(turnId, receipt) {
      const turn = session.chat.turns.find(({ id }) => id === turnId);
      if (!turn) return;
      turn.receipt = receipt;
      change.fire({ type: 'turn/receipt', turn });
    },
    lookAgain() {
      const { turns, errors } = session.chat;
      const turn = turns.at(-1);
      if (!isBusy() && turn && renewLimitActions(turn, errors, deps)) {
        change.fire({ type: 'turn/state', turn });
      }
    },
    details(turnId) {
      const { errors } = session.chat;
      return errors.has(turnId) ? failureReport(errors.get(turnId)) : undefined;
    },
    onDidChange: change.event,
    onDidEndTurn: ended.event,
    dispose: stop,
  };
}

interface SessionEvents {
  change(change: SessionChange): void;
  ended(): void;
}

/** Runs one turn at a time on the chat of the session. */
function createTurnRunner(
  deps: SessionDeps,
  session: { readonly chat: ChatState },
  { change, ended }: SessionEvents,
) {
  const { clock, log, newId } = deps;
  let running: Running | undefined;

  function begin(prompt: Prompt, at: number): void {
    const turn = newTurn(newId(), prompt, clock.now());
    const isNew = at === session.chat.turns.length;
    addTurn(session.chat, turn, at);
    const abort = new AbortController();
    const record = recordOf(turn, deps, change);
    running = { turn, record, abort };
    change(isNew ? { type: 'turn/add', turn } : { type: 'turns' });
    void run(turn, record, abort.signal);
  }

  /** Never rejects: whatever happens ends the turn. */
  async function run(turn: Turn, record: TurnRecord, signal: AbortSignal): Promise<void> {
    try {
      await runTurn({ ...deps, chat: session.chat, turn, record, emit: emitFor(turn) }, signal);
      finish(turn, 'done');
    } catch (error) {
      // Only `stop` aborts, and it has ended the turn already.
      if (!signal.aborted) fail(turn, error);
    }
  }

  /** What a stopped turn still says is nobody's business any more. */
  function emitFor(turn: Turn) {
    return {
      event(event: TurnEvent) {
        tellOthers(event, deps);
        if (running?.turn === turn && event.type === 'retry') running.skip = event.skip;
      },
      state() {
        if (running?.turn === turn) change({ type: 'turn/state', turn });
      },
      context(use: ContextUse) {
        if (running?.turn !== turn) return;
        session.chat.context = use;
        change({ type: 'context' });
      },
    };
  }

  function fail(turn: Turn, error: unknown): void {
    session.chat.errors.set(turn.id, error);
    finish(turn, 'failed', failureOf(error, deps));
  }

  function finish(turn: Turn, status: TurnStatus, failure?: TurnFailure): void {
    if (running?.turn !== turn) return;
    const { record } = running;
    try {
      session.chat.history = [...session.chat.history, ...endOf(record, status)];
    } catch (error) {
      log.error(`what a turn has written could not be kept: ${traceError(error)}`);
    } finally {
      running = undefined;
      endTurn(turn, status, failure, clock.now());
      change({ type: 'turn/state', turn });
      ended();
    }
  }

  function stop(): void {
    const current = running;
    if (!current) return;
    current.abort.abort(new DOMException('The turn was stopped.', 'AbortError'));
    // The user sees the end at once, however long the socket takes.
    finish(current.turn, 'stopped');
  }

  return { running: () => running, begin, stop };
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
      turn.notes.push(rewrittenNote(after));
      fire({ type: 'turn/state', turn });
    },
  });
}

function rewrittenNote(after: ResponsesFailure['kind'] | undefined): string {
  return after === 'garbled'
    ? l10n.t('Part of this response was garbled, so Codex wrote it again.')
    : l10n.t('This response was interrupted, so Codex wrote part of it again.');
}

/** Figures that cannot be taken in are no reason to lose an answer. */
function tellOthers(event: TurnEvent, { onTurnEvent, log }: SessionDeps): void {
  try {
    onTurnEvent(event);
  } catch (error) {
    log.error(`${event.type} event: ${traceError(error)}`);
  }
}
