import { chromium } from 'playwright-core';
import { resolve } from 'node:path';
import { startCodeServer, type CodeServerOptions } from './codeServer.ts';
import { chromiumOptions, workbenchAddress } from './workbench.ts';

export interface ExtensionTestOptions {
  readonly folder: string;
  /** The extension's own folder, built but not packed. */
  readonly extensionDir: string;
  /** A CommonJS module whose exported `run` fails when a test fails. */
  readonly testsModule: string;
  readonly server: CodeServerOptions;
  readonly signal: AbortSignal;
}

/** Runs a module of tests inside a real extension host and gives its exit code. */
export async function runExtensionTests(options: ExtensionTestOptions): Promise<number> {
  const server = await startCodeServer({ ...options.server, testDriver: true });
  const browser = await chromium.launch(chromiumOptions);
  try {
    const page = await browser.newPage();
    const { host } = new URL(server.url);
    const remote = (path: string) => `vscode-remote://${host}${resolve(path)}`;
    const ended = new Promise<number>((done, fail) => {
      options.signal.addEventListener('abort', () => fail(options.signal.reason));
      void page.exposeFunction('codeAutomationExit', done);
    });
    const payload = [
      ['extensionDevelopmentPath', remote(options.extensionDir)],
      ['extensionTestsPath', remote(options.testsModule)],
      ['skipWelcome', 'true'],
    ] as const;
    await page.goto(workbenchAddress(server, options.folder, payload));
    return await ended;
  } finally {
    await browser.close();
    await server.stop();
  }
}
