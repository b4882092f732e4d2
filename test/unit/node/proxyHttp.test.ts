import { afterEach, describe, expect, test, vi } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { HttpError, readText, type HttpRequest } from '../../../src/base/http.ts';
import type { Log } from '../../../src/base/log.ts';
import { plainNetwork, type NetworkSettings } from '../../../src/base/network.ts';
import { createHttp, type HttpOptions } from '../../../src/node/http/http.ts';
import { authorityOf, createServers, type Authority } from '../../support/proxies.ts';

const servers = createServers();
const clients: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const http of clients.splice(0)) await http.close();
  await servers.closeAll();
});

const lines: string[] = [];
const write = (line: string) => void lines.push(line);
const log: Log = { debug: write, info: write, warn: write, error: write };

/** A client that trusts these authorities as if the operating system did. */
function client(
  network: Partial<NetworkSettings>,
  { trusts = ['origin'], ...more }: HttpOptions & { trusts?: Authority[] } = {},
) {
  lines.length = 0;
  const http = createHttp({
    network: () => ({ ...plainNetwork, ...network }),
    environment: {},
    log,
    loadCertificates: async () => trusts.map(authorityOf),
    ...more,
  });
  clients.push(http);
  return http.request;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: { authorization: 'Bearer token-of-the-person' },
  ...more,
});
const never = () => new AbortController().signal;
/** Until the connection knows that its answer has ended. */
const idle = () => new Promise((done) => setTimeout(done, 10));
const byProxy = (port: number, signIn = '') => ({
  proxy: `http://${signIn && `${signIn}@`}127.0.0.1:${port}`,
});

async function failure(work: Promise<unknown>): Promise<HttpError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

/** An origin that says what came, and keeps the headers that it saw. */
async function echo(tls?: Authority) {
  const seen: string[] = [];
  const port = await servers.origin((request, response) => {
    seen.push(request.rawHeaders.join('\n').toLowerCase());
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
  }, tls);
  return { port, seen };
}

