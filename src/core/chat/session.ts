import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Listen } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ResponsesClient } from '../responses/client.ts';
import type { TurnEvent } from '../responses/turnEvent.ts';
import { createChatState } from './chatState.ts';
import { failureReport } from './failureReport.ts';
import { failureWords } from './failureWords.ts';
import { promptItem, restPrompt, stoppedItems } from './history.ts';
import type { ContextUse, RequestBasis } from './requestBasis.ts';
import { runTurn } from './runTurn.ts';
import { dropQuietNote } from './turnView.ts';
import type { WayOn } from './waysOn.ts';
import {
  applyPartChange,
  settleParts,
  type PartChange,
  type Prompt,
  type Turn,
  type TurnReceipt,
} from './turn.ts';

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

export interface SessionNeeds {
  responses: ResponsesClient;
  basis: () => RequestBasis;
  clock: Clock;
  newId: () => string;
  log: Log;
  /** Hears every event of every answer: limits and etags travel in them. */
  onTurnEvent: (event: TurnEvent) => void;
  /** What the person may do about a limit that ended a turn. */
  waysOn?: (error: unknown) => WayOn[];
  /** What else is worth saying about such a limit, one sentence; empty when nothing is. */
  besides?: (error: unknown) => string;
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
  /** Facts for a report about a failed turn, as JSON; undefined for other turns. */
  details(turnId: string): string | undefined;
  readonly onDidChange: Listen<SessionChange>;
  dispose(): void;
}

export function createSession(needs: SessionNeeds): Session {
  const { clock, log, newId } = needs;
  const change = createEmitter<SessionChange>((error) => log.error(`session: ${String(error)}`));
  let chat = createChatState(newId);
  let running: { turn: Turn; abort: AbortController; skip?: () => void } | undefined;

  function begin(prompt: Prompt, at: number): void {
    const turn: Turn = {
      id: newId(),
      prompt,
      status: 'running',
      attempt: 1,
      parts: [],
      notes: [],
      startedAtMs: clock.now(),
    };
    const isNew = at === chat.turns.length;
    chat.turns = [...chat.turns.slice(0, at), turn];
    chat.starts.set(turn.id, chat.history.length);
    chat.history.push(promptItem(prompt));
    const abort = new AbortController();
    running = { turn, abort };
    change.fire(isNew ? { type: 'turn/add', turn } : { type: 'turns' });
    void run(turn, abort.signal);
  }

  async function run(turn: Turn, signal: AbortSignal): Promise<void> {
    try {
      await runTurn({ ...needs, chat, turn, emit: emitFor(turn) }, signal);
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
        tellOthers(event, needs);
        if (running?.turn === turn && event.type === 'retry') running.skip = event.skip;
      },
      part(partChange: PartChange) {
        if (running?.turn !== turn) return;
        applyPartChange(turn, partChange);
        change.fire({ type: 'turn/change', turn, change: partChange });
      },
      state() {
        if (running?.turn === turn) change.fire({ type: 'turn/state', turn });
      },
      context(use: ContextUse) {
        if (running?.turn !== turn) return;
        chat.context = use;
        change.fire({ type: 'context' });
      },
    };
  }

  function fail(turn: Turn, error: unknown): void {
    const told = failureWords(error, clock.now());
    const besides = needs.besides?.(error) ?? '';
    const words = besides === '' ? told : { ...told, message: `${told.message} ${besides}` };
    if (words.kind === 'internal') log.error(`turn failed: ${traceOf(error)}`);
    const waysOn = needs.waysOn?.(error) ?? [];
    turn.failure = waysOn.length > 0 ? { ...words, waysOn } : words;
    chat.errors.set(turn.id, error);
    needs.onFailure(error);
    finish(turn, 'failed');
  }

  function finish(turn: Turn, status: Turn['status']): void {
    if (running?.turn !== turn) return;
    turn.status = status;
    turn.endedAtMs = clock.now();
    delete turn.retry;
    dropQuietNote(turn);
    for (const part of settleParts(turn, clock.now())) {
      change.fire({ type: 'turn/change', turn, change: { type: 'part/put', part } });
    }
    running = undefined;
    change.fire({ type: 'turn/state', turn });
  }

  function stop(): void {
    const current = running;
    if (!current) return;
    current.abort.abort(new DOMException('The turn was stopped.', 'AbortError'));
    // The user sees the end at once, however long the socket takes. The running loop keeps the old
    // array, so nothing that it may still add becomes history.
    chat.history = [...chat.history, ...stoppedItems(current.turn)];
    finish(current.turn, 'stopped');
  }

  return {
    id: () => chat.id,
    turns: () => chat.turns,
    context: () => chat.context,
    isBusy: () => running !== undefined,
    send(prompt) {
      if (!running) begin(prompt, chat.turns.length);
    },
    stop,
    retry(turnId) {
      const at = chat.turns.findIndex((turn) => turn.id === turnId);
      const turn = chat.turns[at];
      if (running || !turn) return;
      const isLast = at === chat.turns.length - 1;
      if (isLast)
        chat.history = chat.history.slice(0, chat.starts.get(turnId) ?? chat.history.length);
      begin(turn.prompt, isLast ? at : chat.turns.length);
    },
    resume(turnId) {
      const last = chat.turns.at(-1);
      if (running || last?.id !== turnId || last.mayContinue !== true) return;
      begin({ text: restPrompt, attachments: [] }, chat.turns.length);
    },
    retryNow(turnId) {
      if (running?.turn.id === turnId) running.skip?.();
    },
    startNew() {
      stop();
      chat = createChatState(newId);
      change.fire({ type: 'turns' });
    },
    noteReceipt(turnId, receipt) {
      const turn = chat.turns.find(({ id }) => id === turnId);
      if (!turn) return;
      turn.receipt = receipt;
      change.fire({ type: 'turn/receipt', turn });
    },
    details(turnId) {
      if (!chat.errors.has(turnId)) return undefined;
      return failureReport(chat.errors.get(turnId));
    },
    onDidChange: change.listen,
    dispose: stop,
  };
}

/** Figures that cannot be taken in are no reason to lose an answer. */
function tellOthers(event: TurnEvent, { onTurnEvent, log }: SessionNeeds): void {
  try {
    onTurnEvent(event);
  } catch (error) {
    log.error(`${event.type} event: ${traceOf(error)}`);
  }
}

function traceOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'unknown';
}
