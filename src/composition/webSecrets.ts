import {
  createSharedSecrets,
  noSealedSecrets,
  sealedSecretsSchema,
} from '../vscode/secrets/sharedSecrets.ts';
import { notifyStrandedSecrets } from '../vscode/secrets/storageNotice.ts';
import type { Platform } from './platform.ts';

/** In the browser each window has secrets of its own; here they are made one. */
export function openWebSecrets({ context, leases, log, sharedFile }: Platform) {
  return createSharedSecrets({
    secrets: context.secrets,
    shared: sharedFile('secrets', sealedSecretsSchema, noSealedSecrets),
    leases,
    log,
    onStranded: notifyStrandedSecrets,
  });
}
