import * as z from 'zod/mini';
import { change, part } from './protocolParts.ts';
import { receipt, usageFromWebview, usageToWebview, waysOn } from './protocolUsage.ts';

/**
 * What the chat view and the extension host say to each other. Both ends parse what they hear;
 * what does not parse is dropped and logged. No message ever carries a token.
 */

const id = z.string().check(z.minLength(1), z.maxLength(100));
const count = z.number().check(z.nonnegative());

export type { Change, Part } from './protocolParts.ts';

/** What a button under an error does. */
const failureAction = z.enum(['retry', 'signIn', 'copyDetails', 'showLog', 'showQuota', 'newChat']);
export type FailureAction = z.infer<typeof failureAction>;

/** Why a turn ended early: `title` in three to six words, `message` says what happened and what to do. */
const failure = z.object({
  kind: z.string(),
  title: z.string(),
  message: z.string(),
  /** Epoch ms when the same request may succeed; absent when that is unknown. */
  availableAtMs: z.optional(count),
  actions: z.array(failureAction),
  /** Ways round a spent limit, before the actions. */
  waysOn,
});
export type FailureView = z.infer<typeof failure>;

/** A retry that is under way: "Reconnecting 2 of 5, in 4 s". `reason` is a few words for people. */
const retry = z.object({
  attempt: count,
  maxAttempts: count,
  reason: z.string(),
  /** Epoch ms of the next attempt. */
  atMs: count,
});
export type RetryView = z.infer<typeof retry>;

/** What a finished turn took, in tokens. */
const usage = z.object({ input: count, cached: count, output: count, reasoning: count });

const turnStatus = z.enum(['running', 'done', 'stopped', 'failed', 'interrupted']);

const attachment = z.object({ name: z.string(), detail: z.string() });

/** Everything about a turn that changes, but its parts. */
const turnHead = {
  status: turnStatus,
  /** Requests that the turn has sent so far, repeated ones included. */
  attempt: count,
  retry: z.optional(retry),
  /** Epoch ms since which nothing has come from Codex; absent while the answer comes. */
  silentSinceMs: z.optional(count),
  /** Short remarks about what happened underway: text written anew, another model, a cut answer. */
  notes: z.array(z.string()),
  failure: z.optional(failure),
  /** The answer was cut short; while it is the last one, its rest can be asked for. */
  mayContinue: z.optional(z.boolean()),
  /** Absent when the backend did not count: stopped and failed turns. */
  usage: z.optional(usage),
  receipt: z.optional(receipt),
  endedAtMs: z.optional(count),
};

const turn = z.object({
  id,
  prompt: z.string(),
  /** Files whose text was sent along: `name` is shown, `detail` is the full path for the title. */
  attachments: z.array(attachment),
  parts: z.array(part),
  startedAtMs: count,
  ...turnHead,
});
export type TurnView = z.infer<typeof turn>;

const signInWay = z.enum(['browser', 'code']);

const account = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('signedOut'),
    /** Why the last sign-in failed or why the session ended; one sentence with the next step. */
    problem: z.optional(z.string()),
    /** Whether the Codex CLI has a login that could be used. */
    hasCodexLogin: z.optional(z.boolean()),
    /** Whether the extension, and with it the tokens that it uses, is on another machine. */
    isRemote: z.optional(z.boolean()),
  }),
  z.object({
    state: z.literal('signingIn'),
    startedAtMs: count,
    endsAtMs: count,
    /** Which way the person is led along. */
    lead: signInWay,
    codeState: z.enum(['none', 'asking', 'shown', 'failed']),
    /** The code to type, and the page to type it on. */
    code: z.optional(z.object({ text: z.string(), page: z.string(), endsAtMs: count })),
    /** Whether there is a sign-in page to open. */
    hasPage: z.boolean(),
    /** What did not work on the way, a sentence each. */
    notes: z.array(z.string()),
    pasteProblem: z.optional(z.string()),
  }),
  z.object({ state: z.literal('signedIn'), label: z.string(), plan: z.optional(z.string()) }),
]);
export type AccountView = z.infer<typeof account>;

const model = z.object({
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  efforts: z.array(z.string()),
  defaultEffort: z.optional(z.string()),
});
export type ModelView = z.infer<typeof model>;

const models = z.object({
  list: z.array(model),
  selected: z.object({ slug: z.string(), effort: z.optional(z.string()) }),
  /** `bundled` until the live catalogue was read. */
  source: z.enum(['live', 'bundled']),
});
export type ModelsView = z.infer<typeof models>;

const quotaWindow = z.object({
  /** Short name as in the status bar: `5h`, `wk`. */
  label: z.string(),
  /** Name in words: "5-hour limit". */
  name: z.string(),
  kind: z.enum(['fiveHour', 'weekly', 'other']),
  /** 0 to 100. */
  usedPercent: count,
  resetsAtMs: z.optional(count),
});

