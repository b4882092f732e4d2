import { traceError } from '../../../base/describeError.ts';
import { createDeferred } from '../../../base/async/deferred.ts';
import type { Log } from '../../../base/log.ts';
import { compactHistory } from '../../conversations/compaction/compactHistory.ts';
import {
  bridgeLength,
  toCompactRecord,
  type CompactionTrigger,
} from '../../conversations/compaction/compactRecord.ts';
import {
  compactionNeed,
  createCompactionGuard,
} from '../../conversations/compaction/compactionPolicy.ts';
import { contextEntries } from '../../conversations/context/contextEntries.ts';
import { itemTokens } from '../../conversations/context/itemTokens.ts';
import { branchOf } from '../../conversations/conversation.ts';
import { promptItem } from '../../conversations/history.ts';
import type { Prompt } from '../../conversations/prompt.ts';
import type { ResponsesClient } from '../../responses/client.ts';
import type { ItemOwnership } from '../../responses/request/itemOwnership.ts';
import type { TokenUsage, TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { ContextUse } from '../../../shared/protocol/chat.ts';
import type { RequestSettings } from '../requestSettings.ts';
import type { StoredChat } from '../chatState.ts';
import type { CompactionUsage } from './compactionUsage.ts';

/** What a chat shows of the compaction that runs or has failed last. */
export type CompactionState =
  | {
      readonly status: 'running';
      readonly trigger: CompactionTrigger;
      readonly startedAtMs: number;
    }
  | { readonly status: 'failed'; readonly trigger: CompactionTrigger; readonly error: unknown };

/** The message was not sent: the context is full, and it could not be compacted. */
export class ContextFullError extends Error {
  override readonly name = 'ContextFullError';
}

/** Compacts the history of one chat, when it is asked to and when the context gets full. */
export interface ChatCompaction {
  state(): CompactionState | undefined;
  /** Resolves when it is over, in whatever way. Joins the one that runs. */
  start(trigger: CompactionTrigger): Promise<void>;
  /**
   * To be awaited before a turn reads its history. Compacts when the context is almost full. Rejects
   * with {@link ContextFullError} when the prompt does not fit, or with `signal.reason`.
   */
  beforeTurn(prompt: Prompt, signal: AbortSignal): Promise<void>;
  /** @param isAnswered - the backend has answered an ordinary request */
  turnEnded(isAnswered: boolean): void;
  /** Takes the compaction back: what it stood for is sent again. */
  restore(id: string): Promise<void>;
  /** False when none runs. */
  stop(): boolean;
}

export interface ChatCompactionDeps {
  readonly chat: StoredChat & {
    acquire(signal: AbortSignal): Promise<boolean>;
    flush(): Promise<boolean>;
  };
  readonly responses: ResponsesClient;
  readonly basis: () => RequestSettings;
  readonly ties: ItemOwnership;
  readonly newId: () => string;
  readonly clock: { now(): number };
  readonly log: Log;
  /** The context as it is now. */
  readonly use: () => ContextUse;
  /** Whether a turn runs that has read its history. */
  readonly isBusy: () => boolean;
  /** Whether a compaction of so many tokens would likely reach a limit. */
  readonly isHeldBack?: ((contextTokens: number) => boolean) | undefined;
  /** Hears every event of the requests: limits travel in them. */
  readonly onEvent?: ((event: TurnEvent) => void) | undefined;
  readonly usage?: CompactionUsage | undefined;
  readonly onChange: () => void;
}

interface Running {
  readonly trigger: CompactionTrigger;
  readonly abort: AbortController;
  readonly startedAtMs: number;
  /** A turn waits for it before it reads its history. */
  isAwaited: boolean;
  done: Promise<void>;
}

export function createChatCompaction(deps: ChatCompactionDeps): ChatCompaction {
  const { basis, log, clock, onChange } = deps;
  const guard = createCompactionGuard();
  let running: Running | undefined;
  /** The last one was taken back: none starts again before it must. */
  let isWholeWanted = false;
  let failed: Extract<CompactionState, { status: 'failed' }> | undefined;
  /** Resolves when the turn that runs has ended. */
  let idle = createDeferred<void>();

  function start(trigger: CompactionTrigger, isAwaited = false): Promise<void> {
    if (running) {
      running.isAwaited ||= isAwaited;
      if (isAwaited) wake();
      return running.done;
    }
    const abort = new AbortController();
    const mine = { trigger, abort, startedAtMs: clock.now(), isAwaited, done: Promise.resolve() };
    running = mine;
    failed = undefined;
    if (trigger === 'command') guard.reset();
    mine.done = run(mine);
    onChange();
    return mine.done;
  }

  /** Never rejects. */
  async function run(mine: Running): Promise<void> {
    const { trigger, abort } = mine;
    try {
      await compactNow(deps, mine, () => untilIdle(mine));
      isWholeWanted = false;
      if (isAutomatic(trigger)) guard.succeeded();
    } catch (error) {
      if (!abort.signal.aborted) {
        log.warn(`compaction: ${traceError(error)}`);
        failed = { status: 'failed', trigger, error };
        guard.failed(isFinal(error));
      }
    } finally {
      running = undefined;
      onChange();
    }
  }

  /** The new context is put in place while no turn reads or extends the old one. */
  async function untilIdle(mine: Running): Promise<void> {
    while (deps.isBusy() && !mine.isAwaited) {
      await Promise.race([idle.promise, aborted(mine.abort.signal)]);
      mine.abort.signal.throwIfAborted();
    }
  }

  function wake(): void {
    const before = idle;
    idle = createDeferred<void>();
    before.resolve(undefined);
  }

  const mayStart = () =>
    guard.mayStart() === 'yes' && deps.isHeldBack?.(deps.use().usedTokens) !== true;

  function isWanted(): boolean {
    const { usedTokens, windowTokens } = deps.use();
    const need = compactionNeed(usedTokens, windowTokens);
    return need === 'forced' || (need === 'background' && !isWholeWanted);
  }

  return {
    state: () =>
      running
        ? { status: 'running', trigger: running.trigger, startedAtMs: running.startedAtMs }
        : failed,
    start: (trigger) => start(trigger),
    async beforeTurn(prompt, signal) {
      guard.turnStarted();
      const tokens = itemTokens(promptItem(prompt));
      const used = () => deps.use().usedTokens + tokens;
      const { windowTokens } = basis();
      if (compactionNeed(used(), windowTokens) !== 'forced') return;
      if (running || mayStart()) {
        const stop = () => running?.abort.abort(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        await start('forced', true);
        signal.removeEventListener('abort', stop);
        signal.throwIfAborted();
      }
      if (used() > windowTokens) throw new ContextFullError('The context is full.');
    },
    turnEnded(isAnswered) {
      if (isAnswered) guard.stepDone();
      wake();
      try {
        if (isAnswered && isWanted() && !running && mayStart()) void start('background');
      } catch (error) {
        // Figures that cannot be had are no reason to fail a turn.
        log.error(`the need for a compaction: ${traceError(error)}`);
      }
    },
    async restore(id) {
      const { chat } = deps;
      const known = chat.conversation().compactions.find(({ compaction }) => compaction === id);
      if (!known || known.isRestored) return;
      if (!(await chat.acquire(new AbortController().signal))) return;
      chat.add({ type: 'restore', compaction: id });
      isWholeWanted = true;
      onChange();
      await chat.flush();
    },
    stop() {
      running?.abort.abort(new DOMException('The compaction was stopped.', 'AbortError'));
      return running !== undefined;
    },
  };
}

const isAutomatic = (trigger: CompactionTrigger) =>
  trigger === 'background' || trigger === 'forced';

const isFinal = (error: unknown) =>
  error instanceof Error && 'problem' in error && error.problem === 'noGain';

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = createDeferred<void>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return promise;
}

/** Asks for the summary and stores the compaction; the history stays as it is when it rejects. */
async function compactNow(
  deps: ChatCompactionDeps,
  { trigger, abort: { signal } }: Running,
  untilIdle: () => Promise<void>,
): Promise<void> {
  const { chat, responses, ties, newId } = deps;
  const id = newId();
  const branch = branchOf(chat.conversation());
  const entries = contextEntries(branch, chat.conversation().compactions);
  const { windowTokens: _windowTokens, notes: _notes, ...settings } = deps.basis();
  const track = trackUsage(deps, id);
  try {
    const request = { ...settings, sessionId: chat.id, ties };
    const about = { responses, request, leastCut: bridgeLength(entries), emit: track.event };
    const made = await compactHistory(entries, about, signal);
    await untilIdle();
    const record = toCompactRecord(entries, made, { id, trigger, branch });
    if (!(await chat.acquire(signal))) throw new Error('Another window writes to the chat.');
    signal.throwIfAborted();
    if (!record || !isStillThere(deps, branch)) throw new Error('The chat is another one by now.');
    chat.add(record);
    track.ended('done', made.usage);
    await chat.flush();
  } catch (error) {
    track.ended(signal.aborted ? 'stopped' : 'failed', undefined);
    throw error;
  }
}

/** Whether the branch that is shown goes on from the one that was summarized. */
function isStillThere(
  { chat }: ChatCompactionDeps,
  branch: readonly { readonly id: string }[],
): boolean {
  const now = branchOf(chat.conversation());
  return branch.every(({ id }, at) => now[at]?.id === id);
}

function trackUsage({ usage, use, onEvent, log }: ChatCompactionDeps, id: string) {
  let isOver = false;
  usage?.started(id, use().usedTokens);
  return {
    event(event: TurnEvent) {
      try {
        usage?.event(id, event);
        onEvent?.(event);
      } catch (error) {
        log.error(`${event.type} event: ${traceError(error)}`);
      }
    },
    ended(outcome: 'done' | 'stopped' | 'failed', tokens: TokenUsage | undefined) {
      if (!isOver) usage?.ended(id, outcome, tokens);
      isOver = true;
    },
  };
}
