import * as z from 'zod/mini';
import { accountView } from './account.ts';
import { attachmentsToWebview } from './attachments.ts';
import {
  chatToWebview,
  contextUse,
  modelsView,
  quotaView,
  settingsView,
  startView,
} from './chat.ts';
import { compactionsView, compactionToWebview } from './compaction.ts';
import { count, id } from './fields.ts';
import { chatInfo, historyToWebview, queuedPrompt } from './history.ts';
import { limitsToWebview } from './limits.ts';
import { turnView } from './turn.ts';
import { usageToWebview } from './usage.ts';

/**
 * Messages between the panel and the extension host. Both ends parse what they receive; what does
 * not parse is dropped and logged. No message ever carries a token.
 */

/**
 * From the host to the panel. `snapshot` replaces everything that the panel holds. Messages are
 * numbered: a gap in `seq` means that one was lost, and the panel asks for all of it with `ready`.
 */
export const toWebview = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    seq: count,
    chatId: id,
    turns: z.array(turnView),
    account: accountView,
    models: modelsView,
    quota: quotaView,
    context: z.optional(contextUse),
    compactions: z.optional(compactionsView),
    chat: z.optional(chatInfo),
    /** Absent where messages cannot wait. */
    queue: z.optional(z.array(queuedPrompt)),
    start: startView,
    settings: settingsView,
  }),
  z.object({ type: z.literal('account'), seq: count, account: accountView }),
  ...chatToWebview,
  ...compactionToWebview,
  ...historyToWebview,
  ...attachmentsToWebview,
  ...limitsToWebview,
  ...usageToWebview,
]);
export type ToWebview = z.infer<typeof toWebview>;

export type {
  AttachmentRequest,
  FromWebview,
  HistoryRequest,
  UsageRequest,
} from './fromWebview.ts';
