import { createHash } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createDeferred } from '../../base/async/deferred.ts';
import { codeOf } from '../storage/fileErrors.ts';
import { ownValue } from '../../base/lookup.ts';

/** Where a lock listens while it is held. */
export type Endpoint =
  { readonly path: string } | { readonly host: '127.0.0.1'; readonly port: number };

const endpointsOfALock = 3;
/** Below the ports that systems give to outgoing connections. */
const firstPort = 20_000;
const ports = 12_000;

/**
 * The places of a lock, in the order in which they are tried. Linux and Windows give names that no
 * stranger has by chance and that need no file: abstract sockets and named pipes. Elsewhere it is
 * ports, which may be taken by anybody. (Ports on Linux would besides be offered to the user as
 * something to forward from a remote machine.)
 */
export function endpointsOf(
  name: string,
  platform: NodeJS.Platform = process.platform,
): Endpoint[] {
  return Array.from({ length: endpointsOfALock }, (_, i) => {
    const hash = createHash('sha256').update(`${name} ${i}`).digest();
    const id = `codex-chat-${hash.toString('hex').slice(0, 24)}`;
    if (platform === 'linux') return { path: `\0${id}` };
    if (platform === 'win32') return { path: `\\\\.\\pipe\\${id}` };
    return { host: '127.0.0.1', port: firstPort + (hash.readUInt32BE(0) % ports) };
  });
}

export const keyOf = (endpoint: Endpoint): string =>
  'path' in endpoint ? endpoint.path : String(endpoint.port);

/** The first line that a holder sends; it shows the stranger from one of ours. */
const greeting = (name: string) =>
  `codex-chat lock ${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
const finishedWord = ' finished';
/** A server of something else answers this with an error, at once; a lock does not read it. */
const question = 'codex-chat lock?\r\n\r\n';
/** More than a greeting; what a stranger sends is not collected. */
const longestGreeting = 200;

/** Our own end of a lock. */
export interface Listening {
  /** Tells all who wait, and who ask from now on, that the matter is finished. */
  finish(): void;
  close(): void;
}

/** Rejects with the error of the system; `EADDRINUSE` when somebody is there already. */
export function listen(endpoint: Endpoint, name: string): Promise<Listening> {
  const waiting = new Set<Socket>();
  let isFinished = false;
  const line = () => `${greeting(name)}${isFinished ? finishedWord : ''}\n`;
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.unref();
    socket.on('error', () => {});
    socket.once('close', () => waiting.delete(socket));
    socket.resume();
    socket.write(line());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...endpoint, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      server.unref();
      resolve({
        finish() {
          isFinished = true;
          for (const socket of waiting) socket.write(line());
        },
        close: () => closeAll(server, waiting),
      });
    });
  });
}

function closeAll(server: Server, waiting: ReadonlySet<Socket>): void {
  server.close();
  for (const socket of waiting) socket.destroy();
}

/**
 * Who is at an endpoint: nobody, one who holds this lock or has finished with it, a program that
 * is not ours, or somebody who says nothing: a process that stands still, or one without a free
 * handle for the connection, which the system then hangs up on.
 */
export type Occupant = 'nobody' | 'holder' | 'finished' | 'stranger' | 'silent';

export interface Visit {
  readonly occupant: Occupant;
  /** Resolves when a `holder` has finished or gone; at once for all others. */
  readonly changed: Promise<void>;
  close(): void;
}

export interface VisitDeps {
  name: string;
  /** Who has said nothing for so long is `silent`, ms. */
  silentMs: number;
  signal: AbortSignal;
}

/** Rejects with `signal.reason`, or with the error of the system when nobody can be reached. */
export function visit(endpoint: Endpoint, deps: VisitDeps): Promise<Visit> {
  const { name, silentMs, signal } = deps;
  const expected = greeting(name);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect(endpoint);
    let heard = '';
    const { promise: changed, resolve: tellChange } = createDeferred<void>();
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const close = () => {
      stop();
      socket.destroy();
      tellChange();
    };
    const conclude = (occupant: Occupant) => {
      stop();
      if (occupant !== 'holder') close();
      resolve({ occupant, changed, close });
    };
    const onAbort = () => {
      reject(signal.reason);
      close();
    };
    // What has come while this process itself stood still is read first.
    const timer = setTimeout(() => setImmediate(() => conclude('silent')), silentMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => socket.write(question));
    socket.on('data', (data) => {
      heard = (heard + data.toString('latin1')).slice(0, longestGreeting);
      const occupant = readGreeting(heard, expected);
      if (occupant === 'finished') tellChange();
      if (occupant) conclude(occupant);
    });
    socket.on('error', (error) => {
      const occupant = ownValue(occupants, codeOf(error));
      if (occupant) conclude(occupant);
      else reject(error);
      close();
    });
    socket.once('close', () => {
      tellChange();
      conclude('silent');
    });
  });
}

/** What it says of an endpoint that a connection failed so. */
const occupants: Partial<Record<string, Occupant>> = {
  ECONNREFUSED: 'nobody',
  ENOENT: 'nobody',
  ECONNRESET: 'silent',
  EPIPE: 'silent',
  // More wait at a process that stands still than the system keeps.
  EAGAIN: 'silent',
};

/** Undefined while the first line has not come to its end. */
function readGreeting(heard: string, expected: string): Occupant | undefined {
  if (!expected.startsWith(heard.slice(0, expected.length))) return 'stranger';
  const lines = heard.split('\n');
  if (lines.length === 1) return undefined;
  if (lines.includes(expected + finishedWord)) return 'finished';
  return lines[0] === expected ? 'holder' : 'stranger';
}
