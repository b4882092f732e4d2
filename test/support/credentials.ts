import { createEmitter } from '../../src/base/event.ts';
import type { Log } from '../../src/base/log.ts';
import type { Credential, CredentialStore } from '../../src/core/auth/credential.ts';

/** A token in the form of a JWT with these claims. */
export function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

export function credential(changes: Partial<Credential> = {}): Credential {
  return {
    id: 'acct-1.user-1',
    issuer: 'https://issuer.test',
    accountId: 'acct-1',
    userId: 'user-1',
    email: 'ada@example.com',
    plan: 'plus',
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    refreshedAtMs: 1_795_219_200_000,
    ...changes,
  };
}

export interface MemoryStore extends CredentialStore {
  readonly entries: Map<string, Credential>;
  /** Every write fails while this is true. */
  isLocked: boolean;
}

/** A store on a map. `pause` is waited for in each access, so that a test can mix up their order. */
export function memoryStore(
  initial: readonly Credential[] = [],
  pause: () => Promise<unknown> = async () => {},
): MemoryStore {
  const entries = new Map(initial.map((entry) => [entry.id, entry]));
  const changes = createEmitter<void>();
  /** What was read may be old by the time it arrives. */
  const read = async <T>(work: () => T) => {
    await pause();
    const value = work();
    await pause();
    return value;
  };
  const write = async (work: () => void) => {
    await pause();
    if (store.isLocked) throw new Error('locked');
    work();
    changes.fire();
  };
  const store: MemoryStore = {
    entries,
    isLocked: false,
    onDidChange: changes.event,
    list: () => read(() => [...entries.values()]),
    get: (id) => read(() => entries.get(id)),
    put: (entry) => write(() => entries.set(entry.id, entry)),
    remove: (id) => write(() => entries.delete(id)),
  };
  return store;
}

/** Keeps every line, to look for what must not be in it. */
export function recordingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const add = (message: string) => void lines.push(message);
  return { lines, debug: add, info: add, warn: add, error: add };
}
