/** KaTeX offers each font in three formats; every browser that we run in reads the first. */
const smallestFonts = {
  name: 'smallest-fonts',
  setup(esbuild) {
    esbuild.onResolve({ filter: /\.(?:woff|ttf)$/ }, () => ({ path: 'none', external: true }));
  },
};

const browser = { bundle: true, platform: 'browser', target: 'es2022', legalComments: 'none' };

/** How the scripts of the panel are built; the tests build them in the same way, in memory. */
export const webviewBuilds = [
  { ...browser, entryPoints: { webview: 'webview/main.ts' }, format: 'iife' },
  // What the panel fetches only when it is needed: the Usage page, colours of code, and formulas.
  {
    ...browser,
    entryPoints: {
      usage: 'webview/usage/page.ts',
      highlight: 'webview/markdown/highlight.ts',
      formula: 'webview/markdown/formula.ts',
    },
    format: 'esm',
    loader: { '.woff2': 'file' },
    assetNames: 'fonts/[name]',
    plugins: [smallestFonts],
  },
];
