import * as vscode from 'vscode';
import { loadModule } from '../base/loading.ts';
import {
  accessTokenVariable,
  readEnvironmentToken,
  withEnvironment,
} from '../core/auth/environment.ts';
import { createLazyGrants } from '../core/auth/lazyGrants.ts';
import { createCodexLogin } from '../node/codexLogin.ts';
import { createLazySecrets } from '../vscode/lazySecrets.ts';
import { tellFailedLoad } from '../vscode/loadNotice.ts';
import { tellNewer } from '../vscode/storageNotice.ts';
import { createTokenStore } from '../vscode/tokenStore.ts';
import type { Ground } from './ground.ts';

/** What is stored of the accounts, and the tokens that requests go out with. */
export function createCredentials(ground: Ground) {
  const { lifetime, log, clock, issuer, leases } = ground;
  const stored = lifetime.add(createTokenStore(secretsOf(ground), log, leases, tellNewer));
  const given = readEnvironmentToken(
    ground.environment[accessTokenVariable],
    issuer(),
    clock.now(),
  );
  const store = withEnvironment(stored, given);
  const readCodexLogin = createCodexLogin({ now: clock.now });
  const load = () => tellFailedLoad(() => loadModule(() => import('./granting.ts')));
  const grants = createLazyGrants(
    async () => (await load()).openGrants(ground, store, readCodexLogin),
    log,
  );
  ground.finishFirst(grants.settled);
  return { store, grants, readCodexLogin };
}

export type Credentials = ReturnType<typeof createCredentials>;

function secretsOf(ground: Ground) {
  if (vscode.env.uiKind !== vscode.UIKind.Web) return ground.context.secrets;
  const load = () => tellFailedLoad(() => loadModule(() => import('./webSecrets.ts')));
  return ground.lifetime.add(
    createLazySecrets(async () => (await load()).openWebSecrets(ground), ground.log),
  );
}
