import type { ResponsesClient } from '../responses/client.ts';
import type { ResponsesRequest } from '../responses/request.ts';
import { readCall, type ToolCall } from '../responses/outputItems.ts';
import type { Answer, TokenUsage, TurnEvent } from '../responses/turnEvent.ts';
import type { ContextUse, RequestBasis } from './requestBasis.ts';
import type { ChatState } from './chatState.ts';
import { createTurnPainter, noteTurnEvent } from './turnView.ts';
import type { PartChange, Turn } from './turn.ts';

/** Requests that one question may lead to, so that a model that never ends cannot spend the quota. */
const maxSteps = 12;

export interface TurnNeeds {
  responses: ResponsesClient;
  basis: () => RequestBasis;
  clock: { now(): number };
  /** Its history is grown by what the answers bring. */
  chat: Pick<ChatState, 'id' | 'history' | 'ties' | 'account'>;
  turn: Turn;
  emit: {
    event(event: TurnEvent): void;
    part(change: PartChange): void;
    state(): void;
    context(use: ContextUse): void;
  };
}

/** Asks, answers the calls, and asks again until the model is done. Rejects as the client does. */
export async function runTurn(needs: TurnNeeds, signal: AbortSignal): Promise<void> {
  const { turn, emit } = needs;
  const { id: sessionId, history, ties } = needs.chat;
  let turnState: ResponsesRequest['turnState'];
  for (let step = 1; step <= maxSteps; step++) {
    const basis = needs.basis();
    if (step === 1 && basis.note !== undefined) turn.notes.push(basis.note);
    const painter = createTurnPainter(turn, step, () => needs.clock.now());
    const answer = await needs.responses.stream(
      { ...basis, input: [...history], sessionId, ties, turnState },
      (event) => {
        emit.event(event);
        if (noteTurnEvent(turn, event)) emit.state();
        noteAccount(needs, event);
        for (const change of painter.paint(event)) emit.part(change);
      },
      signal,
    );
    signal.throwIfAborted();
    history.push(...answer.items);
    noteAnswer(needs, answer, basis);
    const calls = answer.items.map(readCall).filter((call) => call !== undefined);
    refuse(needs, calls);
    if (calls.length === 0 && answer.endTurn) return;
    if (answer.status === 'incomplete') return;
    if (answer.turnState !== undefined) {
      turnState = { value: answer.turnState, credentialId: answer.credentialId };
    }
  }
  turn.notes.push(`Stopped after ${maxSteps} requests, for the answer did not come to an end.`);
  emit.state();
}

function noteAccount({ turn, emit, chat, clock }: TurnNeeds, event: TurnEvent): void {
  if (event.type !== 'attempt') return;
  const note = chat.account.note(event, clock.now());
  if (note === undefined) return;
  turn.notes.push(note);
  emit.state();
}

function noteAnswer({ turn, emit }: TurnNeeds, answer: Answer, basis: RequestBasis): void {
  if (answer.usage) {
    turn.usage = sum(turn.usage, answer.usage);
    emit.context({ usedTokens: answer.usage.total, windowTokens: basis.windowTokens });
  }
  if (answer.status === 'cut' && answer.endTurn) {
    turn.notes.push('The connection broke after the last word, so what it took is not known.');
  }
  if (answer.status === 'incomplete') {
    turn.notes.push(incompleteNote(answer.incompleteReason));
    turn.mayContinue = answer.incompleteReason !== 'content_filter';
  }
  emit.state();
}

function incompleteNote(reason: string | undefined): string {
  if (reason === 'max_output_tokens') {
    return 'The answer reached its length limit and was cut.';
  }
  if (reason === 'content_filter') {
    return 'The answer was cut by the content filter. Asking again gives the same result.';
  }
  return `Codex ended the answer early (${reason ?? 'no reason given'}).`;
}

function sum(a: TokenUsage | undefined, b: TokenUsage): TokenUsage {
  if (!a) return b;
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
    total: a.total + b.total,
  };
}

/** No tools are offered yet, so whatever the model calls does not exist; it is told so. */
function refuse({ chat: { history }, turn, emit }: TurnNeeds, calls: readonly ToolCall[]): void {
  for (const call of calls) {
    history.push({
      type: call.form === 'json' ? 'function_call_output' : 'custom_tool_call_output',
      call_id: call.callId,
      output: `There is no tool named "${call.tool}" here. Go on without tools.`,
    });
  }
  if (calls.length === 0) return;
  for (const part of turn.parts) {
    if (part.kind === 'call' && part.state === 'running') {
      emit.part({ type: 'part/put', part: { ...part, state: 'failed' } });
    }
  }
}
