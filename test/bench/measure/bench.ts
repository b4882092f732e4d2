import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { startBackend } from '../../backend/backend.ts';
import { root } from '../../bin/setup.mjs';
import type { Practice } from '../../e2e/practice.ts';
import { remove, startCodeServer } from '../../support/codeServer.ts';
import { launchWorkbench } from '../../support/workbench.ts';

export interface BenchOptions {
  /** Called before the first page is loaded. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
  /** Called with the server's folder when the extension is installed and no window is open. */
  readonly prepareServer?: (dataDir: string) => Promise<void>;
}

/** Like the practice of the end-to-end tests, but with nothing in it that costs time unasked. */
export async function withBench<T>(
  options: BenchOptions,
  use: (bench: Practice) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'codex-bench-'));
  const folder = join(home, 'shop');
  await mkdir(folder);
  await writeFile(join(folder, 'cart.ts'), 'export const total = 42;\n');
  const backend = await startBackend({ pace: 0 });
  const ends: (() => Promise<void>)[] = [() => remove(home), () => backend.stop()];
  try {
    const server = await startCodeServer({
      vsix: join(root, 'codex-chat.vsix'),
      dataDir: join(home, 'server'),
      settings: { 'git.enabled': false },
      machineSettings: { 'codexChat.baseUrl': backend.baseUrl, 'codexChat.issuer': backend.issuer },
    });
    ends.push(() => server.stop());
    await options.prepareServer?.(server.dataDir);
    const workbench = await launchWorkbench(server, { folder, ...options });
    ends.push(() => workbench.close());
    return await use({ backend, server, workbench, folder, messages: [] });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}
