import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { RedirectListener } from '../../../src/core/auth/signIn/redirect.ts';
import { createLoopback } from '../../../src/node/signIn/loopback.ts';
import { recordingLog } from '../../support/credentials.ts';

const mediaFolder = join(import.meta.dirname, '../../../media');
const never = new AbortController().signal;
const opened: RedirectListener[] = [];
const toEnd: (() => void)[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((listener) => listener.close({ kind: 'signedIn' })));
  for (const end of toEnd.splice(0)) end();
});

async function listen(state = 'right', ports: readonly number[] = [0], log = recordingLog()) {
  const listener = await createLoopback({ mediaFolder, log, ports: () => ports })(state, never);
  opened.push(listener);
  return listener;
}

const at = (listener: RedirectListener, path: string) => new URL(path, listener.redirectUri).href;
const callback = (listener: RedirectListener, query: object) =>
  `${listener.redirectUri}?${new URLSearchParams({ ...query }).toString()}`;

/** A port on 127.0.0.1 that another program holds, and what that program was asked. */
async function takenPort(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const holder = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  toEnd.push(() => holder.close());
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { port: address.port, asked };
}

async function socketTo(listener: RedirectListener): Promise<Socket> {
  const { port, hostname } = new URL(listener.redirectUri);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  toEnd.push(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** True while the redirect has not come. */
async function isWaiting(listener: RedirectListener): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([listener.redirect, Promise.resolve(open)])) === open;
}

test('gives the code, and answers the browser only when all is decided', async () => {
  const listener = await listen();
  const page = fetch(callback(listener, { code: 'ac_1', state: 'right' }));
  expect(await listener.redirect).toEqual({ kind: 'code', code: 'ac_1' });
  await listener.close({ kind: 'signedIn' });
  const response = await page;
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('You are signed in');
});

