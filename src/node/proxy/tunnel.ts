import type { Socket } from 'node:net';
import { HttpError } from '../../base/http.ts';
import type { Proxy } from './proxy.ts';
import { AbandonedError, authority, type Dial, type Hop } from './dial.ts';
import { openSocks } from './socks.ts';
import { readWhole } from './read.ts';
import { classifyProxyError } from '../http/transportError.ts';

/** The longest head of an answer to CONNECT, bytes; as much as Node's own parser takes. */
const maxHead = 16_384;

/**
 * A connection to `target` through the proxy, by CONNECT (RFC 9110, 9.3.6) or SOCKS. Throws
 * {@link HttpError}: 'proxy' with the status when the proxy refuses, 'connectTimeout' when it is
 * silent for `timeoutMs`.
 */
export async function openTunnel(
  proxy: Proxy,
  target: Hop,
  dial: Dial,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new HttpError('connectTimeout', proxy.label, { proxy: proxy.label })),
    timeoutMs,
  );
  const either = AbortSignal.any([signal, limit.signal]);
  let socket: Socket | undefined;
  try {
    const protocol = proxy.protocol === 'https:' ? 'https:' : 'http:';
    const { hostname, port, label } = proxy;
    socket = await dial({ host: label, protocol, hostname, port }, either);
    if (proxy.protocol === 'socks5:') await openSocks(socket, proxy, target, either);
    else await openConnect(socket, proxy, target, either);
    return socket;
  } catch (error) {
    socket?.destroy();
    if (signal.aborted) throw new AbandonedError();
    limit.signal.throwIfAborted();
    throw classifyProxyError(error, target.host, proxy.label);
  } finally {
    clearTimeout(timer);
  }
}

/** The credentials are in this one request, which ends at the proxy, and in no other. */
async function openConnect(
  socket: Socket,
  proxy: Proxy,
  target: Hop,
  signal: AbortSignal,
): Promise<void> {
  const host = authority(target.hostname, target.port);
  const lines = [
    `CONNECT ${host} HTTP/1.1`,
    `Host: ${host}`,
    'Proxy-Connection: keep-alive',
    ...(proxy.authorization ? [`Proxy-Authorization: ${proxy.authorization}`] : []),
  ];
  const answer = readWhole(socket, endOfHead, signal);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const head = (await answer).toString('latin1');
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1] ?? 0);
  if (status >= 200 && status < 300) return;
  throw new HttpError('proxy', target.host, {
    cause: new Error(refusal(status, head)),
    proxy: proxy.label,
    ...(status > 0 && { proxyStatus: status }),
  });
}

function endOfHead(bytes: Buffer): number | undefined {
  const isHttp = bytes.subarray(0, 5).equals(Buffer.from('HTTP/').subarray(0, bytes.length));
  if (!isHttp || bytes.length > maxHead) throw new Error('The proxy does not speak HTTP.');
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? undefined : end + 4;
}

/** For the log: what the proxy asks for, by the names of the schemes alone. */
function refusal(status: number, head: string): string {
  if (status !== 407) return `The proxy answered CONNECT with ${status || 'no HTTP status'}.`;
  const offers = [...head.matchAll(/^proxy-authenticate:\s*([\w-]+)/gim)].map(([, name]) => name);
  return `The proxy asks for a sign-in: ${offers.join(', ') || 'of no named kind'}.`;
}
