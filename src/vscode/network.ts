import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter, type Event } from '../base/event.ts';
import { plainNetwork, type NetworkSettings } from '../base/network.ts';
import { once } from '../base/once.ts';

export interface Network extends Disposable {
  network(): NetworkSettings;
  readonly onDidChangeNetwork: Event<void>;
}

/** The settings of the editor, each with its default when its value does not parse. */
const schema = once(() =>
  z.object({
    proxy: z.catch(z.string(), plainNetwork.proxy),
    noProxy: z.catch(z.readonly(z.array(z.string())), plainNetwork.noProxy),
    proxyAuthorization: z.catch(z.optional(z.string()), undefined),
    proxySupport: z.catch(z.enum(['off', 'on', 'fallback', 'override']), plainNetwork.proxySupport),
    proxyStrictSSL: z.catch(z.boolean(), plainNetwork.strictSsl),
    systemCertificates: z.catch(z.boolean(), plainNetwork.systemCertificates),
  }),
);
const names = [
  'proxy',
  'noProxy',
  'proxyAuthorization',
  'proxySupport',
  'proxyStrictSSL',
  'systemCertificates',
];

/** The proxy and certificate settings of the editor itself (`http.*`), read when asked for. */
export function createNetwork(): Network {
  const change = createEmitter<void>();
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(`http.${name}`))) change.fire();
  });
  return {
    network: read,
    onDidChangeNetwork: change.event,
    dispose: () => subscription.dispose(),
  };
}

function read(): NetworkSettings {
  const values = vscode.workspace.getConfiguration('http');
  const { proxyStrictSSL, ...rest } = schema().parse(
    Object.fromEntries(names.map((name) => [name, ownValue(values, name)])),
  );
  return { ...rest, strictSsl: proxyStrictSSL };
}

/**
 * As the editor does for extensions, without what a folder says: no checked-out repository may send
 * tokens through a proxy of its choice or switch the check of certificates off.
 */
function ownValue(values: vscode.WorkspaceConfiguration, name: string): unknown {
  const found = values.inspect<unknown>(name);
  const isFromFolder =
    found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined;
  return isFromFolder ? (found?.globalValue ?? found?.defaultValue) : values.get<unknown>(name);
}
