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

/**
 * Leaves what the toolkit makes for components that we do not use out of the panel: each token of
 * its design, a table of key codes and the like is made by a call that the bundler cannot see to be pure.
 */
const usedPartsOfToolkit = {
  name: 'used-parts-of-toolkit',
  setup(esbuild) {
    const replaceIn = (filter, pattern, replacement) =>
      esbuild.onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replaceAll(pattern, replacement);
        if (contents === source) return { errors: [{ text: `${path} has another shape` }] };
        return { contents, loader: 'js' };
      });
    replaceIn(
      /webview-ui-toolkit[\\/]dist[\\/]design-tokens\.js$/,
      /^(export const \w+ = )(create\([^;]*);$/gm,
      '$1/* @__PURE__ */ (() => $2)();',
    );
    replaceIn(
      /fast-foundation[\\/]dist[\\/]esm[\\/]di[\\/]di\.js$/,
      /^(export const \w+ = )(create\w*\()/gm,
      '$1/* @__PURE__ */ $2',
    );
    replaceIn(
      /fast-web-utilities[\\/]dist[\\/]key-codes\.js$/,
      /^\(function \(KeyCodes\)/gm,
      '/* @__PURE__ */ (function (KeyCodes)',
    );
  },
};

const browser = { bundle: true, platform: 'browser', target: 'es2022', legalComments: 'none' };

/** How the scripts of the panel are built; the tests build them in the same way, in memory. */
export const webviewBuilds = [
  {
    ...browser,
    entryPoints: { webview: 'webview/main.ts' },
    format: 'iife',
    plugins: [lexerOfMarked, usedPartsOfToolkit],
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
