import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Disposable } from '../../base/disposables.ts';
import { recordOfKnown } from '../../base/json/optionalField.ts';

/** As much of the secret storage as we use. */
export type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'keys'> & {
  readonly onDidChange: (listener: (event: { key: string }) => void) => Disposable;
};

/** Characters of one sealed entry. Tokens take a few thousand. */
export const longestEntry = 200_000;
const sealed = z.string().check(z.regex(/^[A-Za-z0-9+/=]+$/), z.maxLength(longestEntry));
const short = z.string().check(z.maxLength(2_000));

/** What windows tell each other of their secrets: each under the key that only they hold. */
export const sealedSecretsSchema = z.object({
  version: z.literal(1),
  /** Which key seals them; the key itself is a secret. */
  keyId: z.optional(z.string()),
  /** `null`: deleted. */
  entries: recordOfKnown(z.nullable(sealed)),
  /** Windows that ask for the key, by their public keys, and the answers to them. */
  asked: z.optional(z.catch(recordOfKnown(short), {})),
  given: z.optional(z.catch(recordOfKnown(short), {})),
});
export type SealedSecrets = z.infer<typeof sealedSecretsSchema>;

export const noSealedSecrets: SealedSecrets = { version: 1, entries: {} };
