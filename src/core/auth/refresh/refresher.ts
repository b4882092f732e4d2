import type { HoldReach } from '../../../base/storage/leases.ts';
import { createAnnouncements, type Announcements } from './announcements.ts';
import {
  withoutTokens,
  type Credential,
  type IssuerOf,
  type SignedOutReason,
} from '../credential.ts';
import { AuthError, mayHaveBeenGranted } from '../errors.ts';
import { askIssuer, forget, errorKindOf } from '../issuerCalls.ts';
import type { RefreshReason, TokenAnswer } from '../oauth.ts';
import {
  createRefreshJournal,
  refreshLease,
  type RefreshJournal,
  type RefreshStatus,
} from './refreshJournal.ts';
import type { RefresherDeps } from './refresherDeps.ts';
import { createUnstoredCredentials, type UnstoredCredentials } from './sealedAnswers.ts';
import { createReuseWatch, lockToken, type ReuseWatch, type TokenLock } from './tokenLock.ts';
import { hasRunOut, withAnswer } from '../tokens.ts';

/** How long another window, which spent the same refresh token, may take to store its success. */
const rereadAfterMs = [0, 250, 1000];
/** How long a standing may last before a refresh gives up, or goes on in spite of it, ms. */
const patienceMs = { free: 0, behind: 4_000, taken: 20_000, left: 1_000, unanswered: 0 };
const firstPauseMs = 25;
const longestPauseMs = 500;

/**
 * Gives a credential with another access token than the old one, from the store if it has one by
 * now, else by a refresh. One window of all refreshes at a time: it holds the lease, and it notes
 * ahead what it spends. The lease keeps the others waiting; the note is what keeps a token from
 * being spent twice, also when a window stands still for so long that its lease passes on. A
 * request that is out is never given up for a lost lease.
 *
 * What the issuer gives is laid aside, sealed, before anything else is done with it: a window that
 * ends before it could store it, or finds the secret storage out of reach because the editor shuts
 * down, leaves it to the next one.
 *
 * What remains: who is killed between the issuer's grant and the arrival of the answer takes the
 * session along (`interrupted`); and so does who stands still straight before its request for longer
 * than 75 s, during which another window refreshes, and then goes on as if nothing had been.
 * Windows on another machine (a remote host) have the secret storage in common with local ones, but
 * neither leases nor notes nor locks: see {@link Announcements} for what keeps those apart, unless
 * the storage takes longer than a second to show what was written.
 * Throws {@link AuthError}.
 */
export function createRefresher(
  deps: RefresherDeps,
): (old: Credential, reason: RefreshReason) => Promise<Credential> {
  const { leases } = deps.shared;
  const desk = deskOf(deps);
  return (old, reason) =>
    leases.hold(
      refreshLease(deps.shared, old.id),
      (_signal, reach) => refreshOnce(desk, { old, reason, reach }),
      new AbortController().signal,
    );
}

/**
 * Tries again to store a sign-in that lives in memory alone; under the lease, so that it never
 * writes over what another window has stored. Throws {@link AuthError}.
 */
export function createStoreRetry(deps: RefresherDeps): (credentialId: string) => Promise<void> {
  const desk = deskOf(deps);
  return (credentialId) =>
    desk.shared.leases.hold(
      refreshLease(desk.shared, credentialId),
      async () => {
        const kept = await desk.store.unsaved(credentialId);
        if (kept) await replace(desk, kept.spent, kept.next);
      },
      new AbortController().signal,
    );
}

/** What every step of a refresh needs. */
interface Desk extends RefresherDeps {
  notebook: RefreshJournal;
  unstored: UnstoredCredentials;
  reuses: ReuseWatch;
  announcements: Announcements;
}

const deskOf = (deps: RefresherDeps): Desk => ({
  ...deps,
  notebook: createRefreshJournal(deps.shared, deps.clock),
  unstored: createUnstoredCredentials(deps.shared.answers, deps.log),
  reuses: createReuseWatch(deps.clock),
  announcements: createAnnouncements(deps),
});

