import {
  createSharedSecrets,
  noSealedSecrets,
  sealedSecretsSchema,
} from '../vscode/sharedSecrets.ts';
import { tellStranded } from '../vscode/storageNotice.ts';
import type { Ground } from './ground.ts';

/** In the browser each window has secrets of its own; here they are made one. */
export function openWebSecrets({ context, leases, log, sharedFile }: Ground) {
  return createSharedSecrets({
    secrets: context.secrets,
    shared: sharedFile('secrets', sealedSecretsSchema, noSealedSecrets),
    leases,
    log,
    onStranded: tellStranded,
  });
}
