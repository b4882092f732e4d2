import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Listen } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ResponsesClient } from '../responses/client.ts';
import type { InputItem } from '../responses/input.ts';
import type { TurnEvent } from '../responses/turnEvent.ts';
import { failureReport } from './failureReport.ts';
import { failureWords } from './failureWords.ts';
import { promptItem, restPrompt, stoppedItems } from './history.ts';
import type { ContextUse, RequestBasis } from './requestBasis.ts';
import { runTurn } from './runTurn.ts';
import { dropQuietNote } from './turnView.ts';
import { applyPartChange, settleParts, type PartChange, type Prompt, type Turn } from './turn.ts';

export type SessionChange =
  | { type: 'turn/add'; turn: Turn }
  | { type: 'turn/change'; turn: Turn; change: PartChange }
  /** Everything about the turn but its parts may have changed. */
  | { type: 'turn/state'; turn: Turn }
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
  /** Facts for a report about a failed turn, as JSON; undefined for other turns. */
  details(turnId: string): string | undefined;
  readonly onDidChange: Listen<SessionChange>;
  dispose(): void;
}

export function createSession(needs: SessionNeeds): Session {
  const { clock, log, newId } = needs;
  const change = createEmitter<SessionChange>((error) => log.error(`session: ${String(error)}`));
  let id = newId();
  let history: InputItem[] = [];
  let turns: Turn[] = [];
  let context: ContextUse | undefined;
  let running: { turn: Turn; abort: AbortController; skip?: () => void } | undefined;
  /** Length of the history before each turn, so that a turn can be done again. */
  const starts = new Map<string, number>();
  const errors = new Map<string, unknown>();

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
    const isNew = at === turns.length;
    turns = [...turns.slice(0, at), turn];
    starts.set(turn.id, history.length);
    history.push(promptItem(prompt));
    const abort = new AbortController();
    running = { turn, abort };
    change.fire(isNew ? { type: 'turn/add', turn } : { type: 'turns' });
    void run(turn, abort.signal);
  }

  async function run(turn: Turn, signal: AbortSignal): Promise<void> {
    try {
      await runTurn({ ...needs, sessionId: id, history, turn, emit: emitFor(turn) }, signal);
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
        needs.onTurnEvent(event);
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
        context = use;
        change.fire({ type: 'context' });
      },
    };
  }

  function fail(turn: Turn, error: unknown): void {
    const words = failureWords(error, clock.now());
    if (words.kind === 'internal') {
      log.error(
        `turn failed: ${error instanceof Error ? (error.stack ?? error.message) : 'unknown'}`,
      );
    }
    turn.failure = words;
    errors.set(turn.id, error);
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
    history = [...history, ...stoppedItems(current.turn)];
    finish(current.turn, 'stopped');
  }

  return {
    id: () => id,
    turns: () => turns,
    context: () => context,
    isBusy: () => running !== undefined,
    send(prompt) {
      if (!running) begin(prompt, turns.length);
    },
    stop,
    retry(turnId) {
      const at = turns.findIndex((turn) => turn.id === turnId);
      const turn = turns[at];
      if (running || !turn) return;
      const isLast = at === turns.length - 1;
      if (isLast) history = history.slice(0, starts.get(turnId) ?? history.length);
      begin(turn.prompt, isLast ? at : turns.length);
    },
    resume(turnId) {
      const last = turns.at(-1);
      if (running || last?.id !== turnId || last.mayContinue !== true) return;
      begin({ text: restPrompt, attachments: [] }, turns.length);
    },
    retryNow(turnId) {
      if (running?.turn.id === turnId) running.skip?.();
    },
    startNew() {
      stop();
      id = newId();
      history = [];
      turns = [];
      context = undefined;
      starts.clear();
      errors.clear();
      change.fire({ type: 'turns' });
    },
    details(turnId) {
      if (!errors.has(turnId)) return undefined;
      return failureReport(errors.get(turnId));
    },
    onDidChange: change.listen,
    dispose: stop,
  };
}
