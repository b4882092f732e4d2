import { join } from 'node:path';
import type * as vscode from 'vscode';
import { systemClock, type Clock } from '../base/async/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import type { Http } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import type { PeerProcesses } from '../base/processes.ts';
import type { Leases } from '../base/storage/leases.ts';
import type { MachineLocks } from '../base/storage/locks.ts';
import type { OpenSharedValue } from '../base/storage/sharedValue.ts';
import type { IssuerOf } from '../core/auth/credential.ts';
import { createLazyHttp } from '../node/http/lazyHttp.ts';
import { createLeases } from '../node/locks/leases.ts';
import { createPeerProcesses } from '../node/locks/processes.ts';
import { createSharedFile } from '../node/storage/sharedValue.ts';
import { createLazyLocks } from '../node/locks/lazyLocks.ts';
import { createLog, createLogChannel } from '../vscode/log.ts';
import { createNetwork } from '../vscode/network.ts';
import { createSettings, type LiveSettings } from '../vscode/settings.ts';
import { createStorageNotice } from '../vscode/secrets/storageNotice.ts';
import { userAgentOf } from '../vscode/userAgent.ts';

/** The machine and the editor, as every service uses them. */
export interface Platform {
  readonly context: vscode.ExtensionContext;
  /** Disposed when the extension is deactivated. */
  readonly lifetime: Disposables;
  readonly channel: vscode.LogOutputChannel;
  readonly log: Log;
  readonly settings: LiveSettings;
  readonly http: Http;
  /** Closes the connections. */
  readonly closeHttp: () => Promise<void>;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly issuer: IssuerOf;
  readonly baseUrl: () => string;
  readonly peers: PeerProcesses;
  readonly leases: Leases;
  readonly locks: MachineLocks;
  /** Opens a value that all windows share, in a file of this name. Never for tokens. */
  readonly sharedFile: OpenSharedValue;
  /** A folder beside the shared values. It need not exist. */
  readonly folderOf: (name: string) => string;
}

export function createPlatform(context: vscode.ExtensionContext, lifetime: Disposables): Platform {
  const channel = lifetime.add(createLogChannel());
  const log = createLog(channel);
  const settings = lifetime.add(createSettings(log));
  const network = lifetime.add(createNetwork());
  const client = createLazyHttp({ ...network, log });
  const peers = createPeerProcesses();
  const storage = context.globalStorageUri.fsPath;
  const leases = createLeases(join(storage, 'leases'), log, peers);
  const folder = join(storage, 'shared');
  const onProblem = createStorageNotice(systemClock.now);
  return {
    context,
    lifetime,
    channel,
    log,
    settings,
    http: client.request,
    closeHttp: client.close,
    clock: systemClock,
    userAgent: userAgentOf(context.extension),
    issuer: (kind) =>
      kind === 'apiKey' ? settings.current().apiBaseUrl : settings.current().issuer,
    baseUrl: () => settings.current().baseUrl,
    peers,
    leases,
    locks: createLazyLocks(),
    sharedFile: (name, schema, initial) =>
      lifetime.add(createSharedFile({ folder, name, schema, initial, leases, log, onProblem })),
    folderOf: (name) => join(folder, name),
  };
}
