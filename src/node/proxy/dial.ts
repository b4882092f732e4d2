import type { Socket } from 'node:net';
import type { TlsOptions } from '../http/certificates.ts';
import { buildConnector } from '../http/undici.ts';

/** One machine to reach: by TCP, with TLS above for https. */
export interface Hop {
  /** As the address has it, for people. */
  readonly host: string;
  readonly protocol: 'http:' | 'https:';
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Name for TLS, where it is not the host's. */
  readonly servername?: string | undefined;
  /** A tunnel that is open already; TLS goes through it. */
  readonly through?: Socket;
}

/** Rejects with the error of the socket; an abort destroys the socket and is such an error too. */
export type Dial = (hop: Hop, signal: AbortSignal) => Promise<Socket>;

/**
 * undici's own way to open a socket. HTTP/2 stays off: in undici it is still new, one lost packet
 * would hold up every answer on the shared connection, and stopping an answer could no longer close
 * its socket, which is what surely ends the work at the other end.
 */
export function createDial(tls: TlsOptions, timeoutMs: number): Dial {
  const connect = buildConnector({ ...tls, timeout: timeoutMs, allowH2: false });
  return (hop, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) throw new AbandonedError();
      const { protocol, hostname, port, servername, through } = hop;
      const socket = connect(
        {
          protocol,
          hostname,
          host: authority(hostname, port),
          port: String(port),
          ...(servername && { servername }),
          ...(through && { httpSocket: through }),
        },
        (error, opened) => {
          signal.removeEventListener('abort', onAbort);
          if (opened) return resolve(opened);
          through?.destroy();
          reject(error ?? new Error('No socket came.'));
        },
      );
      const onAbort = () => socket.destroy(new AbandonedError());
      signal.addEventListener('abort', onAbort, { once: true });
    });
}

/** Nobody waited for the connection any more. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

/** host:port, as CONNECT and the Host header have it. */
export function authority(hostname: string, port: number): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