describe('through a proxy', () => {
  test.each([
    ['https', 'origin' as const, 'origin.test:443'],
    ['http', undefined, 'origin.test:80'],
  ])('%s goes by CONNECT, many requests on one tunnel', async (scheme, tls, asked) => {
    const origin = await echo(tls);
    const proxy = await servers.proxy({ originPort: origin.port });
    const http = client(byProxy(proxy.port));
    for (const round of [1, 2, 3]) {
      const response = await http(
        get(`${scheme}://origin.test/a?b=${round}`, { method: 'POST', body: 'héllo' }),
        never(),
      );
      expect(await readText(response)).toBe(`POST /a?b=${round} héllo`);
      await idle();
    }
    // With TLS, the first tunnel is the one that found out whom to trust.
    expect(new Set(proxy.asked)).toEqual(new Set([asked]));
    expect(proxy.asked.length).toBe(tls ? 2 : 1);
  });

  test('that speaks TLS itself, TLS goes in TLS', async () => {
    const origin = await echo('origin');
    const proxy = await servers.proxy({ originPort: origin.port, tls: 'inspector' });
    const http = client(
      { proxy: `https://127.0.0.1:${proxy.port}` },
      { trusts: ['origin', 'inspector'] },
    );
    expect(await readText(await http(get('https://origin.test/x'), never()))).toBe('GET /x ');
  });

  test.each([
    ['in the address', (port: number) => byProxy(port, 'me:p%40ss%3Aword')],
    [
      'in http.proxyAuthorization',
      (port: number) => ({
        ...byProxy(port),
        proxyAuthorization: `Basic ${Buffer.from('me:p@ss:word').toString('base64')}`,
      }),
    ],
  ])('that wants a sign-in, the one %s is for it alone and never logged', async (_, settings) => {
    const origin = await echo('origin');
    const proxy = await servers.proxy({ originPort: origin.port, signIn: 'me:p@ss:word' });
    const http = client(settings(proxy.port));
    const response = await http(get('https://origin.test/x'), never());
    expect(await readText(response)).toBe('GET /x ');
    expect(proxy.signIns.at(-1)).toMatch(/^Basic /);
    const secret = Buffer.from('me:p@ss:word').toString('base64').toLowerCase();
    expect(origin.seen.join()).toContain('bearer token-of-the-person');
    expect(origin.seen.join()).not.toMatch(/proxy-authorization/);
    expect(origin.seen.join()).not.toContain(secret);
    expect(lines.join()).toContain(`127.0.0.1:${proxy.port}`);
    expect(lines.join().toLowerCase()).not.toMatch(/p@ss|p%40ss|bwu6|me:/);
  });

  test('of the environment, and past it for NO_PROXY', async () => {
    const origin = await echo();
    const proxy = await servers.proxy({ originPort: origin.port });
    const environment = { http_proxy: `127.0.0.1:${proxy.port}`, NO_PROXY: 'straight.invalid' };
    const http = client({}, { environment });
    expect(await readText(await http(get('http://origin.test/x'), never()))).toBe('GET /x ');
    const straight = await failure(http(get('http://straight.invalid/y'), never()));
    expect(straight).toMatchObject({ kind: 'dns', host: 'straight.invalid', proxy: undefined });
    expect(proxy.asked).toEqual(['origin.test:80']);
  });

  test('a server on this machine is never asked', async () => {
    const origin = await echo();
    const http = client(byProxy(await servers.deadPort()));
    const response = await http(get(`http://127.0.0.1:${origin.port}/x`), never());
    expect(await readText(response)).toBe('GET /x ');
  });

  test('of SOCKS, with and without a sign-in, by name and by address', async () => {
    const origin = await echo('origin');
    const plain = await echo();
    const open = await servers.socks({ originPort: origin.port });
    const closed = await servers.socks({ originPort: plain.port, signIn: 'me:secret' });
    const by = (port: number, who = '') => ({ proxy: `socks5://${who}127.0.0.1:${port}` });
    const first = await client(by(open.port))(get('https://origin.test/x'), never());
    expect(await readText(first)).toBe('GET /x ');
    const http = client(by(closed.port, 'me:secret@'));
    for (const url of ['http://[fd00::a:1]/y', 'http://10.1.2.3:8080/y']) {
      expect(await readText(await http(get(url), never()))).toBe('GET /y ');
    }
    expect(open.asked.at(-1)).toBe('origin.test:443');
    expect(closed.asked).toEqual(['fd0000000000000000000000000a0001:80', '0a010203:8080']);
    for (const who of ['', 'me:wrong@']) {
      const error = await failure(
        client(by(closed.port, who))(get('http://origin.test/'), never()),
      );
      expect(error).toMatchObject({ kind: 'proxy', host: 'origin.test' });
    }
  });
});

