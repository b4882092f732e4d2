import { isIP, type Socket } from 'node:net';
import { HttpError } from '../../base/http.ts';
import type { Proxy } from './proxy.ts';
import type { Hop } from './dial.ts';
import { readWhole } from './read.ts';

const version = 5;
const [withoutSignIn, byPassword] = [0, 2];

/** What a SOCKS server says instead of opening the way (RFC 1928, 6). */
const refusals: Readonly<Record<number, string>> = {
  1: 'failed',
  2: 'does not allow this connection',
  3: 'cannot reach the network',
  4: 'cannot reach the host',
  5: 'was refused by the host',
  6: 'gave up in time',
  7: 'does not know the command',
  8: 'does not know this kind of address',
};

/** SOCKS 5 (RFC 1928), with name and password (RFC 1929). The proxy looks the name up. */
export async function openSocks(
  socket: Socket,
  proxy: Proxy,
  target: Hop,
  signal: AbortSignal,
): Promise<void> {
  const refuse = (says: string): never => {
    throw new HttpError('proxy', target.host, {
      cause: new Error(`The SOCKS proxy ${says}.`),
      proxy: proxy.label,
    });
  };
  const ask = async (request: Uint8Array, measure: (bytes: Buffer) => number | undefined) => {
    const answer = readWhole(socket, measure, signal);
    socket.write(request);
    return answer;
  };
  const methods = proxy.credentials ? [withoutSignIn, byPassword] : [withoutSignIn];
  const greeting = await ask(Uint8Array.from([version, methods.length, ...methods]), () => 2);
  const method = greeting[0] === version ? greeting[1] : refuse('does not speak SOCKS 5');
  if (method === byPassword && proxy.credentials) {
    const reply = await ask(signIn(proxy.credentials), () => 2);
    if (reply[1] !== 0) refuse('does not take the name and password');
  } else if (method !== withoutSignIn) refuse('asks for a sign-in');
  const reply = await ask(connectRequest(target), replyLength);
  if (reply[1] !== 0) refuse(refusals[reply[1] ?? 0] ?? 'failed');
}

function signIn({ username, password }: NonNullable<Proxy['credentials']>): Buffer {
  return Buffer.concat([Buffer.from([1]), counted(username), counted(password)]);
}

function connectRequest({ hostname, port }: Hop): Buffer {
  return Buffer.concat([
    Buffer.from([version, 1, 0]),
    address(hostname),
    Buffer.from([port >> 8, port & 255]),
  ]);
}

function address(hostname: string): Buffer {
  if (isIP(hostname) === 4) return Buffer.from([1, ...hostname.split('.').map(Number)]);
  if (isIP(hostname) === 6) return Buffer.from([4, ...groups(hostname)]);
  return Buffer.concat([Buffer.from([3]), counted(hostname)]);
}

/** The sixteen bytes of an address as a URL writes it: in groups, at most one gap. */
function groups(hostname: string): number[] {
  const [head = [], tail = []] = hostname
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...gap, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

/** The length in one byte, then the text. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Four bytes, then an address of its kind, then the port. */
function replyLength(bytes: Buffer): number | undefined {
  if (bytes.length < 5) return undefined;
  if (bytes[3] === 3) return 7 + (bytes[4] ?? 0);
  return bytes[3] === 4 ? 22 : 10;
}
