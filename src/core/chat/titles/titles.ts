import { describeError } from '../../../base/describeError.ts';
import type { Disposable } from '../../../base/disposables.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { Log } from '../../../base/log.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { LedgerTracker } from '../../ledger/tracker.ts';
import type { Model } from '../../models/catalogue.ts';
import type { ResponsesClient } from '../../responses/client.ts';
import type { Answer, TurnEvent } from '../../responses/stream/turnEvent.ts';
import { isAnswer, readItem } from '../../responses/stream/outputItems.ts';
import { cleanTitle } from './cleanTitle.ts';
import { titleRequest, type ChatStart } from './titleRequest.ts';

export interface TitlesDeps {
  /** The client of the chat, so that a title is asked for with the same recovery. */
  readonly responses: ResponsesClient;
  /** The model to ask; undefined: titles are off. */
  readonly model: () => Model | undefined;
  /** False when a request would likely reach the end of a limit. */
  readonly isAffordable: () => boolean;
  readonly tracker: Pick<
    LedgerTracker,
    'turnStarted' | 'request' | 'accepted' | 'requestFailed' | 'turnEnded'
  >;
  /** Hears every event of every answer: limits and etags travel in them. */
  readonly onTurnEvent: (event: TurnEvent) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
  readonly log: Log;
}

/** Asks the model for titles of chats, once for each chat. */
export interface Titles extends Disposable {
  /**
   * A title for the chat that begins so; undefined when there is none to be had: titles are off, the
   * chat was asked for before, a limit is near, the model answered something else, or the request
   * failed. Never rejects, and says nothing to the user: the first words of the prompt stay.
   */
  ask(chatId: string, start: ChatStart): Promise<string | undefined>;
  /** The chat is gone: a request that runs is aborted. */
  forget(chatId: string): void;
}

export function createTitles(deps: TitlesDeps): Titles {
  const { model: modelOf, isAffordable, log } = deps;
  const lifetime = new AbortController();
  const asked = new Map<string, AbortController>();

  return {
    async ask(chatId, start) {
      const model = modelOf();
      if (lifetime.signal.aborted || asked.has(chatId) || !model || !isAffordable()) {
        return undefined;
      }
      const abort = new AbortController();
      asked.set(chatId, abort);
      const signal = AbortSignal.any([abort.signal, lifetime.signal]);
      try {
        return await request(deps, { chatId, start, model }, signal);
      } catch (error) {
        if (!signal.aborted) log.info(`no title for a chat: ${describeError(error)}`);
        return undefined;
      }
    },
    forget(chatId) {
      asked.get(chatId)?.abort(new DOMException('The chat is gone.', 'AbortError'));
    },
    dispose: () => lifetime.abort(new DOMException('The window closes.', 'AbortError')),
  };
}

interface TitleTask {
  readonly chatId: string;
  readonly start: ChatStart;
  readonly model: Model;
}

async function request(
  deps: TitlesDeps,
  { chatId, start, model }: TitleTask,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { responses, tracker, clock, newId, log } = deps;
  const id = newId();
  const message = titleRequest(start, { model, sessionId: newId() });
  const effort = message.effort ?? 'none';
  const begun = { id, chatId, atMs: clock.now(), model: model.slug, effort };
  tracker.turnStarted({ ...begun, kind: 'title', contextTokens: 0 });
  let answer: Answer | undefined;
  try {
    answer = await responses.stream(message, (event) => note(deps, id, event), signal);
  } finally {
    const outcome = answer ? 'done' : signal.aborted ? 'stopped' : 'failed';
    const tokens = tokensOf(answer);
    tracker.turnEnded({ id, atMs: clock.now(), outcome, ...omitUndefined({ tokens }) });
  }
  const title = answer.status === 'incomplete' ? undefined : cleanTitle(textOf(answer));
  if (title === undefined) log.info(`no title for a chat: the answer of ${model.slug} was none`);
  return title;
}

/** Figures of a side task count as those of a turn. */
function note({ tracker, onTurnEvent, clock }: TitlesDeps, id: string, event: TurnEvent): void {
  onTurnEvent(event);
  if (event.type === 'attempt') tracker.request(id, event.credentialId, clock.now());
  else if (event.type === 'headers' && event.status === 200)
    tracker.accepted(id, event.credentialId, clock.now());
  else if (event.type === 'failed') tracker.requestFailed(id, event.failure.kind);
}

function tokensOf(answer: Answer | undefined) {
  if (!answer?.usage) return undefined;
  const { input, cached, output, reasoning } = answer.usage;
  return { input, cached, output, reasoning };
}

function textOf({ items }: Answer): string {
  const parts = items.filter(isAnswer).flatMap(readItem);
  return parts.map(({ kind, text }) => (kind === 'text' ? text : '')).join('\n');
}