describe('a proxy that', () => {
  test.each([
    ['407 Proxy Authentication Required', 407],
    ['403 Forbidden', 403],
    ['502 Bad Gateway', 502],
  ])('answers CONNECT with %s is told as such', async (refuse, proxyStatus) => {
    const proxy = await servers.proxy({ originPort: 1, refuse });
    const error = await failure(client(byProxy(proxy.port))(get('https://origin.test/'), never()));
    expect(error).toMatchObject({
      kind: 'proxy',
      host: 'origin.test',
      proxy: `127.0.0.1:${proxy.port}`,
      proxyStatus,
    });
    expect(proxy.asked).toHaveLength(1);
  });

  test('wants another sign-in says by which schemes', async () => {
    const proxy = await servers.proxy({ originPort: 1, signIn: 'me:right' });
    const http = client(byProxy(proxy.port, 'me:wrong'));
    const error = await failure(http(get('https://origin.test/'), never()));
    expect(error).toMatchObject({ kind: 'proxy', proxyStatus: 407 });
    expect(String(error.cause)).toContain('Negotiate, Basic');
    expect(`${error.message} ${String(error.cause)}`).not.toContain('wrong');
  });

  test('is not there, or has no name, is a fault of the proxy and not of the backend', async () => {
    for (const proxy of [
      `http://127.0.0.1:${await servers.deadPort()}`,
      'http://nobody.invalid:1',
    ]) {
      const error = await failure(client({ proxy })(get('https://origin.test/'), never()));
      expect(error).toMatchObject({ kind: 'proxy', host: 'origin.test', proxy: proxy.slice(7) });
    }
  });

  test('speaks no HTTP, or hangs up, is a fault of the proxy', async () => {
    const { port } = await servers.socks({ originPort: 1 });
    const hangingUp = await servers.socks({ originPort: 1, signIn: 'me:secret' });
    for (const settings of [byProxy(port), byProxy(hangingUp.port)]) {
      const error = await failure(client(settings)(get('https://origin.test/'), never()));
      expect(error).toMatchObject({ kind: 'proxy', host: 'origin.test', proxyStatus: undefined });
    }
  });

  test('has a certificate that nobody trusts is told apart from the backend having one', async () => {
    const origin = await echo('origin');
    const proxy = await servers.proxy({ originPort: origin.port, tls: 'inspector' });
    const address = { proxy: `https://127.0.0.1:${proxy.port}` };
    const label = `127.0.0.1:${proxy.port}`;
    const url = 'https://origin.test/';
    const untrustedProxy = await failure(client(address)(get(url), never()));
    expect(untrustedProxy).toMatchObject({ kind: 'tls', host: label, proxy: label });
    expect(proxy.asked).toHaveLength(0);
    const http = client(address, { trusts: ['inspector'] });
    const untrustedOrigin = await failure(http(get(url), never()));
    expect(untrustedOrigin).toMatchObject({ kind: 'tls', host: 'origin.test', proxy: label });
    expect(origin.seen).toHaveLength(0);
  });
});

