import { join } from 'node:path';
import type * as vscode from 'vscode';
import type * as z from 'zod/mini';
import { systemClock } from '../base/async/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import type { SharedValue } from '../base/storage/sharedValue.ts';
import type { CredentialKind } from '../core/auth/credential.ts';
import { createLazyHttp } from '../node/http/lazyHttp.ts';
import { createLeases } from '../node/locks/leases.ts';
import { createPeerProcesses } from '../node/locks/processes.ts';
import { createSharedFile } from '../node/storage/sharedValue.ts';
import { createLazyLocks } from '../node/locks/lazyLocks.ts';
import { createLog, createLogChannel } from '../vscode/log.ts';
import { createNetwork } from '../vscode/network.ts';
import { createSettings } from '../vscode/settings.ts';
import { createStorageNotice } from '../vscode/secrets/storageNotice.ts';
import { createUserAgent } from '../vscode/userAgent.ts';

/** What every other part stands on. */
export function createPlatform(context: vscode.ExtensionContext, lifetime: Disposables) {
  const channel = lifetime.add(createLogChannel());
  const log = createLog(channel);
  const settings = lifetime.add(createSettings(log));
  const network = lifetime.add(createNetwork());
  const client = createLazyHttp({ ...network, log });
  /** What must have ended before the connections close, for it loses a sign-in when it is cut. */
  const last: (() => Promise<void>)[] = [];
  const finish = async () => {
    await Promise.all(last.map((settled) => settled()));
  };
  lifetime.add({ dispose: () => void finish().then(client.close) });
  const peers = createPeerProcesses();
  const storage = context.globalStorageUri.fsPath;
  const leases = createLeases(join(storage, 'leases'), log, peers);
  const folder = join(storage, 'shared');
  const onProblem = createStorageNotice(systemClock.now);
  /** A value that all windows share, in a file of this name. Never for tokens. */
  const sharedFile = <T extends z.ZodMiniType>(
    name: string,
    schema: T,
    initial: z.output<T>,
  ): SharedValue<z.output<T>> =>
    lifetime.add(createSharedFile({ folder, name, schema, initial, leases, log, onProblem }));
  return {
    context,
    lifetime,
    channel,
    log,
    settings,
    http: client.request,
    clock: systemClock,
    peers,
    leases,
    locks: createLazyLocks(),
    sharedFile,
    /** A folder beside the shared values. It need not be there yet. */
    folderOf: (name: string) => join(folder, name),
    finishFirst: (settled: () => Promise<void>) => void last.push(settled),
    finish,
    environment: process.env,
    userAgent: createUserAgent(versionOf(context)),
    issuer: (kind?: CredentialKind) =>
      kind === 'apiKey' ? settings.current().apiBaseUrl : settings.current().issuer,
    baseUrl: () => settings.current().baseUrl,
  };
}

export type Platform = ReturnType<typeof createPlatform>;

function versionOf(context: vscode.ExtensionContext): string {
  const manifest: unknown = context.extension.packageJSON;
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}
