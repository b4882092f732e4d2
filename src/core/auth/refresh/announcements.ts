import * as z from 'zod/mini';
import { parseJson } from '../../../base/json/json.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../errors.ts';
import { answerLimitMs, type AnnouncementStore } from './refreshJournal.ts';
import type { RefresherDeps } from './refresherDeps.ts';

const mostHosts = 8;
const word = z.string().check(z.minLength(1), z.maxLength(200));
const announcementSchema = z.object({
  /** Machines that have refreshed by these secrets, newest last. */
  hosts: z.array(word).check(z.maxLength(mostHosts)),
  /** Who is about to spend a refresh token: never the token, and no time of a clock. */
  spending: z.optional(z.object({ by: word, id: word, token: word })),
});
type Announcement = z.infer<typeof announcementSchema>;

/** A machine is asked for patience so long, as within one machine. */
const patienceMs = 20_000;
const pauseMs = 250;
/** The storage shows within less to one machine what another has written, ms. */
const shortestWaitMs = 300;
const longestWaitMs = 800;
/** A window that knows of no other machine announces nothing, so the first refresh outwaits it. */
const firstWaitMs = 2_000;
const longestWriteMs = 1_000;

/**
 * Announcements of refreshes in the secret storage, for windows that have nothing else in common:
 * one on this machine and one on a remote host. Who wants to spend a token looks for the
 * announcement of another, writes its own if there is none, waits until everybody must see it, and
 * looks again. Of two that write at the same time the later one stands there; it counts for both.
 *
 * They are needed where the extensions run on another machine than the secret storage, where such a
 * machine has announced itself before, and where no hold of this machine could be had. Elsewhere
 * one reading of the storage is all they cost.
 *
 * An announcement is stale when this window has seen it for longer than an answer may take, by its
 * own time alone: clocks of two machines differ.
 */
export interface Announcements {
  /**
   * Resolves once nobody else is about to spend this token, with what takes the announcement back;
   * undefined when `hasSuccessor` tells that there is no need any more. Throws {@link AuthError}:
   * `busyElsewhere`.
   */
  announce(
    credential: Credential,
    isSole: boolean,
    hasSuccessor: () => Promise<boolean>,
  ): Promise<TakeBack | undefined>;
}

type TakeBack = () => Promise<void>;

const never = new AbortController().signal;

export function createAnnouncements(deps: RefresherDeps): Announcements {
  const { shared, clock, log, newId } = deps;
  const { peers, hosts, nameOf } = shared;
  const host = hostOf(peers.me);
  const isStale = createStaleCheck(clock);

  /** Whether another window is about to spend this very token. */
  function isElsewhere({ spending }: Announcement, token: string): boolean {
    if (spending === undefined || spending.token !== token || spending.by === peers.me)
      return false;
    return peers.isAlive(spending.by) && !isStale(spending.id);
  }

  const nothing = async () => {};
  const isNeeded = (found: Announcement | undefined, isSole: boolean) =>
    !isSole || hosts?.isRemote === true || (found?.hosts.some((other) => other !== host) ?? false);

  /** What takes the announcement back; undefined when another one has taken its place. */
  async function write(
    record: AnnouncementRecord,
    found: Announcement | undefined,
    token: string,
  ): Promise<TakeBack | undefined> {
    const mine = { by: peers.me, id: newId(), token };
    const others = (found?.hosts ?? []).filter((other) => other !== host);
    const known = [...others, host].slice(-mostHosts);
    const beganMs = clock.now();
    await record.write({ hosts: known, spending: mine });
    const writeMs = Math.min(Math.abs(clock.now() - beganMs), longestWriteMs);
    const randomMs = shortestWaitMs + shared.random() * (longestWaitMs - shortestWaitMs);
    await clock.delay(2 * writeMs + randomMs + (found ? 0 : firstWaitMs), never);
    const isMine = async () => (await record.read())?.spending?.id === mine.id;
    if (!(await isMine())) return undefined;
    return async () => {
      if (await isMine()) await record.write({ hosts: known });
    };
  }

  async function announceAt(
    record: AnnouncementRecord,
    { token, isSole }: { token: string; isSole: boolean },
    hasSuccessor: () => Promise<boolean>,
  ): Promise<TakeBack | undefined> {
    for (let waitedMs = 0; ; waitedMs += pauseMs) {
      const found = await record.read();
      if (!found || !isElsewhere(found, token)) {
        if (!isNeeded(found, isSole)) return nothing;
        const takeBack = await write(record, found, token);
        if (takeBack) return takeBack;
      }
      if (await hasSuccessor()) return undefined;
      if (waitedMs >= patienceMs) throw new AuthError({ kind: 'busyElsewhere' });
      await clock.delay(pauseMs, never);
    }
  }

  return {
    async announce({ id, refreshToken }, isSole, hasSuccessor) {
      if (!hosts) return nothing;
      const record = recordOf(hosts.secrets, `codexChat.refreshing.${nameOf(id)}`);
      const token = nameOf(`announced ${refreshToken}`);
      try {
        const end = await announceAt(record, { token, isSole }, hasSuccessor);
        return (
          end && (() => end().catch(() => log.debug('an announced refresh was not taken back')))
        );
      } catch (error) {
        if (error instanceof AuthError) throw error;
        log.warn('a refresh cannot be announced to other machines');
        return nothing;
      }
    },
  };
}

/** Whether the announcement of this id has been seen here for longer than an answer may take. */
function createStaleCheck(clock: RefresherDeps['clock']): (id: string) => boolean {
  const seenAtMs = new Map<string, number>();
  return (id) => {
    const nowMs = clock.now();
    const firstMs = seenAtMs.get(id) ?? nowMs;
    if (seenAtMs.size > 100) seenAtMs.clear();
    seenAtMs.set(id, firstMs);
    return Math.abs(nowMs - firstMs) > answerLimitMs;
  };
}

interface AnnouncementRecord {
  read(): Promise<Announcement | undefined>;
  write(announcement: Announcement): Promise<void>;
}

function recordOf(secrets: AnnouncementStore, key: string): AnnouncementRecord {
  return {
    async read() {
      const text = await secrets.get(key);
      return text === undefined ? undefined : parseJson(announcementSchema, text);
    },
    async write(announcement) {
      await secrets.store(key, JSON.stringify(announcement));
    },
  };
}

/** The part of a name that stands for the machine. */
const hostOf = (peer: string) => peer.slice(peer.lastIndexOf('@') + 1);
