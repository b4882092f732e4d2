import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem, commandLine, step } from './processes.mjs';
import {
  buildVsix,
  ensureChromium,
  ensureCodeServer,
  ensureDependencies,
  loadTypeScript,
  requireNode,
} from './setup.mjs';

/*
 * Says how long the extension takes to activate: the extension host's own figures, as "Developer:
 * Show Running Extensions" shows them, from ten starts of a real VS Code.
 */

const starts = 10;
let home;

async function main() {
  requireNode();
  await ensureDependencies();
  process.env.CHROMIUM = await ensureChromium();
  await ensureCodeServer();
  const { vsix } = await step('Building the extension', buildVsix);
  await loadTypeScript();
  const { startCodeServer } = await import('../support/codeServer.ts');
  const { launchWorkbench } = await import('../support/workbench.ts');
  home = await mkdtemp(join(tmpdir(), 'codex-act-'));
  const server = await startCodeServer({ vsix, dataDir: join(home, 'server') });
  const workbench = await launchWorkbench(server, {
    folder: home,
    // The list draws only what fits, and has every extension in it.
    viewport: { width: 1280, height: 3000 },
  });
  const figures = [];
  try {
    // The first start fills caches that every later one finds filled.
    for (let at = 0; at <= starts; at += 1) {
      if (at > 0) await workbench.load();
      const text = await activationText(workbench);
      console.log(`  ${at === 0 ? 'first' : `${at}`.padStart(5)}  ${text}`);
      if (at > 0) figures.push(Number(/(\d+)\s*ms/.exec(text)?.[1]));
    }
  } finally {
    await workbench.close();
    await server.stop();
  }
  if (figures.some(Number.isNaN)) throw new Problem('A start showed no figure.');
  const sorted = figures.toSorted((a, b) => a - b);
  const median = (sorted[starts / 2 - 1] + sorted[starts / 2]) / 2;
  console.log(
    `\nActivation: median ${median} ms of ${starts} starts, ${sorted[0]} to ${sorted.at(-1)} ms`,
  );
  return 0;
}

async function activationText(workbench) {
  await workbench.statusBarItem('codexChat.quota').waitFor();
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ hasText: 'Codex Chat' });
  const time = row.locator('.activation-time');
  await time.filter({ hasText: 'ms' }).waitFor();
  return (await time.innerText()).trim();
}

async function cleanUp() {
  if (home) await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

await commandLine(main, cleanUp);
