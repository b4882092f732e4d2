import { X509Certificate } from 'node:crypto';
import tls, { type SecureContext } from 'node:tls';
import { Worker } from 'node:worker_threads';
import type { Log } from '../../base/log.ts';
import { errorCodes } from './transportError.ts';

/** What goes to `tls.connect` beside the host. */
export interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly secureContext?: SecureContext;
}

export interface Trust {
  /** @param isProxied - whether the connection goes through a proxy */
  current(isProxied: boolean): TlsOptions;
  /**
   * After a handshake with `used` failed: the options for one more try, if the authorities of the
   * operating system may heal the failure. No request was sent by then. Undefined: it stands.
   */
  widen(error: unknown, used: TlsOptions): Promise<TlsOptions | undefined>;
}

export interface TrustOptions {
  /** False: certificates are not checked behind a proxy. A direct connection is always checked. */
  readonly strictSsl: boolean;
  readonly systemCertificates: boolean;
  readonly load: LoadCertificates;
  readonly log: Log;
}

/** The authorities that the operating system trusts, as PEM; none where they cannot be read. */
export type LoadCertificates = () => Promise<readonly string[]>;

/** Codes of OpenSSL that say: nobody whom I know has signed this. */
const unknownIssuer =
  /^(UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/;

/**
 * Node's own authorities, `NODE_EXTRA_CA_CERTS` among them, serve nearly everybody. Those of the
 * operating system, which macOS may take seconds to list, are asked for only when a certificate
 * comes from nobody known: behind a proxy that inspects, or with a company's own server.
 */
export function createTrust({
  strictSsl,
  systemCertificates: mayWiden,
  load,
  log,
}: TrustOptions): Trust {
  const unchecked: TlsOptions = { rejectUnauthorized: false };
  let current: TlsOptions = {};
  let wide: Promise<TlsOptions | undefined> | undefined;
  const open = async () => {
    const extra = (await listed(load)).filter(isReadable);
    if (extra.length === 0) return undefined;
    log.info(`${extra.length} certificates of the operating system count from here on`);
    return (current = { secureContext: withRoots(extra) });
  };
  return {
    current: (isProxied) => (isProxied && !strictSsl ? unchecked : current),
    async widen(error, used) {
      if (used === unchecked || !mayWiden) return undefined;
      if (!errorCodes(error).some((code) => unknownIssuer.test(code))) return undefined;
      wide ??= open();
      const next = await wide;
      return next === used ? undefined : next;
    },
  };
}

async function listed(load: LoadCertificates): Promise<readonly string[]> {
  try {
    return await load();
  } catch {
    return [];
  }
}

/** One broken certificate in the list would keep all the others from being taken. */
function isReadable(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** One context for all connections: reading a few hundred certificates takes its time. */
function withRoots(extra: readonly string[]): SecureContext {
  const own = canListCertificates ? tls.getCACertificates('default') : tls.rootCertificates;
  return tls.createSecureContext({ ca: [...new Set([...own, ...extra])] });
}

/** Node has it since 22.15. */
const canListCertificates = 'getCACertificates' in tls;

/** By a thread of its own, since Node lists them in one go and the editor would wait. */
export async function systemCertificates(): Promise<readonly string[]> {
  if (!canListCertificates) return [];
  const code = `require('node:worker_threads').parentPort.postMessage(
    require('node:tls').getCACertificates('system'))`;
  return new Promise((resolve) => {
    const worker = new Worker(code, { eval: true });
    worker.once('message', (found: unknown) => resolve(texts(found)));
    worker.once('error', () => resolve([]));
    worker.once('exit', () => resolve([]));
    worker.unref();
  });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
