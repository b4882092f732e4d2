import * as z from 'zod/mini';
import { accountAction, signInMethod } from './account.ts';
import { mostAttachments, mostPasteChars } from '../attachmentLimits.ts';
import { imageTypes } from '../images.ts';
import { attachmentName, attachmentSource, thumbnail } from './attachments.ts';
import { fileReference } from './chat.ts';
import { compactionFromWebview } from './compaction.ts';
import { accountId, count, id, words } from './fields.ts';
import { historyFromWebview, sendMode } from './historyRequests.ts';
import { limitAction } from './limits.ts';
import { ledgerScope, span } from './usage.ts';

/*
 * What the panel asks of the host. Only the host parses it: the panel imports the types alone, and
 * the bundler leaves the rest out of its script.
 */

/** About the sign-in. */
const accountFromWebview = [
  /** `codexLogin`: with the login of the Codex CLI, after a question. */
  z.object({
    type: z.literal('account/signIn'),
    by: z.optional(z.enum(['code', 'codexLogin'])),
  }),
  /** Opens the sign-in page once more, or copies the code and opens the page to type it on. */
  z.object({ type: z.literal('account/openPage'), way: signInMethod }),
  z.object({ type: z.literal('account/copyAddress') }),
  /** What was copied from the browser at the end of a sign-in; without it, the host asks for it. */
  z.object({
    type: z.literal('account/paste'),
    text: z.optional(z.string().check(z.maxLength(16_384))),
  }),
  z.object({ type: z.literal('account/cancelSignIn') }),
] as const;

const code = z.string().check(z.maxLength(2_000_000));
/** An identifier that the editor knows, or empty. */
const language = z.string().check(z.maxLength(60));

/** The chat. */
const chatFromWebview = [
  z.object({
    type: z.literal('prompt/send'),
    mode: z.optional(sendMode),
    /** Empty only together with attachments. */
    text: z.string().check(z.maxLength(2_000_000)),
    /** Ids of attachments of the draft, in their order. */
    attachments: z.optional(z.array(id).check(z.maxLength(mostAttachments))),
  }),
  z.object({ type: z.literal('turn/stop') }),
  ...compactionFromWebview,
  /** Sends the prompt of a failed or stopped turn again, in its place. */
  z.object({ type: z.literal('turn/retry'), turnId: id }),
  /** Asks for the rest of an answer that was cut short. */
  z.object({ type: z.literal('turn/continue'), turnId: id }),
  /** Skips the wait before the next attempt. */
  z.object({ type: z.literal('retry/now'), turnId: id }),
  z.object({ type: z.literal('chat/new') }),
  z.object({ type: z.literal('suggestion/pick'), id }),
  z.object({
    type: z.literal('model/pick'),
    slug: z.string().check(z.minLength(1), z.maxLength(100)),
    effort: z.optional(z.string().check(z.maxLength(40))),
  }),
  z.object({ type: z.literal('failure/copyDetails'), turnId: id }),
  /** A click on a link of an answer. The host checks the address before it opens anything. */
  z.object({
    type: z.literal('link/open'),
    turnId: id,
    url: z.string().check(z.maxLength(8_192)),
    label: z.string().check(z.maxLength(8_192)),
  }),
  /** Which of these can be opened in the workspace; the host answers with `files/known`. */
  z.object({
    type: z.literal('files/ask'),
    references: z.array(fileReference).check(z.maxLength(50)),
  }),
  /** A click on a reference to a file. The host checks it again before it opens anything. */
  z.object({ type: z.literal('file/open'), reference: fileReference }),
  z.object({ type: z.literal('clipboard/write'), text: code }),
  /** `language` is what a new file gets, also when no editor is open to insert into. */
  z.object({ type: z.literal('code/insert'), text: code, language }),
  z.object({ type: z.literal('code/newFile'), text: code, language }),
] as const;

