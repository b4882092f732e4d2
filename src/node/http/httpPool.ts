import type { Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { plainNetwork, type NetworkSettings } from '../../base/network.ts';
import { createTrust, systemCertificates, type LoadCertificates } from './certificates.ts';
import { createProxyChoice, type Environment } from '../proxy/proxy.ts';
import { createConnector, type Connector } from '../proxy/connector.ts';
import { Agent } from './undici.ts';

export interface PoolOptions {
  /** What the editor's settings say of proxies and certificates; read when first needed. */
  readonly network?: () => NetworkSettings;
  /** After it, requests go by the settings anew; those under way end as they began. */
  readonly onDidChangeNetwork?: Event<void>;
  readonly log?: Log;
  readonly environment?: Environment;
  /** The longest wait for each stage of a connection, ms. */
  readonly connectTimeoutMs?: number;
  readonly loadCertificates?: LoadCertificates;
}

export interface HttpPool {
  readonly agent: Agent;
  /**
   * Counts a request in, until what it gives is called. A connection that is being opened serves
   * any request of its origin, so it is cut off only when the last one gave up.
   */
  enter(origin: string): (givenUp: boolean) => void;
}

export interface Pools {
  current(): HttpPool;
  close(): Promise<void>;
}

/** The pool that fits the settings of the moment. Nothing is built before the first request. */
export function createPools(options: PoolOptions): Pools {
  const { network = () => plainNetwork } = options;
  let current: (HttpPool & { basis: string }) | undefined;
  let listening: Disposable | undefined;
  let stale = false;
  const retired = new Set<Agent>();

  function build(): HttpPool {
    const settings = network();
    const basis = JSON.stringify(settings);
    stale = false;
    if (current?.basis === basis) return current;
    if (current) retire(current.agent);
    current = { ...createPool(settings, options), basis };
    listening ??= options.onDidChangeNetwork?.(() => (stale = true));
    return current;
  }

  function retire(agent: Agent): void {
    retired.add(agent);
    const gone = () => void retired.delete(agent);
    agent.close().then(gone, gone);
  }

  return {
    current: () => (current && !stale ? current : build()),
    async close() {
      listening?.dispose();
      listening = undefined;
      const agents = current ? [...retired, current.agent] : [...retired];
      current = undefined;
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

/**
 * One connection pool for each host. undici's own time-outs for headers and body are off: a model
 * may think for minutes, so each request brings its limits.
 */
function createPool(settings: NetworkSettings, options: PoolOptions): HttpPool {
  const { log = silentLog, connectTimeoutMs = 30_000 } = options;
  const { environment = process.env, loadCertificates = systemCertificates } = options;
  if (!settings.strictSsl) {
    log.warn(
      'http.proxyStrictSSL is off: behind a proxy certificates are not checked, so the proxy can read tokens',
    );
  }
  const { strictSsl, systemCertificates: useSystem } = settings;
  const load = loadCertificates;
  const trust = createTrust({ strictSsl, systemCertificates: useSystem, load, log });
  const connector = createConnector({
    choose: createProxyChoice(settings, environment),
    trust,
    timeoutMs: connectTimeoutMs,
    log,
  });
  const agent = new Agent({
    connections: 10,
    keepAliveTimeout: 60_000,
    connect: connector.connect,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return { agent, enter: createEntrance(connector) };
}

function createEntrance(connector: Connector): HttpPool['enter'] {
  const waiting = new Map<string, number>();
  return (origin) => {
    waiting.set(origin, (waiting.get(origin) ?? 0) + 1);
    return (givenUp) => {
      const left = (waiting.get(origin) ?? 1) - 1;
      if (left > 0) waiting.set(origin, left);
      else waiting.delete(origin);
      if (left === 0 && givenUp) connector.abandon(origin);
    };
  };
}
