import type { HttpFailureKind } from '../../base/http.ts';
import type { ResponsesFailure } from '../responses/failure.ts';

/** What a broken way to the backend means to a person, by where it broke. */
export const networkErrorTexts: Readonly<
  Record<HttpFailureKind, { title: string; says: (host: string) => string }>
> = {
  dns: {
    title: 'You seem to be offline',
    says: (host) => `${host} could not be found (DNS). Check the network, then retry.`,
  },
  refused: {
    title: 'Nobody answers there',
    says: (host) => `${host} refused the connection. Check the network or the base URL setting.`,
  },
  unreachable: {
    title: 'You seem to be offline',
    says: (host) => `There is no way to ${host} from here. Check the network, then retry.`,
  },
  reset: {
    title: 'The connection broke',
    says: (host) => `The connection to ${host} was cut several times. Retry in a moment.`,
  },
  tls: {
    title: 'The connection is not trusted',
    says: (host) =>
      `The certificate of ${host} could not be checked. A proxy that inspects traffic is often the cause.`,
  },
  proxy: {
    title: 'The proxy did not let it through',
    says: (host) => `The proxy gave no way to ${host}. Check it and the proxy settings.`,
  },
  connectTimeout: {
    title: 'No connection',
    says: (host) => `${host} did not answer in time. Check the network, VPN or firewall.`,
  },
  headersTimeout: {
    title: 'Codex does not answer',
    says: (host) => `${host} took the request and then said nothing. Retry in a moment.`,
  },
  idleTimeout: {
    title: 'Codex fell silent',
    says: (host) => `Nothing came from ${host} for minutes. Retry in a moment.`,
  },
  other: {
    title: 'The connection failed',
    says: (host) => `The request to ${host} failed. The log says more.`,
  },
};

/** The sentence for a failure, with the proxy where one was in the way. */
export function networkErrorSentence(failure: ResponsesFailure): string {
  const { host = 'the backend', proxy, proxyStatus, transport = 'other' } = failure;
  if (proxyStatus === 407) {
    return `The proxy ${proxy ?? ''} asks for a user name and password, or did not take those it got. Put them into the address of the setting http.proxy.`;
  }
  if (proxyStatus !== undefined) {
    return `The proxy ${proxy ?? ''} refused the way to ${host} (status ${proxyStatus}). Ask whoever runs it.`;
  }
  if (transport === 'proxy' && proxy !== undefined) {
    return `The proxy ${proxy} cannot be reached or is no proxy. Check the setting http.proxy and the environment.`;
  }
  return networkErrorTexts[transport].says(host);
}
