import type * as vscode from 'vscode';
import { systemClock } from '../base/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import { createLazyHttp } from '../node/lazyHttp.ts';
import { createLog, createLogChannel } from '../vscode/log.ts';
import { createNetwork } from '../vscode/network.ts';
import { createSettings } from '../vscode/settings.ts';
import { createUserAgent } from '../vscode/userAgent.ts';

/** What every other part stands on. */
export function layGround(context: vscode.ExtensionContext, lifetime: Disposables) {
  const channel = lifetime.add(createLogChannel());
  const log = createLog(channel);
  const settings = lifetime.add(createSettings());
  const network = lifetime.add(createNetwork());
  const client = createLazyHttp({ ...network, log });
  lifetime.add({ dispose: () => void client.close() });
  return {
    context,
    lifetime,
    channel,
    log,
    settings,
    http: client.request,
    clock: systemClock,
    userAgent: createUserAgent(versionOf(context)),
    issuer: () => settings.current().issuer,
    baseUrl: () => settings.current().baseUrl,
  };
}

export type Ground = ReturnType<typeof layGround>;

function versionOf(context: vscode.ExtensionContext): string {
  const manifest: unknown = context.extension.packageJSON;
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}