/** Attachments. Ids are made by the view, unless the host has made one. */
const attachmentsFromWebview = [
  /** An image that the view has read and written anew in the size in which it is sent. */
  z.object({
    type: z.literal('attachment/image'),
    id,
    name: attachmentName,
    path: z.optional(words),
    imageType: z.enum(imageTypes),
    width: count,
    height: count,
    data: z.instanceof(Uint8Array),
    thumbnail: z.optional(thumbnail),
  }),
  z.object({
    type: z.literal('attachment/paste'),
    id,
    text: z.string().check(z.minLength(1), z.maxLength(mostPasteChars)),
  }),
  /** A file that was dropped or pasted and is no image. */
  z.object({
    type: z.literal('attachment/file'),
    id,
    name: attachmentName,
    data: z.instanceof(Uint8Array),
  }),
  /** Files of the workspace that were dropped, by their addresses. */
  z.object({
    type: z.literal('attachment/uris'),
    uris: z.array(z.string().check(z.maxLength(8_192))).check(z.maxLength(100)),
  }),
  z.object({ type: z.literal('attachment/pick'), source: attachmentSource }),
  z.object({ type: z.literal('attachment/remove'), id }),
  /** Shows one in an editor: of the message that is being written. */
  z.object({ type: z.literal('attachment/open'), id }),
  /** Of a turn; `at` counts from 0. */
  z.object({ type: z.literal('attachment/openSent'), turnId: id, at: count }),
  /** After a reload: what the view has remembered of the message that was being written. */
  z.object({
    type: z.literal('attachment/restore'),
    references: z.array(z.string().check(z.maxLength(20_000))).check(z.maxLength(mostAttachments)),
  }),
] as const;

/** About limits. */
const limitsFromWebview = [
  /** The answer to the question before sending; `cancel` puts the text back as a draft. */
  z.object({ type: z.literal('warning/answer'), id, action: limitAction }),
  z.object({ type: z.literal('scheduled/send'), id }),
  z.object({ type: z.literal('scheduled/cancel'), id }),
  /** A button under a limit failure. */
  z.object({ type: z.literal('failure/limitAction'), turnId: id, action: limitAction }),
] as const;

/** The Usage page. */
const usageFromWebview = [
  /**
   * The page is open, or shows something else now: the host answers with all three kinds of
   * figures and tells of every change, until `usage/hide`. Without `accountId` it is about the
   * account in use.
   */
  z.object({
    type: z.literal('usage/show'),
    accountId: z.optional(accountId),
    span,
    scope: ledgerScope,
  }),
  z.object({ type: z.literal('usage/hide') }),
  z.object({ type: z.literal('usage/refresh') }),
  /** Writes the rows of this scope; without one all that was ever kept, of every account. */
  z.object({
    type: z.literal('usage/export'),
    accountId: z.optional(accountId),
    scope: z.optional(ledgerScope),
  }),
  z.object({ type: z.literal('usage/addAccount') }),
  z.object({ type: z.literal('usage/settings') }),
  z.object({ type: z.literal('usage/act'), accountId, action: accountAction }),
] as const;

/** From the panel to the host. */
export const fromWebview = z.discriminatedUnion('type', [
  /** The panel is up, or has missed a message: the host answers with a `snapshot`. */
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('log/show') }),
  z.object({ type: z.literal('quota/show') }),
  z.object({ type: z.literal('privacy/show') }),
  /** An error inside the panel, for the log. */
  z.object({ type: z.literal('view/error'), message: words }),
  ...chatFromWebview,
  ...historyFromWebview,
  ...attachmentsFromWebview,
  ...accountFromWebview,
  ...limitsFromWebview,
  ...usageFromWebview,
]);
export type FromWebview = z.infer<typeof fromWebview>;

/** What is asked about stored chats, branches and waiting messages. */
export type HistoryRequest = z.infer<(typeof historyFromWebview)[number]>;
/** What the composer and the transcript ask for about attachments. */
export type AttachmentRequest = Extract<FromWebview, { type: `attachment/${string}` }>;

/** What the Usage page and the banner about limits ask for. */
export type UsageRequest = Extract<
  FromWebview,
  { type: `usage/${string}` | `scheduled/${string}` }
>;
