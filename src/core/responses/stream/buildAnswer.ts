import type { AttemptOutcome } from '../attemptPorts.ts';
import type { OutputItem, ResponseObject } from './events.ts';
import { isCall } from './outputItems.ts';
import type { Answer, TokenUsage } from './turnEvent.ts';

/** Calls that were finished before a break stand: asking again would have them run twice. */
export function hasCalls(items: readonly OutputItem[]): boolean {
  return items.some(isCall);
}

/** @param from - how many requests it took, and the credential of the last one. */
export function buildAnswer(
  { end, response, headers }: AttemptOutcome,
  items: readonly OutputItem[],
  from: { attempts: number; credentialId: string },
): Answer {
  const turnState = headers['x-codex-turn-state'];
  return {
    items,
    status: end ?? 'cut',
    endTurn: end === undefined ? !hasCalls(items) : response?.end_turn !== false,
    ...from,
    ...incompleteness(end, response),
    ...(response?.id === undefined ? {} : { responseId: response.id }),
    ...(turnState === undefined ? {} : { turnState }),
    ...usageOf({ response }),
  };
}

/** What the backend counted, where it has said so; a failed attempt may have taken tokens, too. */
export function usageOf({ response }: { response?: ResponseObject | undefined }) {
  return response?.usage === undefined ? {} : { usage: toUsage(response.usage) };
}

function incompleteness(end: AttemptOutcome['end'], response: ResponseObject | undefined) {
  if (end !== 'incomplete') return {};
  return { incompleteReason: response?.incomplete_details?.reason || 'unknown' };
}

function toUsage(usage: NonNullable<ResponseObject['usage']>): TokenUsage {
  return {
    input: usage.input_tokens,
    cached: usage.input_tokens_details.cached_tokens,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
    total: usage.total_tokens,
  };
}
