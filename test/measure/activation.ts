import type { Practice } from '../e2e/practice.ts';
import type { Workbench } from '../support/workbench.ts';
import { withBench } from './bench.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

const starts = 10;

/** The extension host's own figures, as "Developer: Show Running Extensions" shows them. */
export const activation: Measure = {
  title: `Activation in ${starts} starts of the extension host`,
  run: () => withBench({}, measure),
};

async function measure({ workbench }: Practice): Promise<readonly Row[]> {
  const first = await activationMs(workbench);
  const figures: number[] = [];
  for (let at = 0; at < starts; at += 1) {
    await workbench.load();
    figures.push(await activationMs(workbench));
  }
  const sorted = figures.toSorted((a, b) => a - b);
  const median = ((sorted[starts / 2 - 1] ?? NaN) + (sorted[starts / 2] ?? NaN)) / 2;
  return [
    atMost('median', median, 50, 'ms'),
    note('each', figures.join(', '), 'ms'),
    // The very first start fills the cache of compiled code.
    note('the first one, before these', first, 'ms'),
  ];
}

async function activationMs(workbench: Workbench): Promise<number> {
  await workbench.statusBarItem('codexChat.quota').waitFor({ timeout: 60_000 });
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ hasText: /Codex Chat|codex-chat/ });
  const time = row.locator('.activation-time').filter({ hasText: 'ms' });
  await time.waitFor();
  const [, ms] = /(\d+)\s*ms/.exec(await time.innerText()) ?? [];
  if (ms === undefined) throw new Error('The extension host gives no figure.');
  return Number(ms);
}