test('the page loads nothing, runs nothing and is kept nowhere', async () => {
  const listener = await listen();
  const page = fetch(callback(listener, { code: 'ac_1', state: 'right' }));
  await listener.redirect;
  await listener.close({ kind: 'signedIn' });
  const response = await page;
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(await response.text()).not.toMatch(/<script|https?:|src=|@import|url\(/);
});

test('tells the browser why it failed, and takes no markup from that', async () => {
  const listener = await listen();
  const page = fetch(callback(listener, { code: 'ac_1', state: 'right' }));
  await listener.redirect;
  await listener.close({ kind: 'failed', message: 'No <b>$& "luck"</b>.' });
  const html = await (await page).text();
  expect(html).toContain('You are not signed in');
  expect(html).toContain('No &#60;b&#62;$&#38; &#34;luck&#34;&#60;/b&#62;.');
});

test('gives the error and its description', async () => {
  const listener = await listen();
  const query = { error: 'access_denied', error_description: 'not today', state: 'right' };
  void fetch(callback(listener, query)).catch(() => {});
  expect(await listener.redirect).toEqual({
    kind: 'error',
    error: 'access_denied',
    description: 'not today',
  });
});

test.each([
  ['a favicon', '/favicon.ico', 'GET', 404],
  ['a probe', '/', 'GET', 404],
  ['a path that only begins alike', '/auth/callback/x?code=1&state=right', 'GET', 404],
  ['no state', '/auth/callback?code=1', 'GET', 400],
  ['a wrong state', '/auth/callback?code=1&state=wrong', 'GET', 400],
  ['an error with a wrong state', '/auth/callback?error=access_denied&state=wrong', 'GET', 400],
  ['neither code nor error', '/auth/callback?state=right', 'GET', 400],
  ['an empty code', '/auth/callback?code=&state=right', 'GET', 400],
  ['another method', '/auth/callback?code=1&state=right', 'POST', 405],
  ['a look ahead', '/auth/callback?code=1&state=right', 'HEAD', 405],
  ['a cancel of somebody else', '/cancel', 'GET', 404],
  ['a cancel with a wrong state', '/cancel?state=wrong', 'GET', 404],
])('answers %s and goes on waiting', async (_, path, method, status) => {
  const listener = await listen();
  const response = await fetch(at(listener, path), { method });
  expect([response.status, await isWaiting(listener)]).toEqual([status, true]);
  void fetch(callback(listener, { code: 'ac_1', state: 'right' })).catch(() => {});
  expect(await listener.redirect).toEqual({ kind: 'code', code: 'ac_1' });
});

test('is cancelled by whoever knows the state', async () => {
  const listener = await listen();
  expect((await fetch(at(listener, '/cancel?state=right'))).status).toBe(200);
  expect(await listener.redirect).toEqual({ kind: 'cancel' });
});

test('the same redirect twice gets the same page twice', async () => {
  const listener = await listen();
  const answers = [await socketTo(listener), await socketTo(listener)].map((socket) => {
    socket.write('GET /auth/callback?code=ac_1&state=right HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return text(socket);
  });
  await listener.redirect;
  // Once this later one is answered, both of the others have been read.
  await fetch(at(listener, '/favicon.ico'));
  await listener.close({ kind: 'signedIn' });
  const pages = await Promise.all(answers);
  expect(pages.map((page) => page.includes('You are signed in'))).toEqual([true, true]);
});

test('reads a request that comes in small pieces and is longer than 8 KiB', async () => {
  const listener = await listen();
  const socket = await socketTo(listener);
  const code = `ac_${'x'.repeat(20_000)}`;
  const request = `GET /auth/callback?code=${code}&state=right HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  for (let from = 0; from < request.length; from += 1500) {
    socket.write(request.slice(from, from + 1500));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await listener.redirect).toEqual({ kind: 'code', code });
});

test.each([
  ['noise', '\u0000\u0016\u0003\u0001nonsense\r\n\r\n'],
  ['an impossible target', 'GET //[ HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['headers without end', `GET / HTTP/1.1\r\nX: ${'y'.repeat(100_000)}`],
])('survives %s', async (_, bytes) => {
  const listener = await listen();
  const socket = await socketTo(listener);
  const answered = new Promise<string>((resolve) =>
    socket.once('data', (data: Buffer) => resolve(data.toString('latin1'))),
  );
  socket.write(bytes);
  expect(await answered).toMatch(/^HTTP\/1\.1 4\d\d /);
  void fetch(callback(listener, { code: 'ac_1', state: 'right' })).catch(() => {});
  expect(await listener.redirect).toEqual({ kind: 'code', code: 'ac_1' });
});

test('frees the port at the end, though somebody holds a connection open', async () => {
  const listener = await listen();
  const { port } = new URL(listener.redirectUri);
  const half = await socketTo(listener);
  half.write('GET /auth/callback?code=1');
  await socketTo(listener);
  await Promise.all([listener.close({ kind: 'signedIn' }), listener.close({ kind: 'signedIn' })]);
  await expect(fetch(listener.redirectUri)).rejects.toThrow();
  const next = await listen('next', [Number(port)]);
  expect(next.redirectUri).toBe(listener.redirectUri);
});

test('goes to the second port when the first is taken, and leaves its holder alone', async () => {
  const { port, asked } = await takenPort();
  const listener = await listen('right', [port, 0]);
  expect(new URL(listener.redirectUri).port).not.toBe(String(port));
  expect(listener.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth\/callback$/);
  expect(asked).toEqual([]);
});

test('names the ports when both are taken', async () => {
  const ports = [(await takenPort()).port, (await takenPort()).port];
  const holders = ports.map((port) => ({
    port,
    name: expect.stringMatching(new RegExp(`^[\\w .()+-]+ \\(process ${process.pid}\\)$`)),
  }));
  await expect(listen('right', ports)).rejects.toMatchObject({
    failure: { kind: 'portsTaken', ports, ...(process.platform === 'linux' && { holders }) },
  });
});

test('listens on 127.0.0.1 and on no other address of the machine', async () => {
  const listener = await listen();
  const { port } = new URL(listener.redirectUri);
  const others = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
    .map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  for (const address of [...others, '127.0.0.2']) {
    await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
  }
});

test('signs in with plain words when the pages are missing', async () => {
  const log = recordingLog();
  const listener = await createLoopback({ mediaFolder: '/nowhere', log, ports: () => [0] })(
    'right',
    never,
  );
  opened.push(listener);
  const page = fetch(callback(listener, { code: 'ac_1', state: 'right' }));
  await listener.redirect;
  await listener.close({ kind: 'failed', message: 'No luck.' });
  expect(await (await page).text()).toBe('<p>No luck.</p>');
  expect(log.lines).toEqual(['cannot read signedIn.html', 'cannot read signInFailed.html']);
});

test('logs neither code nor state', async () => {
  const log = recordingLog();
  const listener = await listen('canary-state', [0], log);
  await fetch(callback(listener, { code: 'canary-code', state: 'wrong-canary' }));
  void fetch(callback(listener, { code: 'canary-code', state: 'canary-state' })).catch(() => {});
  await listener.redirect;
  expect(log.lines).toHaveLength(1);
  expect(log.lines.join()).not.toContain('canary');
});
