import type { HttpFailureKind } from '../../../base/http.ts';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';

/** What a broken way to the backend means to a person, by where it broke. */
export const networkErrorTexts: Readonly<
  Record<HttpFailureKind, { title: string; says: (host: string) => string }>
> = {
  dns: {
    title: 'You appear to be offline',
    says: (host) => `${host} could not be resolved (DNS). Check your network, then retry.`,
  },
  refused: {
    title: 'Connection refused',
    says: (host) => `${host} refused the connection. Check the network or the base URL setting.`,
  },
  unreachable: {
    title: 'You appear to be offline',
    says: (host) => `${host} can’t be reached from this machine. Check your network, then retry.`,
  },
  reset: {
    title: 'Connection lost',
    says: (host) => `The connection to ${host} was dropped several times. Retry in a moment.`,
  },
  tls: {
    title: 'The connection isn’t trusted',
    says: (host) =>
      `The certificate of ${host} could not be verified. A proxy that inspects traffic is often the cause.`,
  },
  proxy: {
    title: 'The proxy refused the connection',
    says: (host) => `The proxy could not connect to ${host}. Check the proxy and its settings.`,
  },
  connectTimeout: {
    title: 'No connection',
    says: (host) => `${host} did not answer in time. Check the network, VPN or firewall.`,
  },
  headersTimeout: {
    title: 'Codex isn’t responding',
    says: (host) => `${host} accepted the request but did not respond. Retry in a moment.`,
  },
  idleTimeout: {
    title: 'Codex stopped responding',
    says: (host) => `No data arrived from ${host} for several minutes. Retry in a moment.`,
  },
  other: {
    title: 'The connection failed',
    says: (host) => `The request to ${host} failed. See the log for details.`,
  },
};

/** The sentence for a failure, with the proxy where one was in the way. */
export function networkErrorSentence(failure: ResponsesFailure): string {
  const { host = 'the backend', proxy, proxyStatus, transport = 'other' } = failure;
  if (proxyStatus === 407) {
    return `The proxy ${proxy ?? ''} requires a user name and password, or rejected the ones it got. Add them to the URL in the http.proxy setting.`;
  }
  if (proxyStatus !== undefined) {
    return `The proxy ${proxy ?? ''} refused to connect to ${host} (status ${proxyStatus}). Contact its administrator.`;
  }
  if (transport === 'proxy' && proxy !== undefined) {
    return `The proxy ${proxy} can’t be reached or isn’t a working proxy. Check the http.proxy setting and the environment.`;
  }
  return networkErrorTexts[transport].says(host);
}
