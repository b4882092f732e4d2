import { ownValue, without } from '../../../base/lookup.ts';
import * as z from 'zod/mini';
import type { Clock } from '../../../base/async/clock.ts';
import { repairedTime } from '../../../base/json/boundedNumbers.ts';
import { createLocalLeases, type Leases } from '../../../base/storage/leases.ts';
import { freeLocks, type MachineLocks } from '../../../base/storage/locks.ts';
import { recordOfKnown } from '../../../base/json/optionalField.ts';
import { singleProcess, type PeerProcesses } from '../../../base/processes.ts';
import { createLocalValue, type SharedValue } from '../../../base/storage/sharedValue.ts';
import type { Credential } from '../credential.ts';
import { storeFailure } from '../errors.ts';
import { createLocalAnswers, type SealedAnswers } from './sealedAnswers.ts';

/** So long after a refresh began nobody waits for its answer any more: it has its own deadline. */
export const answerLimitMs = 75_000;
/** A secret storage that lags behind by more than that does not lag: it holds something else. */
export const longestLagMs = 120_000;
/** A process that keeps tokens in memory for longer has most likely ended: not every system tells. */
export const longestKeptMs = 24 * 3_600_000;

const noteSchema = z.object({
  /** Of the newest tokens that were stored. */
  revision: z.string(),
  refreshedAtMs: repairedTime,
  notedAtMs: repairedTime,
  /** A refresh token of this revision is on its way to the issuer, or its answer is not stored. */
  inFlight: z.optional(
    z.object({
      revision: z.string(),
      /** A process, as {@link PeerProcesses} names it. */
      holder: z.string(),
      startedAtMs: repairedTime,
      /** The successor could not be stored and lives in the memory of the holder. */
      isKept: z.optional(z.boolean()),
      /** The request broke after it was sent, so the issuer may have taken the token. */
      isUnanswered: z.optional(z.boolean()),
    }),
  ),
  /** Somebody signed out: what a refresh that still runs gives is not to be kept. */
  isSignedOut: z.optional(z.boolean()),
});
type Note = z.infer<typeof noteSchema>;
type Flight = NonNullable<Note['inFlight']>;

/** By the name that {@link SharedRefresh.nameOf} gives. Neither tokens nor e-mail addresses. */
export const refreshEntriesSchema = recordOfKnown(noteSchema);
export type RefreshEntries = z.infer<typeof refreshEntriesSchema>;

/** As much of the secret storage as an announcement needs. */
export interface AnnouncementStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
}

/** What windows of several machines have in common: their secrets, but no folder and no locks. */
export interface SharedSecretHosts {
  secrets: AnnouncementStore;
  /** The extensions of this window run on another machine than the secret storage. */
  isRemote: boolean;
}

/** What the windows share in order to refresh once for all. */
export interface SharedRefresh {
  leases: Leases;
  notes: SharedValue<RefreshEntries>;
  answers: SealedAnswers;
  peers: PeerProcesses;
  locks: MachineLocks;
  /** What windows of other machines see of a refresh; absent where there are none. */
  hosts?: SharedSecretHosts;
  /** Another name for the id or the token of a credential, from which nobody can tell it. */
  nameOf: (text: string) => string;
  /** From 0 up to 1. */
  random: () => number;
}

/** Name of the lease under which the tokens of a credential change. */
export const refreshLease = ({ nameOf }: SharedRefresh, credentialId: string): string =>
  `refresh ${nameOf(credentialId)}`;

/** For a single process, and for tests. */
export function createLocalRefresh(): SharedRefresh {
  const notes = createLocalValue<RefreshEntries>({});
  const answers = createLocalAnswers();
  return {
    leases: createLocalLeases(),
    notes,
    answers,
    peers: singleProcess,
    locks: freeLocks,
    nameOf: (text) => text,
    random: Math.random,
  };
}

/**
 * What the notes say of a stored credential:
 * - `free`: its refresh token is the newest and nobody uses it;
 * - `behind`: another window has stored newer tokens, or signed out, which the store here does not
 *   show yet;
 * - `taken`: a living window is using it, or holds its successor in memory;
 * - `left`: a window has used it and ended before it noted the outcome;
 * - `unanswered`: a window has sent it, and the connection broke before the answer came.
 */
export type RefreshStatus = 'free' | 'behind' | 'taken' | 'left' | 'unanswered';

export interface RefreshJournal {
  standing(credential: Credential): Promise<RefreshStatus>;
  /**
   * Writes ahead that its refresh token is about to be spent; unless it is `behind` or `taken` by
   * now. Of any number of windows that announce the same token at once one alone may go on.
   */
  announce(credential: Credential): Promise<RefreshStatus>;
  /** These are the newest tokens, and they are stored. False: the account was signed out meanwhile. */
  settle(credential: Credential): Promise<boolean>;
  /** The token that was announced has a successor, which the store did not take. */
  keep(spent: Credential): Promise<void>;
  /** The issuer has left the announced token alone. */
  withdraw(credential: Credential): Promise<void>;
  /** The connection was lost after the request was sent: the issuer may have taken the announced token. */
  doubt(credential: Credential): Promise<void>;
  /** The account is signed out now, whatever a refresh that runs brings. */
  signOut(credential: Credential): Promise<void>;
}