describe('a proxy that opens TLS', () => {
  async function inspected(more = {}) {
    const origin = await echo('origin');
    const proxy = await servers.proxy({ originPort: origin.port, inspect: true, ...more });
    return { origin, proxy };
  }

  test('is refused unless its authority is trusted, and sees no token', async () => {
    const { origin, proxy } = await inspected();
    const url = 'https://origin.test/x';
    const refused = await failure(client(byProxy(proxy.port))(get(url), never()));
    expect(refused).toMatchObject({ kind: 'tls', host: 'origin.test' });
    expect(origin.seen).toHaveLength(0);
    const http = client(byProxy(proxy.port), { trusts: ['inspector'] });
    expect(await readText(await http(get(url), never()))).toBe('GET /x ');
  });

  test('is refused where the certificates of the system are switched off', async () => {
    const { proxy } = await inspected();
    const network = { ...byProxy(proxy.port), systemCertificates: false };
    const http = client(network, { trusts: ['inspector'] });
    expect(await failure(http(get('https://origin.test/'), never()))).toMatchObject({
      kind: 'tls',
    });
  });

  test('is trusted beside certificates that cannot be read, and refused where none can be listed', async () => {
    const { proxy } = await inspected();
    const request = get('https://origin.test/x');
    const broken = '-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----';
    const loadCertificates = async () => [broken, '', authorityOf('inspector')];
    const http = client(byProxy(proxy.port), { loadCertificates });
    expect(await readText(await http(request, never()))).toBe('GET /x ');
    const unlisted = client(byProxy(proxy.port), {
      loadCertificates: () => Promise.reject(new Error('no store')),
    });
    expect(await failure(unlisted(request, never()))).toMatchObject({ kind: 'tls' });
  });

  test('is refused under another name, whoever signed', async () => {
    const { proxy } = await inspected();
    const http = client(byProxy(proxy.port), { trusts: ['inspector'] });
    const error = await failure(http(get('https://elsewhere.test/'), never()));
    expect(error).toMatchObject({ kind: 'tls', host: 'elsewhere.test' });
  });

  test('is let in where the person switched the check off, with a warning', async () => {
    const { proxy } = await inspected();
    const http = client({ ...byProxy(proxy.port), strictSsl: false }, { trusts: [] });
    expect(await readText(await http(get('https://origin.test/x'), never()))).toBe('GET /x ');
    expect(lines.join()).toMatch(/http\.proxyStrictSSL is off/);
  });

  test('is still refused on a direct connection after the person switched the check off', async () => {
    const port = await servers.origin((_, response) => response.end('Bearer'), 'origin');
    const http = client({ strictSsl: false }, { trusts: [] });
    const error = await failure(http(get(`https://127.0.0.1:${port}/x`), never()));
    expect(error).toMatchObject({ kind: 'tls' });
  });

  test('of the operating system still counts on a direct connection after the check is off', async () => {
    const port = await servers.origin((_, response) => response.end('fine'), 'origin');
    const http = client({ strictSsl: false }, { trusts: ['origin'] });
    const answer = http(get(`https://localhost:${port}/x`), never());
    const said = await answer.then(readText, (error: HttpError) => error.kind);
    expect(said).toBe('fine');
  });

  test('asks the system for its certificates once, and only when it must', async () => {
    const plain = await echo();
    const { proxy } = await inspected();
    const loadCertificates = vi.fn(async () => [authorityOf('inspector')]);
    const http = client(byProxy(proxy.port), { loadCertificates });
    await readText(await http(get(`http://127.0.0.1:${plain.port}/`), never()));
    expect(loadCertificates).not.toHaveBeenCalled();
    const all = ['a', 'b', 'c', 'd'].map(async (path) =>
      readText(await http(get(`https://origin.test/${path}`), never())),
    );
    expect(await Promise.all(all)).toEqual(['GET /a ', 'GET /b ', 'GET /c ', 'GET /d ']);
    expect(loadCertificates).toHaveBeenCalledOnce();
  });

  test('and holds a stream back until it ends still lets the whole answer through', async () => {
    const events = Array.from({ length: 200 }, (_, at) => `data: {"at":${at}}\n\n`);
    const port = await servers.origin((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events.slice(0, 100)) response.write(event);
      setTimeout(() => response.end(events.slice(100).join('')), 30);
    }, 'origin');
    const proxy = await servers.proxy({ originPort: port, inspect: true, buffer: true });
    const http = client(byProxy(proxy.port), { trusts: ['inspector'] });
    const response = await http(get('https://origin.test/'), never());
    expect(await readText(response)).toBe(events.join(''));
  });
});

