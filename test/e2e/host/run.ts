import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startBackend } from '../../backend/backend.ts';
import { root } from '../../bin/setup.mjs';
import { runExtensionTests } from '../../support/extensionHost.ts';

/*
 * Bundles the tests of this folder, runs them in a real extension host, shows what Mocha said and
 * leaves the figures in test-results/host.json.
 */

const results = join(root, 'test-results');
const work = join(results, 'host');
const said = join(work, 'said.txt');
const figures = join(results, 'host.json');
const folder = join(work, 'workspace');
const testsModule = join(work, 'suite.cjs');

await rm(work, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'notes.md'), '# Notes\n');
await writeFile(said, '');

const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test.ts'));
await build({
  stdin: {
    contents: [
      "import { runSuite } from './suite.ts';",
      `export const run = () => runSuite(() => { ${files.map((file) => `require('./${file}');`).join(' ')} });`,
    ].join('\n'),
    resolveDir: import.meta.dirname,
    loader: 'ts',
  },
  outfile: testsModule,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'mocha'],
  sourcemap: 'inline',
});

const backend = await startBackend();
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')));
const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(180_000)]);
try {
  process.exitCode = await runExtensionTests({
    folder,
    extensionDir: root,
    testsModule,
    server: {
      env: { EXTENSION_TEST_SAID: said, EXTENSION_TEST_FIGURES: figures },
      machineSettings: {
        'codexChat.baseUrl': backend.baseUrl,
        'codexChat.issuer': backend.issuer,
        'codexChat.apiBaseUrl': backend.apiBaseUrl,
      },
    },
    signal,
  });
} finally {
  await backend.stop();
  process.stdout.write(await readFile(said, 'utf8'));
}
