import { connect, createServer, type Server, type Socket } from 'node:net';
import { gzipSync, constants } from 'node:zlib';
import type { RequestListener } from 'node:http';
import type { BearerToken } from '../../../src/core/auth/bearerToken.ts';
import type { TurnEvent } from '../../../src/core/responses/stream/turnEvent.ts';
import type { Environment } from '../../../src/node/proxy/proxy.ts';
import type { Behaviour } from '../../backend/backend.ts';

/** A place where a turn may wait when it is stopped. */
export interface StopPoint {
  readonly name: string;
  /** What the stand-in does with the requests. */
  readonly script?: readonly Behaviour[];
  /** A server of its own kind in place of the stand-in. */
  readonly answer?: RequestListener;
  /** Nobody ever says a word there: the stop falls on the way. */
  readonly hole?: 'tls' | 'proxy';
  /** The grant never comes. */
  readonly noGrant?: true;
  readonly quietAfterMs?: number;
  /** The event after which it is stopped; else after a short while. */
  readonly after?: (event: TurnEvent) => boolean;
  /** Stopped from within the consumer, at that very event. */
  readonly isInside?: true;
  /** The connection rests in good order at that point and may stay. */
  readonly keepsSocket?: true;
}

const stream = { 'content-type': 'text/event-stream' };
const delta = (text: string) => ({
  type: 'response.output_text.delta',
  output_index: 0,
  content_index: 0,
  delta: text,
});
const wire = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const half = [{ type: 'response.created', response: { id: 'r' } }, delta('Half an ans')];
const isText = ({ type }: TurnEvent) => type === 'put' || type === 'append';
const isHeaders = ({ type }: TurnEvent) => type === 'headers';
const long: Behaviour = { kind: 'text', text: 'word '.repeat(5_000), deltas: 5_000, pace: 2_000 };
const flushed = { finishFlush: constants.Z_SYNC_FLUSH };

export const stopPoints: readonly StopPoint[] = [
  { name: 'waiting for the grant', noGrant: true },
  { name: 'connecting: TLS that is never answered', hole: 'tls' },
  { name: 'connecting: a proxy that says nothing', hole: 'proxy' },
  { name: 'waiting for the headers', script: [{ kind: 'stall' }] },
  {
    name: 'headers have come, no byte of the body',
    answer: (_, response) => response.writeHead(200, stream).flushHeaders(),
    after: isHeaders,
  },
  { name: 'amid the stream', script: [long], after: isText },
  { name: 'amid the stream, from the consumer', script: [long], after: isText, isInside: true },
  { name: 'a stream that stalls', script: [{ kind: 'sse', events: half, then: 'stall' }] },
  {
    name: 'a compressed stream that stalls',
    answer(_, response) {
      response.writeHead(200, { ...stream, 'content-encoding': 'gzip' });
      response.write(gzipSync(half.map(wire).join(''), flushed));
    },
    after: isText,
  },
  {
    name: 'a silence that has been told',
    script: [{ kind: 'sse', events: half, then: 'stall' }],
    quietAfterMs: 20,
    after: ({ type }) => type === 'quiet',
  },
  {
    name: 'the body of a refusal that does not end',
    answer: (_, response) => void response.writeHead(503).write('{"error":'),
    after: isHeaders,
  },
  {
    name: 'the wait before a retry',
    script: [{ kind: 'status', status: 503 }],
    after: ({ type }) => type === 'retry',
    keepsSocket: true,
  },
  {
    name: 'a retry under way',
    script: [{ kind: 'drop' }, { kind: 'stall' }],
    after: (event) => event.type === 'attempt' && event.attempt === 2,
  },
];

export function neverGranted(signal: AbortSignal): Promise<BearerToken> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

export function proxyAt(port: number): Environment {
  return { HTTPS_PROXY: `http://127.0.0.1:${port}` };
}

/** Opens the server on loopback and gives its port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

export interface Relay {
  readonly port: number;
  /** Sockets of the client that are open. */
  open(): readonly Socket[];
  close(): Promise<void>;
}

/** Stands before a server and sees the client's sockets as that server does. */
export async function createRelay(to: number | undefined): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    if (to === undefined) return void socket.resume();
    const there = connect(to, '127.0.0.1');
    there.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => there.destroy());
    socket.pipe(there).pipe(socket);
  });
  return {
    port: await listen(server),
    open: () => [...sockets],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
