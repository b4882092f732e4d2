import { createServer } from 'node:http';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { contentPolicy } from '../../src/vscode/chat/contentPolicy.ts';
import { buildPanelFiles, type PanelFiles } from './panelFiles.ts';

export interface MarkdownPage {
  readonly page: Page;
  /** Addresses that the page asked for and that are not its own parts. */
  readonly foreignRequests: readonly string[];
  /** Calls a function of `test/unit/webview/markdown/page.ts`. */
  call<T>(name: string, ...args: readonly unknown[]): Promise<T>;
  close(): Promise<void>;
}

const policy = contentPolicy("'self'", 'test');

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Markdown</title><link rel="stylesheet" href="/page.css"></head>
<body class="vscode-dark"><div class="codex"><main class="scroller"></main></div>
<script nonce="test" src="/page.js"></script></body></html>`;

/** The renderer in Chromium, under the content security policy of the chat view. */
export async function openMarkdownPage(): Promise<MarkdownPage> {
  const files = await bundle();
  const server = createServer((request, response) => {
    const file = files.get(request.url?.split('?')[0] ?? '');
    response.setHeader('content-type', file?.contentType ?? 'text/html').end(file?.body ?? html);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no address.');
  const origin = `http://127.0.0.1:${address.port}/`;
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 420, height: 900 } });
  const foreignRequests: string[] = [];
  page.on('request', (request) => {
    // The script of a worker is a text of the page's own.
    const own = request.url().replace(/^blob:/, '');
    if (!own.startsWith(origin)) foreignRequests.push(request.url());
  });
  await page.goto(origin);
  return {
    page,
    foreignRequests,
    call: (name, ...args) => page.evaluate(`markdownPage.${name}(...${JSON.stringify(args)})`),
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}

const sheets = ['base', 'controls', 'transcript', 'markdown', 'code', 'adapt'];

async function bundle(): Promise<PanelFiles> {
  const root = join(import.meta.dirname, '../..');
  const imports = sheets.map((name) => `@import './webview/styles/${name}.css';`).join('\n');
  const own = async (address: string, contentType: string, entry: BuildOptions) => {
    const options = { bundle: true, minify: true, format: 'iife', target: 'es2022' } as const;
    const { outputFiles } = await build({ ...options, ...entry, write: false });
    const [file] = outputFiles ?? [];
    return [address, { contentType, body: Buffer.from(file?.contents ?? []) }] as const;
  };
  return new Map([
    ...(await buildPanelFiles()),
    await own('/page.js', 'text/javascript', {
      entryPoints: [join(root, 'test/unit/webview/markdown/page.ts')],
    }),
    await own('/page.css', 'text/css', {
      stdin: { contents: imports, resolveDir: root, loader: 'css' },
    }),
  ]);
}
