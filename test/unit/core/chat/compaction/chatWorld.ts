import { createDeferred } from '../../../../../src/base/async/deferred.ts';
import { silentLog } from '../../../../../src/base/log.ts';
import { createSession } from '../../../../../src/core/chat/session.ts';
import type { SessionDeps } from '../../../../../src/core/chat/sessionTypes.ts';
import {
  summaryPrefix,
  summaryPrompt,
} from '../../../../../src/core/conversations/compaction/summaryPrompt.ts';
import { itemsTokens } from '../../../../../src/core/conversations/context/itemTokens.ts';
import { createMemoryChatLog } from '../../../../../src/core/conversations/memoryChatLog.ts';
import { userMessage, type InputItem } from '../../../../../src/core/responses/request/input.ts';
import { prepareInput } from '../../../../../src/core/responses/request/prepareInput.ts';
import type { ResponsesRequest } from '../../../../../src/core/responses/request/request.ts';
import { ResponsesError } from '../../../../../src/core/responses/retry/failure.ts';
import type { OutputItem } from '../../../../../src/core/responses/stream/events.ts';
import type { StoredRecord } from '../../../../../src/core/conversations/recordLine.ts';
import { refuseItems } from '../../../../backend/refuseItems.ts';
import { seal } from '../../../../backend/seal.ts';
import { skippingClock } from '../../../../support/manualClock.ts';
import { classic } from '../../responses/harness.ts';

const accountId = 'account';
export const summary = 'The user wants the tests fixed, and all of them pass now. '.repeat(5);

const message = (text: string): OutputItem => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});

const isSummaryRequest = ({ input }: ResponsesRequest) =>
  JSON.stringify(input.at(-1)) === JSON.stringify(userMessage(summaryPrompt));

/** A chat whose model answers each prompt with `tokens` tokens, in a window of 20,000. */
export function chatWorld(
  more: Partial<SessionDeps> = {},
  options: { tokens?: number; windowTokens?: number; before?: readonly StoredRecord[] } = {},
) {
  const { tokens = 1_000, windowTokens = 20_000, before = [] } = options;
  const clock = skippingClock();
  const chat = createMemoryChatLog('chat-1', clock.now, before);
  const requests: ResponsesRequest[] = [];
  const refused: unknown[] = [];
  const world = {
    clock,
    chat,
    refused,
    given: [] as string[],
    summaryText: summary as string | Error,
    /** Ordinary turns wait for this, when it is there. */
    gate: undefined as Promise<void> | undefined,
    /** Requests for a summary wait for this. */
    summaryGate: undefined as Promise<void> | undefined,
    windowTokens,
    ordinary: () => requests.filter((request) => !isSummaryRequest(request)),
    summaries: () => requests.filter(isSummaryRequest),
  };
  let ids = before.length;

  async function stream(
    request: ResponsesRequest,
    emit: Parameters<SessionDeps['responses']['stream']>[1],
    signal: AbortSignal,
  ) {
    requests.push(request);
    const refusal = refuseItems(prepareInput(request.input), accountId, false);
    if (refusal) refused.push(refusal);
    const isSummary = isSummaryRequest(request);
    emit({ type: 'attempt', attempt: 1, credentialId: accountId });
    const waiting = isSummary ? world.summaryGate : world.gate;
    if (waiting) {
      const stopped = createDeferred<never>();
      signal.addEventListener('abort', () => stopped.reject(signal.reason), { once: true });
      await Promise.race([waiting, stopped.promise]);
    }
    await Promise.resolve();
    signal.throwIfAborted();
    const total = itemsTokens(request.input) + 10;
    if (total > world.windowTokens) throw new ResponsesError({ kind: 'contextOverflow' });
    if (isSummary && world.summaryText instanceof Error) throw world.summaryText;
    const items: OutputItem[] = isSummary
      ? [message(String(world.summaryText))]
      : [
          { type: 'reasoning', summary: [], encrypted_content: seal('reasoning', accountId) },
          message('word '.repeat(Math.round(tokens / 0.67))),
        ];
    if (!isSummary) {
      for (const [output, item] of items.entries())
        emit({ type: 'item', attempt: 1, output, item });
    }
    const output = isSummary ? 100 : tokens;
    return {
      items,
      status: 'completed' as const,
      endTurn: true,
      usage: { input: total, cached: 0, output, reasoning: 0, total: total + output },
      credentialId: accountId,
      attempts: 1,
    };
  }

  const session = createSession({
    chat,
    tagOf: (id) => id,
    responses: { stream },
    basis: () => ({ ...classic, windowTokens: world.windowTokens }),
    clock,
    newId: () => `id-${++ids}`,
    log: silentLog,
    onTurnEvent() {},
    onFailure() {},
    giveBack: ({ text }) => void world.given.push(text),
    ...more,
  });

  const ended = () => new Promise<void>((resolve) => session.onDidEndTurn(() => resolve()));
  return Object.assign(world, {
    session,
    async ask(text: string) {
      const over = ended();
      session.send({ text, attachments: [] });
      await over;
    },
    /** Until nothing is under way. */
    async settled() {
      while (session.compaction.state()?.status === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    /** Number of items of the last ordinary request. */
    lastInput: (): readonly InputItem[] => world.ordinary().at(-1)?.input ?? [],
    types: () => chat.records().map(({ type }) => type),
  });
}

export const hasSummary = (input: readonly InputItem[]) =>
  JSON.stringify(input).includes(summaryPrefix.slice(0, 40));
