import { lookupTable, ownValue } from '../../base/lookup.ts';
import { HttpError } from '../../base/http.ts';
import type { NetworkSettings } from '../../base/network.ts';
import { createBypass } from './bypass.ts';

export interface Proxy {
  readonly protocol: 'http:' | 'https:' | 'socks5:';
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** host:port, for people: without credentials. */
  readonly label: string;
  readonly source: 'settings' | 'environment';
  /** Value of `Proxy-Authorization`. A secret: for the proxy alone. */
  readonly authorization?: string;
  /** A secret, as above; SOCKS asks for the two apart. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for an address, or undefined for the straight way. Throws {@link HttpError} 'proxy'. */
export type ChooseProxy = (target: URL) => Proxy | undefined;

/**
 * The order of VS Code: this machine and `http.noProxy` (or, where that is empty, `NO_PROXY`) go
 * straight, then `http.proxy` counts, then the environment. An address that cannot be used is an
 * error and not the straight way: the person wanted a proxy between.
 */
export function createProxyChoice(network: NetworkSettings, environment: Environment): ChooseProxy {
  const settings = network.proxySupport === 'off' ? undefined : network;
  const noProxy = settings?.noProxy.some((entry) => entry.trim() !== '')
    ? settings.noProxy
    : [variable(environment, 'no_proxy') ?? ''];
  const bypass = createBypass(noProxy);
  const wanted = settings?.proxy.trim();
  return (target) => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    if (bypass(target.hostname, port)) return undefined;
    const address = wanted || fromEnvironment(environment, target.protocol);
    if (!address) return undefined;
    const source = wanted ? 'settings' : 'environment';
    const proxy = readProxy(address, source, settings?.proxyAuthorization);
    if (!proxy) throw new HttpError('proxy', target.host, { cause: unusable(source) });
    return proxy;
  };
}

/** The address may hold a password, so the error does not show it. */
function unusable(source: Proxy['source']): Error {
  const place = source === 'settings' ? 'in http.proxy' : 'in the environment';
  return new Error(`The proxy ${place} is no address of an http, https or socks5 proxy.`);
}

/** As VS Code does, `http_proxy` stands in where nothing is said for https. */
function fromEnvironment(environment: Environment, protocol: string): string | undefined {
  const names =
    protocol === 'https:'
      ? ['https_proxy', 'all_proxy', 'http_proxy']
      : ['http_proxy', 'all_proxy'];
  for (const name of names) {
    const value = variable(environment, name);
    if (value) return value;
  }
  return undefined;
}

/** The small letters go first, as with curl and undici. */
function variable(environment: Environment, name: string): string | undefined {
  return (
    ownValue(environment, name)?.trim() ||
    ownValue(environment, name.toUpperCase())?.trim() ||
    undefined
  );
}

const protocols = lookupTable<{ protocol: Proxy['protocol']; port: number }>({
  'http:': { protocol: 'http:', port: 80 },
  'https:': { protocol: 'https:', port: 443 },
  'socks:': { protocol: 'socks5:', port: 1080 },
  'socks5:': { protocol: 'socks5:', port: 1080 },
  'socks5h:': { protocol: 'socks5:', port: 1080 },
});

function readProxy(
  address: string,
  source: Proxy['source'],
  authorization: string | undefined,
): Proxy | undefined {
  const url = readAddress(address);
  const known = url && protocols.get(url.protocol);
  if (!known || !url.hostname) return undefined;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || known.port;
  const credentials = readCredentials(url);
  const header = headerValue(authorization) ?? (credentials && basic(credentials));
  return {
    protocol: known.protocol,
    hostname,
    port,
    label: `${url.hostname}:${port}`,
    source,
    ...(header && { authorization: header }),
    ...(credentials && { credentials }),
  };
}

/** Without a scheme it is an http proxy, as with curl. */
function readAddress(address: string): URL | undefined {
  const text = address.includes('://') ? address : `http://${address}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function readCredentials({ username, password }: URL): Proxy['credentials'] {
  if (username === '' && password === '') return undefined;
  return { username: decoded(username), password: decoded(password) };
}

/** What cannot stand in a header would end it, and counts as not set. */
function headerValue(text: string | undefined): string | undefined {
  const value = text?.trim();
  return value && /^[\t\x20-\x7e\x80-\xff]+$/.test(value) ? value : undefined;
}

function basic({ username, password }: NonNullable<Proxy['credentials']>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
