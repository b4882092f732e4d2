import * as z from 'zod/mini';
import { accountFromWebview, accountView } from './account.ts';
import {
  chatFromWebview,
  chatToWebview,
  contextUse,
  modelsView,
  quotaView,
  settingsView,
  startView,
} from './chat.ts';
import { count, id } from './fields.ts';
import { limitsFromWebview, limitsToWebview } from './limits.ts';
import { turnView } from './turn.ts';
import { usageFromWebview, usageToWebview } from './usage.ts';

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
    start: startView,
    settings: settingsView,
  }),
  z.object({ type: z.literal('account'), seq: count, account: accountView }),
  ...chatToWebview,
  ...limitsToWebview,
  ...usageToWebview,
]);
export type ToWebview = z.infer<typeof toWebview>;

/** From the panel to the host. */
export const fromWebview = z.discriminatedUnion('type', [
  /** The panel is up, or has missed a message: the host answers with a `snapshot`. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('log/show') }),
  z.object({ type: z.literal('quota/show') }),
  z.object({ type: z.literal('privacy/show') }),
  /** An error inside the panel, for the log. */
  z.object({ type: z.literal('view/error'), message: z.string().check(z.maxLength(2_000)) }),
  ...chatFromWebview,
  ...accountFromWebview,
  ...limitsFromWebview,
  ...usageFromWebview,
]);
export type FromWebview = z.infer<typeof fromWebview>;

/** What the Usage page and the banner about limits ask for. */
export type UsageRequest = Extract<
  FromWebview,
  { type: `usage/${string}` | `scheduled/${string}` }
>;
