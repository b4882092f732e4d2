import { parseJson } from '../../../base/json/json.ts';
import type { Log } from '../../../base/log.ts';
import { credentialSchema, type Credential } from '../credential.ts';

/** A refresh token that was sent to the issuer, and whose it is. */
export type SpentToken = Pick<Credential, 'id' | 'refreshToken'>;

/**
 * Texts that outlive the process, outside the secret storage: that one is out of reach once the
 * editor shuts its extensions down. Each is sealed with a key made from a spent refresh token, so
 * that only a holder of that token can read it.
 */
export interface SealedAnswers {
  /** Rejects when it cannot be written. */
  write(spent: SpentToken, text: string): Promise<void>;
  /** Undefined when there is none for this token, or none that can be opened. */
  read(spent: SpentToken): Promise<string | undefined>;
  /** Removes all that belong to the credential. */
  removeAll(credentialId: string): Promise<void>;
}

/** In memory, for a single process and for tests. */
export function createLocalAnswers(): SealedAnswers {
  const texts = new Map<string, { id: string; text: string }>();
  const keyOf = ({ id, refreshToken }: SpentToken) => JSON.stringify([id, refreshToken]);
  return {
    async write(spent, text) {
      texts.set(keyOf(spent), { id: spent.id, text });
    },
    read: async (spent) => texts.get(keyOf(spent))?.text,
    async removeAll(credentialId) {
      for (const [key, { id }] of texts) if (id === credentialId) texts.delete(key);
    },
  };
}

/** Refreshed credentials from the arrival of the issuer's answer until they are stored. */
export interface UnstoredCredentials {
  /** Never rejects: the refresh goes on without it, and is lost only if the window ends now. */
  keep(spent: Credential, next: Credential): Promise<void>;
  /** What came for the refresh token of this credential, if it is not stored yet. */
  find(spent: Credential): Promise<Credential | undefined>;
  /** Never rejects. */
  dropAll(credentialId: string): Promise<void>;
}

export function createUnstoredCredentials(answers: SealedAnswers, log: Log): UnstoredCredentials {
  const attempt = async (work: Promise<void>, failed: string) => {
    try {
      await work;
    } catch {
      log.warn(failed);
    }
  };
  return {
    keep: (spent, next) =>
      attempt(
        answers.write(spent, JSON.stringify(next)),
        'a refreshed sign-in could not be laid aside before it is stored',
      ),
    async find(spent) {
      const text = await answers.read(spent).catch(() => undefined);
      const next = text === undefined ? undefined : parseJson(credentialSchema(), text);
      return next?.id === spent.id && next.issuer === spent.issuer ? next : undefined;
    },
    dropAll: (id) => attempt(answers.removeAll(id), 'sealed sign-ins could not be removed'),
  };
}
