import { BlockList, isIP } from 'node:net';

/** Whether a host is asked without the proxy. `hostname` as in a URL, brackets or not. */
export type Bypass = (hostname: string, port: number) => boolean;

type Rule = (host: string, port: number) => boolean;

/**
 * Addresses of this machine, which never go to a proxy, whatever the settings say. Plain http is
 * allowed to each of them ({@link isSafeEndpoint}), so a proxy would see tokens in clear text.
 */
const ownMachine = new BlockList();
ownMachine.addSubnet('127.0.0.0', 8, 'ipv4');
ownMachine.addAddress('::1', 'ipv6');
ownMachine.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && ownMachine.check(host, family(isIP(host))));
}

/**
 * Reads `NO_PROXY` or `http.noProxy`. No standard describes it; this is what curl, undici and VS
 * Code agree on: `*` for all, `x.com`, `.x.com` and `*.x.com` each for the name and all below it,
 * `host:port`, addresses, networks as `10.0.0.0/8`. As with curl, and unlike VS Code, a name ends at
 * a dot: `x.com` does not stand for `notx.com`. Names are not resolved.
 */
export function createBypass(entries: readonly string[]): Bypass {
  const rules = entries.flatMap((entry) => entry.split(/[,\s]+/)).flatMap(readRule);
  return (hostname, port) => {
    const host = bareHost(hostname);
    return isOwnMachine(host) || rules.some((rule) => rule(host, port));
  };
}

/** Lower case, without the brackets of IPv6 and the dot of a full name. */
function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function readRule(entry: string): Rule[] {
  if (entry === '') return [];
  if (entry === '*') return [() => true];
  const network = readNetwork(entry);
  if (network) return [network];
  const withPort = isIP(entry) ? null : /^(.+):(\d+)$/.exec(entry);
  const host = readHost(withPort?.[1] ?? entry);
  const port = withPort ? Number(withPort[2]) : undefined;
  return host ? [(name, at) => (port === undefined || port === at) && host(name, at)] : [];
}

function readHost(text: string): Rule | undefined {
  const name = bareHost(text).replace(/^\*?\./, '');
  if (name === '') return undefined;
  if (isIP(name)) return readNetwork(`${name}/${isIP(name) === 4 ? 32 : 128}`);
  if (name.includes('*')) {
    const parts = name.split(/\*+/).map((part) => part.replace(/[^\w-]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`);
    return (host) => pattern.test(host);
  }
  return (host) => host === name || host.endsWith(`.${name}`);
}

function readNetwork(entry: string): Rule | undefined {
  const [, address = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d+)$/.exec(entry) ?? [];
  const version = isIP(address);
  const prefix = Number(bits);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, prefix, family(version));
  return (host) => isIP(host) !== 0 && network.check(host, family(isIP(host)));
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 6 ? 'ipv6' : 'ipv4';
}
