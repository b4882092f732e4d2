import { execFile } from 'node:child_process';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { createServers } from '../support/proxies.ts';

const script = fileURLToPath(new URL('../support/networkProbe.ts', import.meta.url));
const authority = fileURLToPath(new URL('../fixtures/tls/inspector-ca.pem', import.meta.url));
const servers = createServers();
afterEach(() => servers.closeAll());

/** What a process of its own gets from https://origin.test/ through an inspecting proxy. */
async function probe(environment: NodeJS.ProcessEnv) {
  const originPort = await servers.origin((_, response) => response.end('hello'), 'origin');
  const proxy = await servers.proxy({ originPort, inspect: true });
  const { PATH, SystemRoot } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, 'https://origin.test/'],
    {
      env: { PATH, SystemRoot, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, ...environment },
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    },
  );
  return { ...JSON.parse(stdout), asked: proxy.asked.length > 0 };
}

describe('in a process of its own, without options', () => {
  test('the proxy of the environment is used, and an authority that nobody trusts is refused', async () => {
    expect(await probe({})).toEqual({ told: 'tls', setsDispatcher: false, asked: true });
  });

  test('an authority in NODE_EXTRA_CA_CERTS is trusted', async () => {
    expect(await probe({ NODE_EXTRA_CA_CERTS: authority })).toMatchObject({ told: 'hello' });
  });

  test.runIf('getCACertificates' in tls && process.platform === 'linux')(
    'an authority of the operating system is trusted',
    async () => {
      expect(await probe({ SSL_CERT_FILE: authority })).toMatchObject({ told: 'hello' });
    },
  );
});
