import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server as HttpServer,
} from 'node:http';
import { createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** Real servers on loopback for what lies between a person and the backend. */
export interface Servers {
  /** Over TLS with the certificate of that authority, or plain. Gives the port. */
  origin(answer: RequestListener, tls?: Authority): Promise<number>;
  proxy(options: ProxyOptions): Promise<Proxy>;
  socks(options: { originPort: number; signIn?: string }): Promise<Proxy>;
  /** Accepts, and never says a word. */
  blackHole(): Promise<{ port: number; open: () => number }>;
  /** A port where nobody listens. */
  deadPort(): Promise<number>;
  closeAll(): Promise<void>;
}

export type Authority = 'origin' | 'inspector';

export interface ProxyOptions {
  /** Where every tunnel ends, whatever name was asked for. */
  originPort: number;
  /** user:password that the proxy wants. */
  signIn?: string;
  /** Speaks TLS itself. */
  tls?: Authority;
  /** Answers every CONNECT with this. */
  refuse?: string;
  /** Opens the TLS of its clients with a certificate of its own authority. */
  inspect?: boolean;
  /** Answers no CONNECT before this. */
  until?: Promise<void>;
  /** Holds back each body until it is whole; only with `inspect`. */
  buffer?: boolean;
}

export interface Proxy {
  port: number;
  /** What was asked for: host:port. */
  asked: string[];
  /** Values of Proxy-Authorization that came, undefined for none. */
  signIns: (string | undefined)[];
}

export const pem = (name: string) =>
  readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
export const authorityOf = (name: Authority) => pem(`${name}-ca`);
const identity = (name: Authority) => ({ cert: pem(`${name}-leaf`), key: pem(`${name}-leaf.key`) });

export function createServers(): Servers {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', keep);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return portOf(server);
  }
  const toOrigin = (port: number) => {
    const socket = connect(port, '127.0.0.1');
    keep(socket);
    return socket;
  };

  return {
    origin: (answer, tls) =>
      listen(tls ? createHttpsServer(identity(tls), answer) : createServer(answer)),
    async proxy(options) {
      const proxy: Proxy = { port: 0, asked: [], signIns: [] };
      const server: HttpServer = options.tls
        ? createHttpsServer(identity(options.tls))
        : createServer();
      server.on('request', (_, response) => response.writeHead(501).end('CONNECT only'));
      const inside = options.inspect ? inspector(options) : undefined;
      server.on('connect', async (request: IncomingMessage, socket: Socket) => {
        keep(socket);
        const given = request.headers['proxy-authorization'];
        proxy.asked.push(request.url ?? '');
        proxy.signIns.push(given);
        await options.until;
        const answer = answerTo(options, given);
        socket.write(answer);
        if (!answer.includes(' 200 ')) return void socket.end();
        if (inside) return inside(socket);
        const origin = toOrigin(options.originPort);
        socket.pipe(origin).pipe(socket);
        origin.on('close', () => socket.destroy());
        socket.on('close', () => origin.destroy());
      });
      proxy.port = await listen(server);
      return proxy;
    },
    async socks({ originPort, signIn }) {
      const proxy: Proxy = { port: 0, asked: [], signIns: [] };
      const server = createTcpServer((socket) => {
        void speakSocks(socket, proxy, signIn, () => toOrigin(originPort));
      });
      proxy.port = await listen(server);
      return proxy;
    },
    async blackHole() {
      const port = await listen(createTcpServer((socket) => socket.resume()));
      return { port, open: () => sockets.size };
    },
    async deadPort() {
      const server = createTcpServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const port = portOf(server);
      await new Promise<void>((done) => server.close(() => done()));
      return port;
    },
    async closeAll() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        servers.splice(0).map((server) => new Promise((done) => server.close(done))),
      );
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

function answerTo({ refuse, signIn }: ProxyOptions, given: string | undefined): string {
  if (refuse) return `HTTP/1.1 ${refuse}\r\ncontent-length: 0\r\n\r\n`;
  if (!signIn || given === `Basic ${Buffer.from(signIn).toString('base64')}`) {
    return 'HTTP/1.1 200 Connection established\r\n\r\n';
  }
  const offers = ['Negotiate', 'Basic realm="test"'].map((offer) => `Proxy-Authenticate: ${offer}`);
  return `HTTP/1.1 407 Proxy Authentication Required\r\n${offers.join('\r\n')}\r\n\r\n`;
}

/** Reads what its clients send, and asks the origin in their place. */
function inspector({ originPort, buffer }: ProxyOptions): (socket: Socket) => void {
  const secureContext = createSecureContext(identity('inspector'));
  const inner = createServer((request, response) => {
    const onward = httpsRequest(
      {
        port: originPort,
        host: '127.0.0.1',
        ca: authorityOf('origin'),
        method: request.method,
        path: request.url,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => {
          if (buffer) chunks.push(chunk);
          else response.write(chunk);
        });
        answer.on('end', () => response.end(Buffer.concat(chunks)));
      },
    );
    request.pipe(onward);
  });
  return (socket) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => {});
    inner.emit('connection', secure);
  };
}

/** SOCKS 5 as a server, for what our client sends; each message is in one piece here. */
async function speakSocks(
  socket: Socket,
  proxy: Proxy,
  signIn: string | undefined,
  open: () => Socket,
): Promise<void> {
  const next = () => new Promise<Buffer>((done) => socket.once('data', done));
  const methods = (await next()).subarray(2);
  if (signIn && !methods.includes(2)) return void socket.end(Buffer.from([5, 255]));
  socket.write(Buffer.from([5, signIn ? 2 : 0]));
  if (signIn) {
    const given = await next();
    const name = given.subarray(2, 2 + given[1]!).toString();
    const password = given.subarray(3 + given[1]!).toString();
    proxy.signIns.push(`${name}:${password}`);
    const right = `${name}:${password}` === signIn;
    socket.write(Buffer.from([1, right ? 0 : 1]));
    if (!right) return void socket.end();
  }
  const request = await next();
  const name =
    request[3] === 3
      ? request.subarray(5, 5 + request[4]!).toString()
      : request.subarray(4, -2).toString('hex');
  proxy.asked.push(`${name}:${request.readUInt16BE(request.length - 2)}`);
  const origin = open();
  socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 1]));
  socket.pipe(origin).pipe(socket);
  socket.on('close', () => origin.destroy());
}
