import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Log } from '../../base/log.ts';
import type { TlsOptions, Trust } from '../http/certificates.ts';
import type { ChooseProxy, Proxy } from './proxy.ts';
import { createDial, type Dial, type Hop } from './dial.ts';
import { openTunnel } from './tunnel.ts';
import { classifyTransportError } from '../http/transportError.ts';

export interface Connector {
  /** What undici asks for a socket. */
  readonly connect: buildConnector.connector;
  /** Ends what is still being connected to that origin; nobody waits for it. */
  abandon(origin: string): void;
}

export interface ConnectorOptions {
  readonly choose: ChooseProxy;
  readonly trust: Trust;
  /** For each stage: to the proxy and through it, then to the server. */
  readonly timeoutMs: number;
  readonly log: Log;
}

/** Opens sockets straight or through the proxy, with one more try when trust can be widened. */
export function createConnector(options: ConnectorOptions): Connector {
  const { choose, trust, timeoutMs } = options;
  const dials = new WeakMap<TlsOptions, Dial>();
  const dialBy = (tls: TlsOptions) => {
    const dial = dials.get(tls) ?? createDial(tls, timeoutMs);
    dials.set(tls, dial);
    return dial;
  };
  const announce = announcer(options.log);
  const under = new Map<string, AbortController>();

  async function open(target: URL, hop: Hop, signal: AbortSignal): Promise<Socket> {
    const proxy = choose(target);
    announce(proxy);
    const reach = async (dial: Dial) => {
      if (!proxy) return dial(hop, signal);
      const tunnel = await openTunnel(proxy, hop, dial, timeoutMs, signal);
      if (hop.protocol === 'http:') return tunnel;
      try {
        return await dial({ ...hop, through: tunnel }, signal);
      } catch (error) {
        throw signal.aborted ? error : classifyTransportError(error, hop.host, proxy.label);
      }
    };
    const used = trust.current(proxy !== undefined);
    try {
      return await reach(dialBy(used));
    } catch (error) {
      const wider = await trust.widen(error, used);
      if (!wider) throw error;
      return reach(dialBy(wider));
    }
  }

  return {
    connect({ protocol, hostname, host, servername }, callback) {
      const target = new URL(`${protocol}//${host ?? hostname}`);
      const attempt = under.get(target.origin) ?? new AbortController();
      under.set(target.origin, attempt);
      const hop = toHop(target, hostname, servername);
      void settle(open(target, hop, attempt.signal), callback);
    },
    abandon(origin) {
      under.get(origin)?.abort();
      under.delete(origin);
    },
  };
}

async function settle(opening: Promise<Socket>, callback: buildConnector.Callback): Promise<void> {
  let socket: Socket;
  try {
    socket = await opening;
  } catch (error) {
    return callback(error instanceof Error ? error : new Error('The connection failed.'), null);
  }
  callback(null, socket);
}

function toHop(target: URL, hostname: string, servername: string | undefined): Hop {
  const protocol = target.protocol === 'https:' ? 'https:' : 'http:';
  const port = Number(target.port) || (protocol === 'https:' ? 443 : 80);
  return { host: target.host, protocol, hostname, port, servername: servername || undefined };
}

/** Says once which proxy is used; its label holds no credentials. */
function announcer(log: Log): (proxy: Proxy | undefined) => void {
  const said = new Set<string>();
  return (proxy) => {
    if (!proxy || said.has(proxy.label)) return;
    said.add(proxy.label);
    log.info(`requests go through the proxy ${proxy.label}, from the ${proxy.source}`);
  };
}