interface Turn {
  old: Credential;
  reason: RefreshReason;
  /** Whom the lease keeps out. */
  reach: HoldReach;
}

async function refreshOnce(desk: Desk, { old, reason, reach }: Turn): Promise<Credential> {
  const isForced = reason === 'unauthorized_recovery' || hasRunOut(old, desk.clock.now());
  for (;;) {
    const { current, standing } = await turnOf(desk, old);
    if (current.accessToken !== old.accessToken) return current;
    let lock: TokenLock | undefined;
    try {
      lock = await lockToken(desk, { current, reach, isForced });
      if (lock) {
        const mayBeBusy = !lock.isSole && desk.reuses.isNews(current);
        const spending = { current, reason, wasLeft: standing !== 'free', mayBeBusy };
        return await spend({ ...desk, notebook: lock.notebook }, spending);
      }
    } finally {
      if (lock) await lock.end();
      else await desk.notebook.withdraw(current);
    }
  }
}

/**
 * What is stored once the old token's turn has come: newer tokens, or the same and announced.
 * Waits for a store that lags and for a window that has not finished.
 */
async function turnOf(
  desk: Desk,
  old: Credential,
): Promise<{ current: Credential; standing: RefreshStatus }> {
  const { store, issuer, clock, notebook } = desk;
  const waitedMs = { free: 0, behind: 0, taken: 0, left: 0, unanswered: 0 };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const stored = requireUsable(await store.get(old.id), issuer);
    const current = (await takenOver(desk, stored)) ?? stored;
    const isNew = current.accessToken !== old.accessToken;
    let standing = await notebook.standing(current);
    if (isNew ? standing !== 'behind' : mayGoOn(standing, waitedMs.left)) {
      if (!isNew) standing = await notebook.announce(current);
      if (isNew || mayGoOn(standing, patienceMs.left)) return { current, standing };
    }
    if (waitedMs[standing] >= patienceMs[standing]) throw new AuthError({ kind: 'busyElsewhere' });
    await clock.delay(pauseMs, new AbortController().signal);
    waitedMs[standing] += pauseMs;
  }
}

/** What a dead window has stored may still be on its way here. */
function mayGoOn(standing: RefreshStatus, waitedMs: number): boolean {
  const isIdle = standing === 'free' || standing === 'unanswered';
  return isIdle || (standing === 'left' && waitedMs >= patienceMs.left);
}

interface Spending {
  /** Announced. */
  current: Credential;
  reason: RefreshReason;
  /** The token may have been spent already, and the answer was lost. */
  wasLeft: boolean;
  /** A window that nothing keeps out may be spending it at the same time. */
  mayBeBusy: boolean;
}

async function spend(desk: Desk, spending: Spending): Promise<Credential> {
  const { current, reason, wasLeft, mayBeBusy } = spending;
  const { log, notebook } = desk;
  let answer: TokenAnswer;
  try {
    answer = await askIssuer(desk, current, reason);
  } catch (error) {
    log.warn(`token refresh (${reason}) failed: ${errorKindOf(error)}`);
    if (error instanceof AuthError && error.failure.kind === 'sessionEnded') {
      const how = reasonFor(error.failure.reason, wasLeft);
      return mayBeBusy && how === 'reused'
        ? fromElsewhere(desk, current)
        : ended(desk, current, how);
    }
    await (mayHaveBeenGranted(error) ? notebook.doubt(current) : notebook.withdraw(current));
    throw error;
  }
  const next = await keep(desk, current, answer);
  log.info(`token refreshed (${reason})`);
  return next;
}

