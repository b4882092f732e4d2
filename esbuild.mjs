import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const shared = { bundle: true, minify: true, logLevel: 'warning', legalComments: 'none' };

/** The parts of undici that `src/node` imports; see `src/node/undici.d.ts`. */
const undiciParts = [
  'undici/lib/api/api-request.js',
  'undici/lib/core/connect.js',
  'undici/lib/dispatcher/agent.js',
];

/** Leaves undici in a file of its own: the first request loads it, and a start need not read it. */
const undiciApart = {
  name: 'undici-apart',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^undici\/lib\// }, ({ path }) => {
      if (!undiciParts.includes(path))
        return { errors: [{ text: `${path} is not in undici.cjs` }] };
      return { path, namespace: 'undici' };
    });
    esbuild.onResolve({ filter: /^\.\/undici\.cjs$/ }, ({ path }) => ({ path, external: true }));
    esbuild.onLoad({ filter: /./, namespace: 'undici' }, ({ path }) => ({
      contents: `module.exports = require('./undici.cjs')[${JSON.stringify(path)}];`,
    }));
  },
};

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.cjs',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    plugins: [undiciApart],
  }),
  build({
    ...shared,
    stdin: {
      contents: undiciParts
        .map((part) => `exports[${JSON.stringify(part)}] = require(${JSON.stringify(part)});`)
        .join('\n'),
      resolveDir: import.meta.dirname,
    },
    outfile: 'dist/undici.cjs',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
  }),
  // The Responses client alone: no editor in it, so that a plain Node program can load it.
  build({
    ...shared,
    entryPoints: { responses: 'src/node/responses.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  }),
  build({
    ...shared,
    entryPoints: { webview: 'webview/main.ts' },
    outdir: 'dist',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  }),
  // What the panel fetches only when it is needed: the Usage page, and the colours of code.
  build({
    ...shared,
    entryPoints: { usage: 'webview/usage/page.ts', highlight: 'webview/markdown/highlight.ts' },
    outdir: 'dist',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
  }),
]);
