import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  chromium,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { remove, type CodeServer } from './codeServer.ts';

export const extensionId = 'codex-chat.codex-chat';

export const chromiumOptions = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export interface WorkbenchOptions {
  readonly folder: string;
  /** Kept when given: the browser's half of the secrets and the window's state live there. */
  readonly profileDir?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Called before the first page is loaded. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

/** A VS Code window in headless Chromium. */
export interface Workbench {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Folder of the browser's profile. */
  readonly profileDir: string;
  /** Opens the folder, or opens it again as "Reload Window" does. */
  load(): Promise<void>;
  runCommand(title: string): Promise<void>;
  /** The document inside our visible webview. */
  chat(): FrameLocator;
  /** @param id - as given to `createStatusBarItem` */
  statusBarItem(id: string): Locator;
  statusBarTooltip(id: string): Promise<Locator>;
  dialog(): Locator;
  answerDialog(button: string): Promise<void>;
  notification(text: string | RegExp): Locator;
  /** Does what opens a browser tab and gives that tab. */
  externalPage(action: () => Promise<void>): Promise<Page>;
  /** Texts of the menu under the Accounts icon; the menu is closed again. */
  accountsMenu(): Promise<readonly string[]>;
  /** A second window on the same profile. Closing it closes its page alone. */
  openWindow(folder: string): Promise<Workbench>;
  close(): Promise<void>;
}

export async function launchWorkbench(
  server: CodeServer,
  options: WorkbenchOptions,
): Promise<Workbench> {
  const profileDir = options.profileDir ?? (await mkdtemp(join(tmpdir(), 'codex-chat-browser-')));
  const context = await chromium.launchPersistentContext(profileDir, {
    ...chromiumOptions,
    viewport: options.viewport ?? { width: 1280, height: 800 },
  });
  await options.prepare?.(context);
  const page = context.pages()[0] ?? (await context.newPage());
  const windowOn = (own: Page, folder: string, close: () => Promise<void>): Workbench => ({
    page: own,
    context,
    profileDir,
    load: () => load(own, server, folder),
    ...inWindow(own),
    async externalPage(action) {
      const [opened] = await Promise.all([context.waitForEvent('page'), action()]);
      return opened;
    },
    async openWindow(other) {
      const second = await context.newPage();
      const opened = windowOn(second, other, () => second.close());
      await opened.load();
      return opened;
    },
    close,
  });
  const workbench = windowOn(page, options.folder, async () => {
    await context.close();
    if (!options.profileDir) await remove(profileDir);
  });
  try {
    await workbench.load();
  } catch (error) {
    await workbench.close();
    throw error;
  }
  return workbench;
}

async function load(page: Page, server: CodeServer, folder: string): Promise<void> {
  await page.goto(workbenchAddress(server, folder), { waitUntil: 'commit' });
  const drawn = page.locator('.monaco-workbench .part.statusbar .statusbar-item');
  await drawn.first().waitFor({ timeout: 60_000 });
}

/** @param payload - pairs which the workbench takes from the address */
export function workbenchAddress(
  server: CodeServer,
  folder: string,
  payload: readonly (readonly [string, string])[] = [],
): string {
  const address = new URL(server.url);
  address.searchParams.set('folder', resolve(folder));
  if (payload.length > 0) address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

type InWindow = Omit<
  Workbench,
  'page' | 'context' | 'profileDir' | 'load' | 'externalPage' | 'openWindow' | 'close'
>;

function inWindow(page: Page): InWindow {
  const dialog = () => page.locator('.monaco-dialog-box');
  const statusBarItem = (id: string) => page.locator(`.statusbar-item[id="${extensionId}.${id}"]`);
  return {
    runCommand: (title) => runCommand(page, title),
    chat: () =>
      page
        .frameLocator(`iframe.webview.ready[src*="extensionId=${extensionId}"]:visible`)
        .frameLocator('iframe#active-frame'),
    statusBarItem,
    async statusBarTooltip(id) {
      const hover = page.locator('.workbench-hover-container .monaco-hover').last();
      await retry(async () => {
        // The bubble comes only to a mouse that moves onto the item, and not while its text changes.
        await page.mouse.move(640, 300);
        await statusBarItem(id).hover();
        await hover.waitFor({ timeout: 5_000 });
      });
      return hover;
    },
    dialog,
    answerDialog: (button) => dialog().getByRole('button', { name: button }).click(),
    notification: (text) => page.locator('.notification-list-item').filter({ hasText: text }),
    accountsMenu: () => accountsMenu(page),
  };
}

async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input.input');
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  await retry(async () => {
    // A webview which is still loading swallows keys, so the focus goes back to the workbench first.
    await page.evaluate('document.activeElement?.blur()');
    await page.keyboard.press('F1');
    await input.waitFor({ timeout: 1_000 });
    // A command that shows the panel may take the focus late, and the list with it.
    await input.fill(`>${title}`, { timeout: 2_000 });
    // The list is made once; a command that came later stands in the next one.
    await row.click({ timeout: 2_000 });
  });
}

async function accountsMenu(page: Page): Promise<readonly string[]> {
  await page.locator('.activitybar a[aria-label^="Accounts"]').click();
  const items = page.locator('.monaco-menu .action-item .action-label:visible');
  await items.first().waitFor();
  const texts = await items.allInnerTexts();
  await page.keyboard.press('Escape');
  await items.first().waitFor({ state: 'hidden' });
  return texts;
}

async function retry(attempt: () => Promise<void>, attempts = 10): Promise<void> {
  for (let left = attempts; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}
