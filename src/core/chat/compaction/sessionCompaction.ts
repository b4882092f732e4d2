import type { ChatState } from '../chatState.ts';
import type { SessionDeps } from '../sessionTypes.ts';
import {
  createChatCompaction,
  type ChatCompaction,
  type ChatCompactionDeps,
} from './chatCompaction.ts';

/** The compaction of a session, with what the session has of it. */
export function createSessionCompaction(
  deps: SessionDeps,
  { ties }: ChatState,
  about: Pick<ChatCompactionDeps, 'use' | 'isBusy' | 'onChange'>,
): ChatCompaction {
  const { chat, responses, basis, newId, clock, log, isHeldBack } = deps;
  const { compactionUsage: usage, onCompactionEvent: onEvent } = deps;
  const own = { chat, responses, basis, ties, newId, clock, log, isHeldBack, usage, onEvent };
  return createChatCompaction({ ...own, ...about });
}
