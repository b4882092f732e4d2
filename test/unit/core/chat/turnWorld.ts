import { chatInMemory } from '../../../support/chats.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createSession } from '../../../../src/core/chat/session.ts';
import type { SessionDeps } from '../../../../src/core/chat/sessionTypes.ts';
import type { MemoryChatLog } from '../../../../src/core/conversations/memoryChatLog.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { classic, countingGrants } from '../responses/harness.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { settled as rested } from '../../../support/steppedClock.ts';
import { scriptedHttp, type Answering } from '../../../support/streams.ts';

type Script = readonly (() => Answering)[];

export type InputJson = Readonly<Record<string, unknown>> & { readonly type: string };

export type WorldDeps = Partial<Omit<SessionDeps, 'chat'>> & { readonly chat?: MemoryChatLog };

/** A session on a scripted backend, on a clock that skips every wait unless another is given. */
export function createTurnWorld(script: Script, deps: WorldDeps = {}) {
  const { http, sent } = scriptedHttp(...script);
  const clock = deps.clock ?? skippingClock();
  const inMemory = chatInMemory(clock.now);
  const chat = deps.chat ?? inMemory.chat;
  let ids = chat.conversation().turns.size;
  const session = createSession({
    ...inMemory,
    responses: createResponses({
      http,
      tokenProvider: countingGrants(),
      baseUrl: () => 'https://chatgpt.com/backend-api',
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock,
      random: () => 0.5,
      log: silentLog,
    }),
    basis: () => ({ ...classic, windowTokens: 258_400 }),
    clock,
    newId: () => `id-${++ids}`,
    log: silentLog,
    onTurnEvent() {},
    onFailure() {},
    ...deps,
    chat,
  });
  return {
    session,
    chat,
    clock,
    sent,
    send: (text: string) => session.send({ text, attachments: [] }),
    /** Resolves when the session rests; fails after many rounds in which it did not. */
    async rest() {
      for (let round = 0; session.isBusy(); round++) {
        if (round > 20_000) throw new Error('The turn does not end.');
        await rested();
      }
    },
    /** The items of a request as they went out. */
    inputOf(request: number): InputJson[] {
      return JSON.parse(sent.at(request)?.body ?? '{}')['input'];
    },
  };
}

/** The text of the assistant's messages, joined. */
export function assistantText(items: readonly InputJson[]): string {
  return items
    .filter(({ role }) => role === 'assistant')
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .map((piece: { text?: string; refusal?: string }) => piece.text ?? piece.refusal ?? '')
    .join('');
}
