import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HttpError, readText, type HttpRequest } from '../../../src/base/http.ts';
import { createHttp } from '../../../src/node/http/http.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(answer: Answer): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(
    () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  const port = portOf(server);
  return { url: `http://127.0.0.1:${port}/`, server };
}

function portOf(server: TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

function client() {
  const http = createHttp();
  open.unshift(() => http.close());
  return http.request;
}

type Compressor = Transform & { flush(kind: number): void };

/** Node has it since 22.15. */
const hasZstd = 'createZstdCompress' in zlib;
const zstdWhole: [string, (text: string) => Buffer] = [
  'zstd',
  (text) => zlib.zstdCompressSync(text),
];
const zstdStream: [string, () => Compressor, number] = [
  'zstd',
  () => zlib.createZstdCompress(),
  zlib.constants.ZSTD_e_flush,
];

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  ...more,
});
const never = () => new AbortController().signal;

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HttpError) return error.kind;
    throw error;
  }
  return 'none';
}

describe('a request', () => {
  test('sends method, headers and body, and gives status, headers and body', async () => {
    const { url } = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.writeHead(418, { 'x-one': ['a', 'b'] });
        response.end(`${request.method} ${String(request.headers['x-own'])} ${body}`);
      });
    });
    const response = await client()(
      get(url, { method: 'POST', headers: { 'x-own': 'yes' }, body: 'héllo' }),
      never(),
    );
    expect(response.status).toBe(418);
    expect(response.headers['x-one']).toBe('a, b');
    expect(await readText(response)).toBe('POST yes héllo');
  });

  test.each<[string, (text: string) => Buffer]>([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['deflate', zlib.deflateSync],
    ...(hasZstd ? [zstdWhole] : []),
  ])('decodes a body in %s', async (encoding, compress) => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(compress('many words '.repeat(100)));
    });
    const response = await client()(get(url), never());
    expect(await readText(response)).toBe('many words '.repeat(100));
  });

  test.each(['constructor', '__proto__', 'toString', 'valueOf, hasOwnProperty'])(
    'passes over the encoding %s, which no server should send',
    async (encoding) => {
      const { url } = await serve((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        response.end('plain');
      });
      expect(await readText(await client()(get(url), never()))).toBe('plain');
    },
  );

  test('decodes a body that was compressed twice', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, br' });
      response.end(zlib.brotliCompressSync(zlib.gzipSync('many words')));
    });
    expect(await readText(await client()(get(url), never()))).toBe('many words');
  });

  test('refuses a body that was compressed three times and frees its connection', async () => {
    const { url, server } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, gzip,gzip' });
      response.write(zlib.gzipSync(zlib.gzipSync(zlib.gzipSync('x'))));
    });
    const http = client();
    for (let round = 0; round < 12; round++) {
      await expect(http(get(url), never())).rejects.toThrow(HttpError);
    }
    const connections = () =>
      new Promise<number>((done) => server.getConnections((_, count) => done(count)));
    await vi.waitFor(async () => expect(await connections()).toBe(0));
  });

  test('offers zstd exactly where this Node can decode it', async () => {
    const { url } = await serve((request, response) => {
      response.end(String(request.headers['accept-encoding']));
    });
    const offered = await readText(await client()(get(url), never()));
    expect(offered).toBe(`gzip, br, deflate${hasZstd ? ', zstd' : ''}`);
  });

  test('uses one connection again after a reader that left at the last event', async () => {
    let connections = 0;
    const { url, server } = await serve((_, response) => {
      response.writeHead(200);
      response.write('data: last\n\n');
      setTimeout(() => response.end('\n'), 20);
    });
    server.on('connection', () => connections++);
    const http = client();
    for (let round = 0; round < 3; round++) {
      const response = await http(get(url), never());
      for await (const _ of response.body) break;
      // Time for the rest of the body, which the client reads away.
      await new Promise((done) => setTimeout(done, 60));
    }
    expect(connections).toBe(1);
  });
});

describe('a compressed stream', () => {
  test.each<[string, () => Compressor, number]>([
    ['gzip', () => zlib.createGzip(), zlib.constants.Z_SYNC_FLUSH],
    ['br', () => zlib.createBrotliCompress(), zlib.constants.BROTLI_OPERATION_FLUSH],
    ...(hasZstd ? [zstdStream] : []),
  ])('in %s is given out event by event', async (encoding, create, flush) => {
    let more = () => {};
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      const compressor = create();
      compressor.pipe(response);
      compressor.write('data: first\n\n');
      compressor.flush(flush);
      more = () => compressor.end('data: last\n\n');
    });
    const response = await client()(get(url), never());
    let text = '';
    for await (const chunk of response.body) {
      text += Buffer.from(chunk).toString();
      // The server goes on only after the first event was seen.
      if (text === 'data: first\n\n') more();
    }
    expect(text).toBe('data: first\n\ndata: last\n\n');
  });
});

describe('a fault', () => {
  test('of a port where nobody listens is a refusal', async () => {
    const probe = createTcpServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    const port = portOf(probe);
    await new Promise<void>((done) => probe.close(() => done()));
    expect(await failure(client()(get(`http://127.0.0.1:${port}/`), never()))).toBe('refused');
  });

  test('of a name that does not exist is told as DNS, with the host', async () => {
    const work = client()(get('http://nobody.invalid/'), never());
    await expect(work).rejects.toMatchObject({ kind: 'dns', host: 'nobody.invalid' });
  });

  test('of a socket that is cut before or within the body is a reset', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/early') request.socket.destroy();
      else {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half');
        setTimeout(() => request.socket.destroy(), 20);
      }
    });
    expect(await failure(client()(get(`${url}early`), never()))).toBe('reset');
    const response = await client()(get(url), never());
    expect(await failure(readText(response))).toBe('reset');
  });

  test('of a server that never answers is a header time-out', async () => {
    const { url } = await serve(() => {});
    expect(await failure(client()(get(url, { headersTimeoutMs: 60 }), never()))).toBe(
      'headersTimeout',
    );
  });

  test('of a body that falls silent is an idle time-out, but any byte is a sign of life', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200);
      response.flushHeaders();
      let beats = 0;
      const timer = setInterval(() => {
        response.write(': still here\n');
        if (++beats === 6) clearInterval(timer);
        if (beats === 6 && request.url === '/ends') response.end('done');
      }, 50);
    });
    const http = client();
    const alive = await http(get(`${url}ends`, { idleTimeoutMs: 200 }), never());
    expect(await readText(alive)).toContain('done');
    const silent = await http(get(url, { idleTimeoutMs: 200 }), never());
    expect(await failure(readText(silent))).toBe('idleTimeout');
  });
});

describe('an abort', () => {
  test('rejects with its own reason and closes the socket, before the headers and in the body', async () => {
    let closed = 0;
    const { url } = await serve((request, response) => {
      request.socket.once('close', () => closed++);
      if (request.url === '/body') {
        response.writeHead(200);
        response.write('first');
      }
    });
    const http = client();
    const reason = new Error('stopped by the user');
    for (const path of ['silent', 'body']) {
      const abort = new AbortController();
      const work = http(get(`${url}${path}`), abort.signal).then(readText);
      const settled = expect(work).rejects.toBe(reason);
      setTimeout(() => abort.abort(reason), 50);
      await settled;
    }
    await vi.waitFor(() => expect(closed).toBe(2));
  });

  test('that came first sends nothing', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked++;
      response.end();
    });
    await expect(client()(get(url), AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    expect(asked).toBe(0);
  });
});
