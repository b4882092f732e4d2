import * as z from 'zod/mini';
import { count, percent } from './fields.ts';

export const signInMethod = z.enum(['browser', 'code']);

/** The account in use, or the sign-in to one. */
export const accountView = z.discriminatedUnion('state', [
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
    /** The method that the panel leads through. */
    lead: signInMethod,
    codeState: z.enum(['none', 'asking', 'shown', 'failed']),
    /** The code to type, and the page to type it on. */
    code: z.optional(z.object({ text: z.string(), page: z.string(), endsAtMs: count })),
    /** Whether there is a sign-in page to open. */
    hasPage: z.boolean(),
    /** What has failed so far, a sentence each. */
    notes: z.array(z.string()),
    pasteProblem: z.optional(z.string()),
  }),
  z.object({ state: z.literal('signedIn'), label: z.string(), plan: z.optional(z.string()) }),
]);
export type AccountView = z.infer<typeof accountView>;

/** What the account is to the pool; shown at the right end of its row. */
export const accountRole = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inUse') }),
  z.object({ kind: z.literal('next') }),
  /** May be used, after the one that is next. */
  z.object({ kind: z.literal('ready') }),
  /** Its limit was reached, or the backend has asked it to wait. */
  z.object({ kind: z.literal('coolingDown'), untilMs: z.optional(count) }),
  /** The cap that the user has set is reached. `untilMs`: when a limit that reached it resets. */
  z.object({ kind: z.literal('ceiling'), percent, untilMs: z.optional(count) }),
  z.object({ kind: z.literal('signedOut') }),
  z.object({ kind: z.literal('off') }),
]);
export type AccountRole = z.infer<typeof accountRole>;

/** Everything that can be done with one account. The host asks for confirmation where needed. */
export const accountAction = z.enum([
  'use',
  'rename',
  'moveUp',
  'moveDown',
  'setCeiling',
  'turnOff',
  'turnOn',
  'useInWorkspace',
  'useAnywhere',
  'signIn',
  'signOut',
  'remove',
  'redeem',
]);
export type AccountAction = z.infer<typeof accountAction>;
