import { readFile } from 'node:fs/promises';

/** KaTeX offers each font in three formats; every browser that we run in reads the first. */
const smallestFonts = {
  name: 'smallest-fonts',
  setup(esbuild) {
    esbuild.onResolve({ filter: /\.(?:woff|ttf)$/ }, () => ({ path: 'none', external: true }));
  },
};

/**
 * Leaves only the lexer of marked in the panel, which draws the tokens itself: the module makes an
 * instance of everything when it is loaded, so the bundler cannot tell what is not needed.
 */
const lexerOfMarked = {
  name: 'lexer-of-marked',
  setup(esbuild) {
    esbuild.onLoad({ filter: /marked[\\/]lib[\\/]marked\.esm\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const [, exported] = /export\{([^}]*)\};/.exec(source) ?? [];
      const start = source.search(
        /var (\w+)=new (\w+);function (\w+)\(\w+,\w+\)\{return \1\.parse/,
      );
      const names = exported?.split(',').filter((name) => / as (?:Lexer|Tokenizer)$/.test(name));
      if (start < 0 || names?.length !== 2)
        return { errors: [{ text: 'marked has another shape than its lexer was cut from' }] };
      return { contents: `${source.slice(0, start)}export{${names.join(',')}};`, loader: 'js' };
    });
  },
};

const browser = { bundle: true, platform: 'browser', target: 'es2022', legalComments: 'none' };

/** How the scripts of the panel are built; the tests build them in the same way, in memory. */
export const webviewBuilds = [
  {
    ...browser,
    entryPoints: { webview: 'webview/main.ts' },
    format: 'iife',
    plugins: [lexerOfMarked],
  },
  // What the panel fetches only when it is needed: colours of code, images, the Usage page, the list
  // of chats, and formulas. The first two are modules with a function, whose text is the script of a
  // worker.
  {
    ...browser,
    entryPoints: { highlight: 'webview/markdown/highlight/highlightWorker.ts' },
    format: 'iife',
    banner: { js: 'export function work(){' },
    footer: { js: '}' },
  },
  {
    ...browser,
    entryPoints: { imageWorker: 'webview/images/imageWorker.ts' },
    format: 'iife',
    banner: { js: 'export function work(){' },
    footer: { js: '}' },
  },
  {
    ...browser,
    entryPoints: {
      usage: 'webview/usage/page.ts',
      history: 'webview/history/script.ts',
      highlighter: 'webview/markdown/highlight/highlighter.ts',
      formula: 'webview/markdown/formula/formula.ts',
    },
    format: 'esm',
    loader: { '.woff2': 'file' },
    assetNames: 'fonts/[name]',
    plugins: [smallestFonts],
  },
];
