import * as l10n from '@vscode/l10n';
import { plural } from '../../../shared/format.ts';
import type { ResponsesClient } from '../../responses/client.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';
import type { ResponsesRequest } from '../../responses/request/request.ts';
import type { Answer, TokenUsage, TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { RequestSettings } from '../requestSettings.ts';
import type { ContextUse } from '../../../shared/protocol/chat.ts';
import type { ChatState } from '../chatState.ts';
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
  chat: Pick<ChatState, 'id' | 'history' | 'ties' | 'account'>;
  turn: Turn;
  /** Grown by what the answers bring. */
  record: TurnRecord;
  emit: {
    event(event: TurnEvent): void;
    state(): void;
    context(use: ContextUse): void;
  };
}

/** Asks, answers the calls, and asks again until the model is done. Rejects as the client does. */
export async function runTurn(deps: TurnDeps, signal: AbortSignal): Promise<void> {
  const { turn, record, emit } = deps;
  const { id: sessionId, history, ties } = deps.chat;
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
      },
      signal,
    );
  const ask = async (step: number) => {
    const basis = deps.basis();
    if (step === 1 && basis.note !== undefined) turn.notes.push(basis.note);
    try {
      return { basis, answer: await send(basis, step === 1 ? 0 : turn.attempt) };
    } catch (error) {
      const next = signal.aborted ? undefined : successorBasis(deps, basis, error);
      if (!next) throw error;
      return { basis: next, answer: await send(next, turn.attempt) };
    }
  };
  for (let step = 1; step <= maxSteps; step++) {
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
  turn.notes.push(
    plural(
      l10n.t(
        '{0, plural, one {Stopped after # request without a complete response.} other {Stopped after # requests without a complete response.}}',
      ),
      maxSteps,
    ),
  );
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
    next.note ?? l10n.t('The model “{0}” was rejected. Using another one.', refused.model.slug),
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
    turn.notes.push(l10n.t('The connection was lost at the end, so token usage is unknown.'));
  }
  if (answer.status === 'incomplete') {
    turn.notes.push(incompleteNote(answer.incompleteReason));
    turn.mayContinue = answer.incompleteReason !== 'content_filter';
  }
  emit.state();
  if (answer.usage) {
    emit.context({ usedTokens: answer.usage.total, windowTokens: basis.windowTokens });
  }
}

function incompleteNote(reason: string | undefined): string {
  if (reason === 'max_output_tokens') {
    return l10n.t('The response reached its length limit and was cut off.');
  }
  if (reason === 'content_filter') {
    return l10n.t(
      'The response was cut off by the content filter. Retrying gives the same result.',
    );
  }
  return reason === undefined
    ? l10n.t('Codex ended the response early (no reason given).')
    : l10n.t('Codex ended the response early ({0}).', reason);
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
