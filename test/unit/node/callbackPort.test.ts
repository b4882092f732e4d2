import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { callbackPorts, listenOnFirstFree } from '../../../src/node/signIn/callbackPort.ts';
import { createLoopback } from '../../../src/node/signIn/loopback.ts';
import { recordingLog } from '../../support/credentials.ts';

const never = new AbortController().signal;
const mediaFolder = join(import.meta.dirname, '../../../media');
const toEnd: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of toEnd.splice(0)) await end();
});

function server(): Server {
  const made = createServer((_request, response) => response.end());
  toEnd.push(() => new Promise((resolve) => made.close(resolve)));
  return made;
}

async function openPort(): Promise<number> {
  const made = server();
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function freePort(): Promise<number> {
  const port = await openPort();
  await toEnd.pop()?.();
  return port;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error && 'failure' in error ? error.failure : error),
  );

test.each([
  [1455, [1455, 1457]],
  [1457, [1457, 1455]],
  [8123, [8123, 1455, 1457]],
])('a callback port of %i means the ports %j', (chosen, ports) => {
  const warnings: string[] = [];
  expect(callbackPorts(chosen, { warn: (text) => warnings.push(text) })).toEqual(ports);
  expect(warnings).toHaveLength(chosen === 8123 ? 1 : 0);
});

test('goes on to the next port, and disturbs no other window (S0-4)', async () => {
  const port = await freePort();
  const log = recordingLog();
  const other = await createLoopback({ mediaFolder, log, ports: () => [port] })('theirs', never);
  toEnd.push(() => other.close({ kind: 'signedIn' }));
  expect(await listenOnFirstFree(server(), [port, 0], log, never)).not.toBe(port);
  const failure = await failureOf(listenOnFirstFree(server(), [port], log, never));
  expect(failure).toEqual({
    kind: 'portsTaken',
    ports: [port],
    holders: [{ port, name: 'the sign-in of another VS Code window' }],
  });
  const open = Symbol('open');
  const pause = new Promise((resolve) => setImmediate(() => resolve(open)));
  expect(await Promise.race([other.redirect, pause])).toBe(open);
});

/** A program by the name `codex` that listens as the CLI's login does, and ends on `GET /cancel`. */
async function startCodex(port: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-cli-'));
  toEnd.push(() => rm(folder, { recursive: true }));
  const program = join(folder, 'codex');
  await copyFile(process.execPath, program);
  await chmod(program, 0o755);
  const script = join(folder, 'login.cjs');
  await writeFile(
    script,
    `require('node:http').createServer((request, response) => {
      response.end(() => request.url === '/cancel' && process.exit());
    }).listen(${port}, '127.0.0.1', () => console.log('up'));`,
  );
  const child = spawn(program, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  toEnd.push(() => (child.kill(), ended));
  await new Promise((resolve) => child.stdout.once('data', resolve));
}

test.runIf(process.platform === 'linux')(
  'asks a login of the Codex CLI to let go, but only when every port is taken',
  async () => {
    const ports = [await freePort(), await openPort()] as const;
    await startCodex(ports[0]);
    const log = recordingLog();
    expect(await listenOnFirstFree(server(), [ports[0], 0], log, never)).not.toBe(ports[0]);
    expect(await listenOnFirstFree(server(), ports, log, never)).toBe(ports[0]);
  },
);

test('ends with the signal', async () => {
  const ports = [await openPort()];
  const reason = new Error('cancelled');
  const listening = listenOnFirstFree(server(), ports, recordingLog(), AbortSignal.abort(reason));
  await expect(listening).rejects.toBe(reason);
});
