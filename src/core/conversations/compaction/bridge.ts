import { userMessage, type InputItem } from '../../responses/request/input.ts';
import type { KeptMessage } from './keptMessages.ts';
import { summaryPrefix } from './summaryPrompt.ts';

/**
 * What takes the place of the history before the cut: the kept messages with the fresh context right
 * before the newest of them, and the summary at the end. The order is that of the Codex CLI
 * (WIRE.md f).
 *
 * @param context - items that say what is the case now, such as the environment
 */
export function bridgeOf(
  kept: readonly Pick<KeptMessage, 'item'>[],
  summary: string,
  context: readonly InputItem[] = [],
): InputItem[] {
  const messages = kept.map(({ item }) => item);
  return [
    ...messages.slice(0, -1),
    ...context,
    ...messages.slice(-1),
    userMessage(`${summaryPrefix}\n\n${summary}`),
  ];
}
