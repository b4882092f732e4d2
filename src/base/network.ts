/** What the person told the editor about the network. */
export interface NetworkSettings {
  /** Address of the proxy, credentials in it or not; empty for none. */
  readonly proxy: string;
  /** Hosts to be asked without the proxy. Empty: what `NO_PROXY` says counts. */
  readonly noProxy: readonly string[];
  /** Value of the `Proxy-Authorization` header; goes before credentials in the address. */
  readonly proxyAuthorization?: string | undefined;
  /** With `off` only the environment speaks of proxies; the others are alike for us. */
  readonly proxySupport: 'off' | 'on' | 'fallback' | 'override';
  /** False only where the person switched the check of certificates off. */
  readonly strictSsl: boolean;
  /** Whether the authorities that the operating system trusts count too. */
  readonly systemCertificates: boolean;
}

/** Without an editor: what the environment says. */
export const plainNetwork: NetworkSettings = {
  proxy: '',
  noProxy: [],
  proxySupport: 'on',
  strictSsl: true,
  systemCertificates: true,
};
