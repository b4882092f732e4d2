import { createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as entry from 'undici';
import { Agent, buildConnector, send } from '../../../src/node/http/undici.ts';

const fromHere = createRequire(import.meta.url);

test('the agent and the connector are those that the public entry exports', () => {
  expect(Agent).toBe(entry.Agent);
  expect(buildConnector).toBe(entry.buildConnector);
});

test('a request is the function that the public entry gives its dispatchers as a method', () => {
  expect(fromHere('undici/lib/api').request).toBe(send);
});

test('the connector returns the socket that it opens, so that it can be cut off', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const socket = buildConnector({})(
    { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, protocol: 'http:', port: `${port}` },
    () => {},
  );
  await new Promise((resolve) => socket.once('connect', resolve));
  expect(socket.remotePort).toBe(port);
  socket.destroy();
  server.close();
});

test('loading these files leaves the dispatcher of the process as it was', () => {
  const script = `
    for (const file of ['api/api-request', 'core/connect', 'dispatcher/agent'])
      require('undici/lib/' + file + '.js');
    const before = globalThis[Symbol.for('undici.globalDispatcher.1')];
    require('undici');
    const after = globalThis[Symbol.for('undici.globalDispatcher.1')];
    console.log(before === undefined, after === undefined);
  `;
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(stdout.trim()).toBe('true false');
});
