import * as vscode from 'vscode';
import { loadModule } from '../base/async/loading.ts';
import {
  accessTokenVariable,
  readEnvironmentToken,
  withEnvironment,
} from '../core/auth/environment.ts';
import { createLazyTokenProvider } from '../core/auth/refresh/lazyTokenProvider.ts';
import { createCodexLogin } from '../node/signIn/codexLogin.ts';
import { createLazySecrets } from '../vscode/secrets/lazySecrets.ts';
import { notifyFailedLoad } from '../vscode/loadNotice.ts';
import { notifyNewerVersion } from '../vscode/secrets/storageNotice.ts';
import { createTokenStore } from '../vscode/secrets/tokenStore.ts';
import type { Platform } from './platform.ts';

/** What is stored of the accounts, and the tokens that requests go out with. */
export function createCredentials(platform: Platform) {
  const { lifetime, log, clock, issuer, leases } = platform;
  const stored = lifetime.add(
    createTokenStore(secretsOf(platform), log, leases, notifyNewerVersion),
  );
  const given = readEnvironmentToken(
    platform.environment[accessTokenVariable],
    issuer(),
    clock.now(),
  );
  const store = withEnvironment(stored, given);
  const readCodexLogin = createCodexLogin({ now: clock.now });
  const load = () => notifyFailedLoad(() => loadModule(() => import('./tokenProvider.ts')));
  const tokenProvider = createLazyTokenProvider(
    async () => (await load()).openTokenProvider(platform, store, readCodexLogin),
    log,
  );
  platform.finishFirst(tokenProvider.settled);
  return { store, tokenProvider, readCodexLogin };
}

export type Credentials = ReturnType<typeof createCredentials>;

function secretsOf(platform: Platform) {
  if (vscode.env.uiKind !== vscode.UIKind.Web) return platform.context.secrets;
  const load = () => notifyFailedLoad(() => loadModule(() => import('./webSecrets.ts')));
  return platform.lifetime.add(
    createLazySecrets(async () => (await load()).openWebSecrets(platform), platform.log),
  );
}
