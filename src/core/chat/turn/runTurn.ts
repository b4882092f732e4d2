import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { ResponsesClient } from '../../responses/client.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';
import type { InputItem } from '../../responses/request/input.ts';
import type { ResponsesRequest } from '../../responses/request/request.ts';
import type { Answer, TokenUsage, TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { RequestSettings } from '../requestSettings.ts';
import type { ContextUse } from '../../../shared/protocol/chat.ts';
import type { ChatState } from '../chatState.ts';
import type { TurnLog } from './turnLog.ts';
import type { TurnRecord } from './turnRecord.ts';
import { noteTurnEvent } from './turnView.ts';
import type { Turn } from './turn.ts';

/** Requests that one question may lead to, so that a model that never ends cannot spend the quota. */
const maxSteps = 12;

export interface TurnDeps {
  responses: ResponsesClient;
  basis: () => RequestSettings;
  /** Hears of a model that the backend has refused; the next basis names another one, if there is one. */
  noteModelGone?: ((slug: string) => void) | undefined;
  clock: { now(): number };
  chat: Pick<ChatState, 'ties' | 'account'>;
  sessionId: string;
  /** What the model is told before this answer, the prompt included. */
  history: readonly InputItem[];
  turn: Turn;
  /** Grown by what the answers bring. */
  record: TurnRecord;
  log: Pick<TurnLog, 'note'>;
  /** Resolves when what the turn has come to is stored, or cannot be for now. */
  saved: () => Promise<unknown>;
  emit: {
    event(event: TurnEvent): void;
    state(): void;
    context(use: ContextUse): void;
  };
}

/** Asks, answers the calls, and asks again until the model is done. Rejects as the client does. */
export async function runTurn(deps: TurnDeps, signal: AbortSignal): Promise<void> {
  const { turn, record, log, emit, sessionId, history } = deps;
  const { ties } = deps.chat;
  let turnState: ResponsesRequest['turnState'];
  const send = (basis: RequestSettings, attemptsBefore: number) =>
    deps.responses.stream(
      { ...basis, input: [...history, ...record.items()], sessionId, ties, turnState },
      (event) => {
        emit.event(event);
        // Whoever has heard it may have stopped the turn.
        if (signal.aborted) return;
        if (noteTurnEvent(turn, event, attemptsBefore)) emit.state();
        noteAccount(deps, event);
        record.take(event);
        log.note(event);
      },
      signal,
    );
  const ask = async (step: number) => {
    const basis = deps.basis();
    if (step === 1) turn.notes.push(...(basis.notes ?? []));
    try {
      return { basis, answer: await send(basis, step === 1 ? 0 : turn.attempt) };
    } catch (error) {
      const next = signal.aborted ? undefined : successorBasis(deps, basis, error);
      if (!next) throw error;
      return { basis: next, answer: await send(next, turn.attempt) };
    }
  };
  for (let step = 1; step <= maxSteps; step++) {
    await deps.saved();
    signal.throwIfAborted();
    const { basis, answer } = await ask(step);
    signal.throwIfAborted();
    record.answered(answer);
    noteAnswer(deps, answer, basis);
    const hasCalls = refuseCalls(record);
    if (!hasCalls && answer.endTurn) return;
    if (answer.status === 'incomplete') return;
    if (answer.turnState !== undefined) {
      turnState = { value: answer.turnState, credentialId: answer.credentialId };
    }
  }
  turn.notes.push({ kind: 'stepLimit', steps: maxSteps });
  emit.state();
}

/** What to ask with after the model was refused; undefined where no other one takes its place. */
function successorBasis(
  { basis, noteModelGone, turn, emit }: TurnDeps,
  refused: RequestSettings,
  error: unknown,
): RequestSettings | undefined {
  if (!(error instanceof ResponsesError) || error.failure.kind !== 'model') return undefined;
  noteModelGone?.(refused.model.slug);
  const next = basis();
  if (next.model.slug === refused.model.slug) return undefined;
  turn.notes.push(
    ...(next.notes?.length
      ? next.notes
      : [{ kind: 'modelRejected' as const, model: refused.model.slug }]),
  );
  emit.state();
  return next;
}

function noteAccount({ turn, emit, chat, clock }: TurnDeps, event: TurnEvent): void {
  if (event.type !== 'attempt') return;
  const note = chat.account.note(event, clock.now());
  if (note === undefined) return;
  turn.notes.push(note);
  emit.state();
}

function noteAnswer({ turn, emit }: TurnDeps, answer: Answer, basis: RequestSettings): void {
  if (answer.usage) turn.usage = sum(turn.usage, answer.usage);
  if (answer.status === 'cut' && answer.endTurn) {
    turn.notes.push({ kind: 'usageUnknown' });
  }
  if (answer.status === 'incomplete') {
    const reason = answer.incompleteReason;
    turn.notes.push({ kind: 'incomplete', ...omitUndefined({ reason }) });
    turn.mayContinue = answer.incompleteReason !== 'content_filter';
  }
  emit.state();
  if (answer.usage) {
    emit.context({ usedTokens: answer.usage.total, windowTokens: basis.windowTokens });
  }
}

/** Only the counts that are shown: the rest of an answer's usage stays here. */
function sum(a: Turn['usage'], b: TokenUsage): Turn['usage'] {
  return {
    input: (a?.input ?? 0) + b.input,
    cached: (a?.cached ?? 0) + b.cached,
    output: (a?.output ?? 0) + b.output,
    reasoning: (a?.reasoning ?? 0) + b.reasoning,
  };
}

/** No tools are offered yet, so whatever the model calls does not exist; it is told so. */
function refuseCalls(record: TurnRecord): boolean {
  const calls = record.openCalls();
  for (const call of calls) {
    const output = `There is no tool named "${call.tool}" here. Go on without tools.`;
    record.answerCall(call, output, 'failed');
  }
  return calls.length > 0;
}
