import { describeError } from '../../../base/describeError.ts';
import type { Log } from '../../../base/log.ts';
import type { BlobFiles } from '../chatFiles.ts';

/** What a hash stands for: `damaged` when the file holds something else by now. */
export type BlobContent =
  { readonly kind: 'found'; readonly bytes: Uint8Array } | { readonly kind: 'missing' | 'damaged' };

/**
 * Large bodies of records, such as images, beside the logs and stored once: a record names them by
 * hash. The logs write them before the records that were added after `put`.
 */
export interface Blobs {
  /** Takes the bytes, which must not change later, and returns their hash (SHA-256, hexadecimal). */
  put(bytes: Uint8Array): string;
  /** Rejects with what the file system rejects with. */
  get(hash: string): Promise<BlobContent>;
  /** Writes what was put. Resolves with the code of the first error; the rest is tried again. */
  flush(): Promise<string | undefined>;
}

export interface BlobsDeps {
  readonly files: BlobFiles;
  readonly sha256: (bytes: Uint8Array) => string;
  readonly log: Log;
}

export function createBlobs({ files, sha256, log }: BlobsDeps): Blobs {
  const unsaved = new Map<string, Uint8Array>();
  let last: Promise<string | undefined> = Promise.resolve(undefined);

  async function save(): Promise<string | undefined> {
    for (const [hash, bytes] of unsaved) {
      try {
        await files.write(hash, bytes);
        unsaved.delete(hash);
      } catch (error) {
        log.warn(`a file of a chat could not be written: ${describeError(error)}`);
        return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      }
    }
    return undefined;
  }

  return {
    put(bytes) {
      const hash = sha256(bytes);
      unsaved.set(hash, bytes);
      return hash;
    },
    async get(hash) {
      const bytes = unsaved.get(hash) ?? (await files.read(hash));
      if (!bytes) return { kind: 'missing' };
      return sha256(bytes) === hash ? { kind: 'found', bytes } : { kind: 'damaged' };
    },
    flush: () => (last = last.then(save)),
  };
}
