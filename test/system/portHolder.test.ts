import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { nameHolder, type PortHolderDeps } from '../../src/node/signIn/portHolder.ts';

const never = new AbortController().signal;

/** A machine whose programs say what the table holds, by the beginning of their call. */
function machine(platform: NodeJS.Platform, answers: Record<string, string>): PortHolderDeps {
  return {
    platform,
    procFolder: '/nowhere',
    systemRoot: 'C:\\Windows',
    run: async (file, args) => {
      const call = `${file} ${args.join(' ')}`;
      const found = Object.entries(answers).find(([start]) => call.startsWith(start));
      if (!found) throw new Error(`no answer to ${call}`);
      return found[1];
    },
  };
}

const netstat = [
  'Aktive Verbindungen',
  '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
  '  TCP    0.0.0.0:14550          0.0.0.0:0              ABHÖREN          4',
  '  TCP    127.0.0.1:1455         127.0.0.1:50211        HERGESTELLT      77',
  '  TCP    127.0.0.1:1455         0.0.0.0:0              ABHÖREN          4711',
].join('\r\n');

test('names the listener on macOS', async () => {
  const mac = machine('darwin', {
    '/usr/sbin/lsof -nP -iTCP:1455': 'p812\ncCode Helper (Plugin)\nf23\n',
  });
  expect(await nameHolder(1455, never, mac)).toEqual({
    port: 1455,
    name: 'Code Helper (Plugin) (process 812)',
  });
});

test('names the listener on Windows, whatever its language, and no one who is only connected', async () => {
  const windows = machine('win32', {
    'C:\\Windows\\System32\\netstat.exe -ano': netstat,
    'C:\\Windows\\System32\\tasklist.exe /FI PID eq 4711':
      '"codex.exe","4711","Console","1","12.000 K"\r\n',
  });
  expect(await nameHolder(1455, never, windows)).toEqual({
    port: 1455,
    name: 'codex.exe (process 4711)',
  });
  expect(await nameHolder(1457, never, windows)).toBeUndefined();
});

test.runIf(process.platform === 'linux')('names the listener on Linux', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await nameHolder(port, never)).toMatchObject({
    port,
    name: expect.stringContaining(`(process ${process.pid})`),
  });
  await new Promise((resolve) => server.close(resolve));
  expect(await nameHolder(port, never)).toBeUndefined();
});

test.each([
  ['a program that fails', machine('darwin', {})],
  ['a program that says something else', machine('darwin', { '/usr/sbin/lsof': '<oops>' })],
  ['no process table', machine('linux', {})],
])('says nothing by %s', async (_, deps) => {
  expect(await nameHolder(1455, never, deps)).toBeUndefined();
});

test('repeats no name that is more than a name', async () => {
  const sly = machine('darwin', { '/usr/sbin/lsof': 'p1\nc[click](command:evil)\n' });
  expect(await nameHolder(1455, never, sly)).toEqual({ port: 1455, name: 'a program (process 1)' });
});