/** Stands for the very tokens; those of a sign-in are told apart by their time. */
export function revisionOf({ revision, refreshedAtMs }: Credential): string {
  return revision ?? `at ${refreshedAtMs}`;
}

export function createRefreshJournal(
  { notes, peers, nameOf }: SharedRefresh,
  clock: Clock,
): RefreshJournal {
  const judge = (credential: Credential, note: Note | undefined) =>
    statusOf(credential, note, { me: peers.me, isAlive: peers.isAlive, nowMs: clock.now() });

  async function write(
    credential: Credential,
    next: (old: Note | undefined) => Note | undefined,
  ): Promise<void> {
    const madeAtMs = clock.now();
    /** From then on it runs only to make up for a disk that did not take it. */
    let isLate = false;
    await notes.change((all) => {
      const name = nameOf(credential.id);
      const old = ownValue(all, name);
      if (isLate && isBetween(old, madeAtMs, clock.now())) return all;
      const note = next(old);
      return note ? { ...all, [name]: note } : without(all, name);
    }, new AbortController().signal);
    isLate = true;
  }

  const noteOf = (credential: Credential): Note => ({
    revision: revisionOf(credential),
    refreshedAtMs: credential.refreshedAtMs,
    notedAtMs: clock.now(),
  });

  const isMine = (note: Note | undefined, { revision }: Note) =>
    note?.inFlight?.holder === peers.me && note.inFlight.revision === revision;

  async function mark(spent: Credential, how: Partial<Flight>): Promise<void> {
    const note = noteOf(spent);
    await write(spent, (old) =>
      isMine(old, note) && old?.inFlight ? { ...old, inFlight: { ...old.inFlight, ...how } } : old,
    );
  }

  return {
    async standing(credential) {
      const all = await notes.read().catch((error: unknown) => {
        throw storeFailure(error);
      });
      return judge(credential, ownValue(all, nameOf(credential.id)));
    },
    async announce(credential) {
      let standing: RefreshStatus = 'free';
      const note = noteOf(credential);
      await write(credential, (old) => {
        standing = judge(credential, old);
        if (standing === 'behind' || standing === 'taken') return old;
        const { revision, notedAtMs: startedAtMs } = note;
        return { ...note, inFlight: { revision, holder: peers.me, startedAtMs } };
      });
      return standing;
    },
    async settle(credential) {
      const note = noteOf(credential);
      let isSignedOut = false;
      await write(credential, (old) => {
        isSignedOut = old?.isSignedOut ?? false;
        return isSignedOut ? old : note;
      });
      return !isSignedOut;
    },
    keep: (spent) => mark(spent, { isKept: true }),
    doubt: (spent) => mark(spent, { isUnanswered: true }),
    async signOut(credential) {
      const note = { ...noteOf(credential), isSignedOut: true };
      await write(credential, () => note);
    },
    async withdraw(credential) {
      const note = noteOf(credential);
      await write(credential, (old) => (isMine(old, note) ? note : old));
    },
  };
}

interface Judge extends PeerProcesses {
  nowMs: number;
}

function statusOf(credential: Credential, note: Note | undefined, judge: Judge): RefreshStatus {
  if (!note) return 'free';
  const revision = revisionOf(credential);
  const isSame = revision === note.revision;
  const isOlder = !isSame && credential.refreshedAtMs <= note.refreshedAtMs;
  const { inFlight } = note;
  const isConcerned = inFlight?.revision === revision || (inFlight?.isKept && isOlder);
  if (inFlight && isConcerned) return flightStatus(inFlight, judge);
  const isPast = note.isSignedOut ? isSame : isOlder;
  return isPast && isWithin(judge.nowMs, note.notedAtMs, longestLagMs) ? 'behind' : 'free';
}

function flightStatus(
  { holder, isKept = false, isUnanswered, startedAtMs }: Flight,
  { me, isAlive, nowMs }: Judge,
): RefreshStatus {
  if (isUnanswered) return 'unanswered';
  if (holder === me) return 'free';
  const limitMs = isKept ? longestKeptMs : answerLimitMs;
  return isWithin(nowMs, startedAtMs, limitMs) && isAlive(holder) ? 'taken' : 'left';
}

/** Another window has written it since. */
const isBetween = (note: Note | undefined, fromMs: number, toMs: number): boolean =>
  note !== undefined && note.notedAtMs > fromMs && note.notedAtMs <= toMs;

/** Either way, for clocks may be set back. */
function isWithin(nowMs: number, thenMs: number, ms: number): boolean {
  return Math.abs(nowMs - thenMs) < ms;
}
