import { mkdir, rm, writeFile } from 'node:fs/promises';
import { watch } from 'node:fs';
import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import { webviewBuilds } from './webview/build.mjs';
import { bundledPackages, noticesText } from './test/bin/notices.mjs';

/** While one works on the extension: readable code with source maps, built again after each change. */
const isWatching = process.argv.includes('--watch');
const sourcemap = isWatching ? 'inline' : false;

/** License texts go into dist/ThirdPartyNotices.txt, so the comments that repeat them are left out. */
const shared = {
  bundle: true,
  minify: !isWatching,
  sourcemap,
  logLevel: 'warning',
  legalComments: 'none',
  metafile: true,
  // Its build for Node reads files, which nothing here needs.
  alias: { '@vscode/l10n': '@vscode/l10n/dist/browser.js' },
};

/** The parts of undici that `src/node` imports; see `src/node/http/undici.ts`. */
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

/**
 * The extension in pieces: what an `import()` asks for is a file of its own. What a start needs is
 * one file, `extension-start.cjs`, because each file costs time; the editor loads `extension.cjs`,
 * which loads that one.
 */
async function buildExtension() {
  const { outputFiles, metafile } = await build({
    ...shared,
    entryPoints: { 'extension-start': 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'extension-[name]-[hash]',
    platform: 'node',
    format: 'esm',
    splitting: true,
    write: false,
    target: extensionTarget,
    external: ['vscode'],
    plugins: [undiciApart],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const ofStart = piecesOfStart(metafile.outputs);
  const later = [...texts].filter(([name]) => !ofStart.includes(name));
  await Promise.all([
    writeMain(),
    writeStart(ofStart, texts),
    ...later.map(([name, text]) => writeLater(name, text, ofStart)),
  ]);
  return { metafile };
}

const extensionTarget = 'node22';
const entryName = 'extension-start.cjs';
// Each `import()` becomes a `require`: the host need not start its loader of modules for it.
const asCommonJs = {
  platform: 'node',
  format: 'cjs',
  target: extensionTarget,
  supported: { 'dynamic-import': false },
};

/** Writes `extension.cjs`, the file that package.json names. */
async function writeMain() {
  const external = { path: `./${entryName}`, external: true };
  await build({
    ...shared,
    ...asCommonJs,
    entryPoints: { extension: 'src/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    plugins: [
      {
        name: 'start-apart',
        setup: (esbuild) => esbuild.onResolve({ filter: /\/extension\.ts$/ }, () => external),
      },
    ],
  });
}

/** Names of the files that the entry imports, directly or not, before anything asks for more. */
function piecesOfStart(outputs) {
  const found = new Set();
  const add = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (kind === 'import-statement' && !external) add(next);
    }
  };
  add(`dist/${entryName}`);
  return [...found].map((path) => basename(path));
}

/**
 * Joins the files of the start. The entry gives the later files what they share with it under
 * `pieces`. A file of a start that no later file asks for is left out there.
 */
async function writeStart(ofStart, texts) {
  const wanted = ofStart.filter((name) =>
    [...texts].some(([from, text]) => !ofStart.includes(from) && text.includes(`"./${name}"`)),
  );
  const contents = [
    `export { activate, deactivate } from './${entryName}';`,
    ...wanted.map((name) => `import * as ${pieceOf(name)} from './${name}';`),
    `export const pieces = { ${wanted.map(pieceOf).join(', ')} };`,
  ].join('\n');
  await build({
    ...shared,
    ...asCommonJs,
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    outfile: `dist/${entryName}`,
    external: ['vscode'],
    plugins: [{ name: 'pieces', setup: (esbuild) => servePieces(esbuild, ofStart, texts) }],
  });
}

function servePieces(esbuild, ofStart, texts) {
  esbuild.onResolve({ filter: /^\.\// }, ({ path }) => {
    const name = basename(path);
    return ofStart.includes(name) ? { path: name, namespace: 'piece' } : { path, external: true };
  });
  esbuild.onLoad({ filter: /./, namespace: 'piece' }, ({ path }) => ({
    contents: texts.get(path),
    loader: 'js',
  }));
}

const pieceOf = (name) => name.replaceAll(/\W/g, '_');

async function writeLater(name, text, ofStart) {
  const { code } = await transform(text, { ...asCommonJs, minify: !isWatching, sourcemap });
  const joined = code.replaceAll(/require\("\.\/([^"]+)"\)/g, (call, wanted) =>
    ofStart.includes(wanted) ? `require("./${entryName}").pieces.${pieceOf(wanted)}` : call,
  );
  await writeFile(`dist/${name}`, joined);
}

async function buildAll() {
  await rm('dist', { recursive: true, force: true });
  await mkdir('dist');
  const results = await Promise.all(bundles());
  const metafiles = results.map(({ metafile }) => metafile);
  const packages = await bundledPackages(metafiles, import.meta.dirname);
  await writeFile('dist/ThirdPartyNotices.txt', noticesText(packages));
}

const bundles = () => [
  buildExtension(),
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
    entryPoints: { responses: 'src/node/http/responses.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  }),
  ...webviewBuilds.map((options) => build({ ...shared, ...options, outdir: 'dist' })),
];

/** Builds again after each change; the two lines are what the build task of the editor waits for. */
async function rebuildOnChange() {
  let pending = Promise.resolve();
  let timer;
  const rebuild = async () => {
    console.log('build began');
    await buildAll().catch((error) => console.error(error.message));
    console.log('build ended');
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (pending = pending.then(rebuild)), 100);
  };
  for (const folder of ['src', 'webview']) watch(folder, { recursive: true }, soon);
  await (pending = rebuild());
}

await (isWatching ? rebuildOnChange() : buildAll());