/** Stores what the issuer gave for the current tokens, unless those are gone by now. */
async function keep(desk: Desk, current: Credential, answer: TokenAnswer): Promise<Credential> {
  const { store, clock, issuer, newId, onRefresh, notebook, unstored } = desk;
  const next = withAnswer(current, answer, { nowMs: clock.now(), revision: newId() });
  await unstored.keep(current, next);
  // A store that cannot be read must not cost the tokens that just came.
  const latest = await store.get(current.id).catch(() => current);
  if (!latest && answer.refreshToken) void forget(desk, current.issuer, answer.refreshToken);
  // Signed out, or signed in anew, while the refresh ran: its tokens must not overwrite that.
  if (latest?.refreshToken !== current.refreshToken) {
    await notebook.withdraw(current);
    await unstored.dropAll(current.id);
    return requireUsable(latest, issuer);
  }
  await replace(desk, current, next);
  if (!answer.accessToken) throw new AuthError({ kind: 'badAnswer' });
  onRefresh(next);
  return next;
}

/** Puts the new tokens in the place of the spent ones, and takes them back after a sign-out. */
async function replace(desk: Desk, spent: Credential, next: Credential): Promise<void> {
  const { store, notebook, unstored } = desk;
  if (!(await store.put(next, spent.refreshToken))) return notebook.keep(spent);
  const isWanted = await notebook.settle(next);
  await unstored.dropAll(next.id);
  if (isWanted) return;
  await store.remove(next);
  void forget(desk, next.issuer, next.refreshToken);
  throw new AuthError({ kind: 'notSignedIn' });
}

/** What came for these tokens in a window that did not store it; undefined when nothing did. */
async function takenOver(desk: Desk, spent: Credential): Promise<Credential | undefined> {
  const next = await desk.unstored.find(spent);
  if (!next) return undefined;
  desk.log.info('a refreshed sign-in that another window could not store is taken over');
  await replace(desk, spent, next);
  return next;
}

/** A token that was spent twice, once by a window that ended at it, was not stolen. */
function reasonFor(reason: SignedOutReason, wasLeft: boolean): SignedOutReason {
  return reason === 'reused' && wasLeft ? 'interrupted' : reason;
}

/** The credential if it may be used at its issuer; throws {@link AuthError} if not. */
export function requireUsable(credential: Credential | undefined, issuerOf: IssuerOf): Credential {
  if (!credential) throw new AuthError({ kind: 'notSignedIn' });
  const reason = credential.signedOutReason;
  if (reason) throw new AuthError({ kind: 'sessionEnded', reason });
  if (credential.issuer === issuerOf(credential.kind)) return credential;
  throw new AuthError({ kind: 'otherIssuer', issuer: credential.issuer });
}

/** What another window made of the spent credential, if it did. */
async function successor(desk: Desk, spent: Credential): Promise<Credential | undefined> {
  const { store, clock, issuer, notebook } = desk;
  for (const ms of rereadAfterMs) {
    if (ms > 0) await clock.delay(ms, new AbortController().signal);
    const stored = await store.get(spent.id);
    if (stored?.refreshToken !== spent.refreshToken) {
      const newer = requireUsable(stored, issuer);
      await notebook.settle(newer);
      return newer;
    }
    const unstored = await takenOver(desk, spent);
    if (unstored) return unstored;
  }
  return undefined;
}

/** A token that somebody else has spent is no proof that the session has ended. */
async function fromElsewhere(desk: Desk, spent: Credential): Promise<Credential> {
  const newer = await successor(desk, spent);
  if (newer) return newer;
  throw new AuthError({ kind: 'busyElsewhere' });
}

/** The tokens of another window that was faster; else the end of the session, told once. */
async function ended(desk: Desk, spent: Credential, reason: SignedOutReason): Promise<Credential> {
  const { store, onSignOut, log, newId, notebook } = desk;
  const newer = await successor(desk, spent);
  if (newer) return newer;
  // Straight before the end is written, for nothing may be written over tokens that just came.
  const last = await store.get(spent.id);
  if (last?.refreshToken !== spent.refreshToken) return requireUsable(last, desk.issuer);
  const credential = { ...withoutTokens(spent, reason), revision: newId() };
  if (await store.put(credential, spent.refreshToken)) await notebook.settle(credential);
  log.warn(`signed out by the issuer: ${reason}`);
  onSignOut({ credential, reason });
  throw new AuthError({ kind: 'sessionEnded', reason });
}
