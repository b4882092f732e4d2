import type { Blobs as StoredBlobs } from '../store/blobs.ts';

/** Bodies of attachments by their content. */
export interface Blobs {
  /** Stores the bytes, once, and resolves to their SHA-256 in hexadecimal digits. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes of that name; undefined when they are not stored here. */
  get(hash: string): Promise<Uint8Array | undefined>;
}

/** The bodies that the store of chats keeps beside its logs. One that is damaged counts as gone. */
export function storedBlobs(store: Pick<StoredBlobs, 'put' | 'get' | 'flush'>): Blobs {
  return {
    async put(bytes) {
      const hash = store.put(bytes);
      // So that a draft finds it after a reload. What the disk refuses stays in memory.
      await store.flush();
      return hash;
    },
    async get(hash) {
      const content = await store.get(hash);
      return content.kind === 'found' ? content.bytes : undefined;
    },
  };
}

/** Bodies that live as long as this window. */
export function createMemoryBlobs(): Blobs {
  const known = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const copy = new Uint8Array(bytes);
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', copy));
      const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      known.set(hash, copy);
      return hash;
    },
    get: async (hash) => known.get(hash),
  };
}
