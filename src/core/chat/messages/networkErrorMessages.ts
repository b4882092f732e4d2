import * as l10n from '@vscode/l10n';
import type { HttpFailureKind } from '../../../base/http.ts';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';

/** What a broken connection to the backend means to a person, in a few words. */
export function networkErrorTitle(kind: HttpFailureKind = 'other'): string {
  switch (kind) {
    case 'dns':
    case 'unreachable':
      return l10n.t('You appear to be offline');
    case 'refused':
      return l10n.t('Connection refused');
    case 'reset':
      return l10n.t('Connection lost');
    case 'tls':
      return l10n.t('The connection isn’t trusted');
    case 'proxy':
      return l10n.t('The proxy refused the connection');
    case 'connectTimeout':
      return l10n.t('No connection');
    case 'headersTimeout':
      return l10n.t('Codex isn’t responding');
    case 'idleTimeout':
      return l10n.t('Codex stopped responding');
    case 'other':
      return l10n.t('The connection failed');
  }
}

function sentenceOf(kind: HttpFailureKind, host: string): string {
  switch (kind) {
    case 'dns':
      return l10n.t('{0} could not be resolved (DNS). Check your network, then retry.', host);
    case 'refused':
      return l10n.t('{0} refused the connection. Check the network or the base URL setting.', host);
    case 'unreachable':
      return l10n.t(
        '{0} can’t be reached from this machine. Check your network, then retry.',
        host,
      );
    case 'reset':
      return l10n.t('The connection to {0} was dropped several times. Retry in a moment.', host);
    case 'tls':
      return l10n.t(
        'The certificate of {0} could not be verified. A proxy that inspects traffic is often the cause.',
        host,
      );
    case 'proxy':
      return l10n.t('The proxy could not connect to {0}. Check the proxy and its settings.', host);
    case 'connectTimeout':
      return l10n.t('{0} did not answer in time. Check the network, VPN or firewall.', host);
    case 'headersTimeout':
      return l10n.t('{0} accepted the request but did not respond. Retry in a moment.', host);
    case 'idleTimeout':
      return l10n.t('No data arrived from {0} for several minutes. Retry in a moment.', host);
    case 'other':
      return l10n.t('The request to {0} failed. See the log for details.', host);
  }
}

/** The sentence for a failure, with the proxy where one was in the way. */
export function networkErrorSentence(failure: ResponsesFailure): string {
  const { proxy, proxyStatus, transport = 'other' } = failure;
  const host = failure.host ?? l10n.t('the backend');
  if (proxyStatus === 407) {
    return l10n.t(
      'The proxy {0} requires a user name and password, or rejected the ones it got. Add them to the URL in the http.proxy setting.',
      proxy ?? '',
    );
  }
  if (proxyStatus !== undefined) {
    return l10n.t(
      'The proxy {0} refused to connect to {1} (status {2}). Contact its administrator.',
      proxy ?? '',
      host,
      proxyStatus,
    );
  }
  if (transport === 'proxy' && proxy !== undefined) {
    return l10n.t(
      'The proxy {0} can’t be reached or isn’t a working proxy. Check the http.proxy setting and the environment.',
      proxy,
    );
  }
  return sentenceOf(transport, host);
}