describe('a machine that takes the connection and says nothing', () => {
  const limit = { connectTimeoutMs: 1000 };

  test('is a connection that timed out where TLS was due', async () => {
    const { port } = await servers.blackHole();
    const http = client({}, limit);
    const error = await failure(http(get(`https://127.0.0.1:${port}/`), never()));
    expect(error).toMatchObject({ kind: 'connectTimeout', host: `127.0.0.1:${port}` });
  });

  test('is a header time-out where an answer was due', async () => {
    const { port } = await servers.blackHole();
    const request = get(`http://127.0.0.1:${port}/`, { headersTimeoutMs: 60 });
    expect(await failure(client({}, limit)(request, never()))).toMatchObject({
      kind: 'headersTimeout',
      host: `127.0.0.1:${port}`,
    });
  });

  test.each(['http', 'https'])('is named when it is the %s proxy', async (scheme) => {
    const { port } = await servers.blackHole();
    const http = client({ proxy: `${scheme}://127.0.0.1:${port}` }, limit);
    const error = await failure(http(get('https://origin.test/'), never()));
    const host = `127.0.0.1:${port}`;
    expect(error).toMatchObject({ kind: 'connectTimeout', host, proxy: host });
  });

  test.each([
    ['behind TLS', (port: number) => [`https://127.0.0.1:${port}/`, ''] as const],
    ['as a proxy', (port: number) => ['https://origin.test/', `http://127.0.0.1:${port}`] as const],
    [
      'as a proxy of TLS',
      (port: number) => ['https://origin.test/', `https://127.0.0.1:${port}`] as const,
    ],
  ])('%s is let go by a stop, its socket too', async (_, at) => {
    const hole = await servers.blackHole();
    const [url, proxy] = at(hole.port);
    const http = client({ proxy });
    const stop = new AbortController();
    const reason = new Error('stopped by the user');
    const stopped = expect(http(get(url), stop.signal)).rejects.toBe(reason);
    const second = new AbortController();
    const alsoStopped = expect(http(get(url), second.signal)).rejects.toBe(reason);
    await vi.waitFor(() => expect(hole.open()).toBeGreaterThan(0));
    stop.abort(reason);
    await stopped;
    second.abort(reason);
    await alsoStopped;
    await vi.waitFor(() => expect(hole.open()).toBe(0));
  });

  test('stopped for one request goes on connecting for another', async () => {
    const origin = await echo();
    let open = () => {};
    const until = new Promise<void>((done) => (open = done));
    const proxy = await servers.proxy({ originPort: origin.port, until });
    const http = client(byProxy(proxy.port));
    const stop = new AbortController();
    const stopped = expect(http(get('http://origin.test/first'), stop.signal)).rejects.toThrow();
    const other = http(get('http://origin.test/second'), never()).then(readText);
    await vi.waitFor(() => expect(proxy.asked).toHaveLength(2));
    stop.abort(new Error('stop'));
    await stopped;
    open();
    expect(await other).toBe('GET /second ');
    expect(proxy.asked).toHaveLength(2);
    // What was stopped before it was sent never is.
    expect(origin.seen).toHaveLength(1);
  });

  test('stopped for one request does not fail the next, that came at once', async () => {
    const origin = await echo('origin');
    const proxy = await servers.proxy({ originPort: origin.port });
    const http = client(byProxy(proxy.port));
    for (let round = 0; round < 20; round++) {
      const stop = new AbortController();
      const first = http(get('https://origin.test/first'), stop.signal);
      const settled = expect(first).rejects.toThrow('stop');
      if (round % 2 === 0) await new Promise((done) => setImmediate(done));
      stop.abort(new Error('stop'));
      const second = http(get('https://origin.test/second'), never()).then(readText);
      await settled;
      expect(await second).toBe('GET /second ');
    }
  });
});

describe('settings that change', () => {
  test('count from the next request on, and what is under way ends as it began', async () => {
    let finish = () => {};
    const first = await servers.origin((_, response) => {
      response.write('begin ');
      finish = () => response.end('end');
    });
    const second = await echo();
    const [one, two] = [
      await servers.proxy({ originPort: first }),
      await servers.proxy({ originPort: second.port }),
    ];
    const settings = { ...plainNetwork, ...byProxy(one.port) };
    const change = createEmitter<void>();
    const http = client({}, { network: () => settings, onDidChangeNetwork: change.event });
    const begun = await http(get('http://origin.test/'), never());
    settings.proxy = byProxy(two.port).proxy;
    change.fire();
    const next = await http(get('http://origin.test/x'), never());
    expect(await readText(next)).toBe('GET /x ');
    finish();
    expect(await readText(begun)).toBe('begin end');
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
  });

  test('to what they were keep the connection', async () => {
    const origin = await echo();
    const proxy = await servers.proxy({ originPort: origin.port });
    const change = createEmitter<void>();
    const http = client(byProxy(proxy.port), { onDidChangeNetwork: change.event });
    for (let round = 0; round < 3; round++) {
      await readText(await http(get('http://origin.test/'), never()));
      await idle();
      change.fire();
    }
    expect(proxy.asked).toHaveLength(1);
  });

  test('are not read before the first request', async () => {
    const network = vi.fn(() => plainNetwork);
    const origin = await echo();
    const http = client({}, { network });
    expect(network).not.toHaveBeenCalled();
    await readText(await http(get(`http://127.0.0.1:${origin.port}/`), never()));
    expect(network).toHaveBeenCalledOnce();
  });
});