/** `windows` is empty while nothing is known; `text` is the very text of the status bar. */
const quota = z.object({
  text: z.string(),
  windows: z.array(quotaWindow),
  observedAtMs: z.optional(count),
  stale: z.boolean(),
});
export type QuotaView = z.infer<typeof quota>;

/** How much of the model's context window the chat fills; absent until the backend has said it. */
const context = z.object({ usedTokens: count, windowTokens: count });
export type ContextView = z.infer<typeof context>;

const suggestion = z.object({
  id,
  icon: z.enum(['file', 'warning', 'branch', 'chat']),
  label: z.string(),
  detail: z.string(),
});
export type SuggestionView = z.infer<typeof suggestion>;

const start = z.object({
  /** Name of the workspace; empty when no folder is open. */
  workspace: z.string(),
  suggestions: z.array(suggestion),
});
export type StartView = z.infer<typeof start>;

const settings = z.object({
  sendWith: z.enum(['enter', 'ctrlEnter']),
  /** Whether reasoning is unfolded while it streams. */
  reasoning: z.enum(['collapsed', 'expanded', 'hidden']),
});
export type SettingsView = z.infer<typeof settings>;

/** A file as an answer names it: `src/a.ts:3`. */
const fileReference = z.string().check(z.minLength(1), z.maxLength(500));

/**
 * What the host tells the chat view. `snapshot` replaces everything that the view holds. Messages
 * are numbered: a gap in `seq` means that one was lost, and the view asks anew with `ready`.
 */
export const toWebview = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    seq: count,
    chatId: id,
    turns: z.array(turn),
    account,
    models,
    quota,
    context: z.optional(context),
    start,
    settings,
  }),
  z.object({ type: z.literal('turn/add'), seq: count, turn }),
  /** All that changed in a turn since the last frame. Sent at most once a frame. */
  z.object({
    type: z.literal('turn/changes'),
    seq: count,
    turnId: id,
    attempt: count,
    changes: z.array(change),
  }),
  /** Everything about the turn but its parts; also after its end, when more comes to be known. */
  z.object({ type: z.literal('turn/state'), seq: count, turnId: id, ...turnHead }),
  z.object({ type: z.literal('account'), seq: count, account }),
  z.object({ type: z.literal('models'), seq: count, models }),
  z.object({ type: z.literal('quota'), seq: count, quota }),
  z.object({ type: z.literal('context'), seq: count, context: z.optional(context) }),
  z.object({ type: z.literal('start'), seq: count, start }),
  z.object({ type: z.literal('settings'), seq: count, settings }),
  /** Puts the focus into the message field. */
  z.object({ type: z.literal('focus'), seq: count }),
  /** Puts text into the message field, after what stands in it: what was typed and not sent. */
  z.object({ type: z.literal('draft'), seq: count, text: z.string() }),
  z.object({
    type: z.literal('files/known'),
    seq: count,
    files: z.array(z.object({ reference: fileReference, exists: z.boolean() })),
  }),
  ...usageToWebview,
]);
export type ToWebview = z.infer<typeof toWebview>;

const code = z.string().check(z.maxLength(2_000_000));
/** An identifier that the editor knows, or empty. */
const language = z.string().check(z.maxLength(60));

/** What the chat view may ask of the host. */
export const fromWebview = z.discriminatedUnion('type', [
  /** The view is up, or has missed a message: the host answers with a `snapshot`. */
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('prompt/send'),
    text: z.string().check(z.minLength(1), z.maxLength(2_000_000)),
  }),
  z.object({ type: z.literal('turn/stop') }),
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
  /** `codexLogin`: with the login of the Codex CLI, after a question. */
  z.object({
    type: z.literal('account/signIn'),
    by: z.optional(z.enum(['code', 'codexLogin'])),
  }),
  /** Opens the sign-in page once more, or copies the code and opens the page to type it on. */
  z.object({ type: z.literal('account/openPage'), way: signInWay }),
  z.object({ type: z.literal('account/copyAddress') }),
  /** What was copied from the browser at the end of a sign-in; without it, the host asks for it. */
  z.object({
    type: z.literal('account/paste'),
    text: z.optional(z.string().check(z.maxLength(16_384))),
  }),
  z.object({ type: z.literal('account/cancelSignIn') }),
  z.object({ type: z.literal('failure/copyDetails'), turnId: id }),
  z.object({ type: z.literal('log/show') }),
  z.object({ type: z.literal('quota/show') }),
  z.object({ type: z.literal('privacy/show') }),
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
  /** A click on a reference to a file. The host looks once more before it opens anything. */
  z.object({ type: z.literal('file/open'), reference: fileReference }),
  z.object({ type: z.literal('clipboard/write'), text: code }),
  /** `language` is what a new file gets, also when no editor is open to insert into. */
  z.object({ type: z.literal('code/insert'), text: code, language }),
  z.object({ type: z.literal('code/newFile'), text: code, language }),
  /** A fault inside the view, for the log. */
  z.object({ type: z.literal('view/error'), message: z.string().check(z.maxLength(2_000)) }),
  ...usageFromWebview,
]);
export type FromWebview = z.infer<typeof fromWebview>;
