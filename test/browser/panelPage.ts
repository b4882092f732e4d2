import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import * as z from 'zod/mini';
import { type FromWebview, fromWebview } from '../../src/shared/protocol/fromWebview.ts';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import type { Localization } from '../../src/shared/l10n.ts';
import { contentPolicy } from '../../src/vscode/chat/contentPolicy.ts';
import { buildPanelFiles, type PanelFiles } from './panelFiles.ts';

export type Theme = 'dark-modern' | 'light-modern' | 'hc-dark' | 'hc-light';
export const themes: readonly Theme[] = ['dark-modern', 'light-modern', 'hc-dark', 'hc-light'];

/** The classes that VS Code puts on the body of a webview. */
const bodyClasses: Record<Theme, string> = {
  'dark-modern': 'vscode-dark',
  'light-modern': 'vscode-light',
  'hc-dark': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light vscode-high-contrast',
};

/** The moment at which the page's date stands still. */
export const stillTimeMs = 1_900_000_000_000;

const origin = 'http://panel.test';
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** A message without its number: the fake host numbers it. */
export type Unnumbered = ToWebview extends infer M
  ? M extends { seq: number }
    ? Omit<M, 'seq'>
    : never
  : never;

/** The panel in a page whose host is this object. */
export interface PanelPage {
  readonly page: Page;
  /** Tells the view, in order; resolves when the page has drawn it. */
  tell(...messages: readonly Unnumbered[]): Promise<void>;
  /** As `tell`, with a number that was not due. */
  tellWithGap(message: Unnumbered): Promise<void>;
  /** What the view has said so far; `ready` and questions about files come by themselves. */
  heard(): Promise<FromWebview[]>;
  /** How often the view has asked for all. */
  readyCount(): Promise<number>;
  /** Loads the page again as VS Code does when the view is shown anew; its saved state stays. */
  reshow(): Promise<void>;
  /** What the policy refused and what went wrong, which should be nothing. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface PanelOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
  readonly scale?: number;
  /** As the host gives it to the page; English without it. */
  readonly localization?: Localization;
  /** Timers stand still too, until the clock is moved; else only the date does. */
  readonly fakeTime?: boolean;
}

export interface PanelBrowser {
  open(options?: PanelOptions): Promise<PanelPage>;
  close(): Promise<void>;
}

export async function launchPanelBrowser(): Promise<PanelBrowser> {
  const [bundle, browser] = await Promise.all([
    buildPanelFiles(),
    chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--headless', '--process-per-site'],
    }),
  ]);
  const contexts = new Map<number, Promise<BrowserContext>>();
  const contextOf = ({ fakeTime, scale = 1 }: PanelOptions) => {
    const open = () =>
      browser.newContext({ deviceScaleFactor: scale, locale: 'en-GB', timezoneId: 'UTC' });
    // The clock is the context's, so who moves it has one alone. All others share one, and with it
    // the process of the pages, which takes longest to start.
    if (fakeTime === true) return open();
    const context = contexts.get(scale) ?? open();
    contexts.set(scale, context);
    return context;
  };
  return {
    open: async (options = {}) => openPanel(await contextOf(options), bundle, options),
    close: () => browser.close(),
  };
}

async function openPanel(
  context: BrowserContext,
  bundle: PanelFiles,
  options: PanelOptions,
): Promise<PanelPage> {
  const page = await context.newPage();
  await page.setViewportSize({ width: options.width ?? 360, height: options.height ?? 720 });
  const reducedMotion = options.reducedMotion === true ? 'reduce' : 'no-preference';
  await page.emulateMedia({ reducedMotion });
  const faults = watchFaults(page);
  await serve(page, bundle, options);
  if (options.fakeTime === true) await page.clock.install({ time: stillTimeMs - 60_000 });
  else await page.clock.setFixedTime(stillTimeMs);
  await page.addInitScript({ content: fakeApi });
  const load = () => page.goto(`${origin}/`, { waitUntil: 'load' });
  await load();
  if (options.fakeTime === true) await page.clock.pauseAt(stillTimeMs);

  let seq = 0;
  const post = async (messages: readonly (Unnumbered & { seq: number })[]) => {
    await page.evaluate(`hostSays(${JSON.stringify(messages)})`);
    await drawn(page, options.fakeTime === true);
  };
  // Parsed, so that every test also proves that the host would understand the view.
  const posts = async () => z.array(fromWebview).parse(await page.evaluate('posts'));
  return {
    page,
    faults,
    tell: (...messages) => post(messages.map((message) => ({ ...message, seq: (seq += 1) }))),
    tellWithGap: (message) => post([{ ...message, seq: (seq += 2) }]),
    heard: async () =>
      (await posts()).filter(({ type }) => type !== 'ready' && type !== 'files/ask'),
    readyCount: async () => (await posts()).filter(({ type }) => type === 'ready').length,
    reshow: async () => {
      await load();
    },
    close: () => (options.fakeTime === true ? context.close() : page.close()),
  };
}

/** Two frames: one for the view to draw in, one to see that it has. */
async function drawn(page: Page, fakeTime: boolean): Promise<void> {
  await page.evaluate('messagesHeard()');
  if (fakeTime) await page.clock.runFor(40);
  else await page.evaluate('twoFrames()');
}

function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') faults.push(line.text());
  });
  return faults;
}

/**
 * Runs in the page before anything else: the part of the host that lives there. Text, since a
 * transpiled function may call helpers that the page does not have.
 */
const fakeApi = `(() => {
  const posts = [];
  globalThis.hostSays = (list) => {
    for (const message of list) window.postMessage(message, '*');
  };
  globalThis.messagesHeard = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  globalThis.twoFrames = () => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
  });
  globalThis.posts = posts;
  globalThis.acquireVsCodeApi = () => ({
    postMessage: (message) => posts.push(structuredClone(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
})()`;

async function serve(page: Page, bundle: PanelFiles, options: PanelOptions): Promise<void> {
  const theme = options.theme ?? 'dark-modern';
  const ownFiles = new Map([
    ['/', { contentType: 'text/html', body: skeleton(theme, options.localization) }],
    ['/theme.css', { contentType: 'text/css', body: `${themeSheet(theme)}\n${defaultSheet}` }],
  ]);
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = ownFiles.get(pathname) ?? bundle.get(pathname);
    return file === undefined ? route.abort() : route.fulfill(file);
  });
}

function themeSheet(theme: Theme): string {
  return readFileSync(path(`../fixtures/themes/${theme}.css`), 'utf8');
}

/** What VS Code gives every webview, in the layer that it gives it in. */
const defaultSheet = `@layer vscode-default {
  body { padding: 0 20px; background-color: transparent; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
  a, a code { color: var(--vscode-textLink-foreground); }
  code { font-family: monospace; color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
  pre code { padding: 0; }
  blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border); }
}`;

const policy = contentPolicy(origin, 'n');

function skeleton(theme: Theme, localization: Localization = { language: 'en' }): string {
  const { language, bundle } = localization;
  const translations =
    bundle === undefined
      ? ''
      : `<script type="application/json" id="translations">${JSON.stringify(bundle)}</script>`;
  return `<!doctype html>
<html lang="${language}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Codex</title>
<link rel="stylesheet" href="theme.css">
<link rel="stylesheet" href="webview.css">
</head>
<body class="${bodyClasses[theme]}">${translations}<div id="app"></div><script nonce="n" src="webview.js"></script></body>
</html>`;
}
