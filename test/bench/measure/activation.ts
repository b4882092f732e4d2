import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { root } from '../../bin/setup.mjs';
import type { Practice } from '../../e2e/practice.ts';
import type { Workbench } from '../../support/workbench.ts';
import { installVariants, type Figures, type Variants } from './activationVariants.ts';
import { withBench } from './bench.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

const rounds = Number(process.env['ACTIVATION_ROUNDS'] ?? 10);

/**
 * Starts of the extension host with this build, with an extension that does nothing, and with an
 * earlier build where the environment names its folder, in turns. Beside our own figures stand
 * those of the host, as "Developer: Show Running Extensions" shows them.
 */
export const activation: Measure = {
  title: `Activation in ${rounds} starts of the extension host for each build`,
  run: () => withBench({ prepareServer }, measure),
};

/** With a manifest beside its `dist`, as a checkout has it. */
const before = process.env['ACTIVATION_BEFORE'];

let variants: Variants | undefined;

async function prepareServer(dataDir: string): Promise<void> {
  const builds = { now: root, empty: undefined, ...(before === undefined ? {} : { before }) };
  variants = await installVariants(join(dataDir, 'extensions'), builds);
  await variants.set('now');
}

interface Start extends Figures {
  hostMs: number;
}

async function measure({ workbench }: Practice): Promise<readonly Row[]> {
  const names = ['now', 'empty', ...(before === undefined ? [] : ['before'])];
  const starts: Start[] = [];
  const first = await start(workbench, 'now');
  // The very first start of each fills the cache of compiled code.
  for (const name of names.slice(1)) await start(workbench, name);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) starts.push(await start(workbench, name));
  }
  const of = (name: string, read: (each: Start) => number) =>
    starts.filter(({ variant }) => variant === name).map(read);
  const nowHost = of('now', ({ hostMs }) => hostMs);
  return [
    atMost('this build, figure of the host, median', median(nowHost), 45, 'ms'),
    note('each', nowHost.join(', '), 'ms'),
    ...names.flatMap((name) => [
      note(`${name}: CPU, median`, median(of(name, ({ cpuMs }) => cpuMs)), 'ms'),
      note(
        `${name}: CPU until all is registered`,
        median(of(name, ({ readyCpuMs }) => readyCpuMs)),
        'ms',
      ),
      note(`${name}: wall time, median`, median(of(name, ({ wallMs }) => wallMs)), 'ms'),
      note(`${name}: figure of the host, median`, median(of(name, ({ hostMs }) => hostMs)), 'ms'),
    ]),
    ...(before === undefined ? [] : pairs(of)),
    note('the first start, before these: CPU', first.cpuMs, 'ms'),
    note('the first start, before these: figure of the host', first.hostMs, 'ms'),
  ];
}

/** Starts that followed on each other met the same moment of the machine. */
function pairs(of: (name: string, read: (each: Start) => number) => number[]): Row[] {
  const ratio = (read: (each: Start) => number) => {
    const then = of('before', read);
    return median(of('now', read).map((figure, at) => figure / (then[at] ?? NaN))).toFixed(2);
  };
  return [
    note(
      'this build to the one before: CPU, median of the pairs',
      ratio(({ cpuMs }) => cpuMs),
    ),
    note(
      'this build to the one before: CPU until all is registered',
      ratio(({ readyCpuMs }) => readyCpuMs),
    ),
    note(
      'this build to the one before: wall time',
      ratio(({ wallMs }) => wallMs),
    ),
  ];
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

async function start(workbench: Workbench, variant: string): Promise<Start> {
  if (!variants) throw new Error('There is nothing to start yet.');
  await variants.set(variant);
  const known = (await variants.figures()).length;
  await workbench.load();
  const deadlineMs = performance.now() + 60_000;
  for (;;) {
    const figures = (await variants.figures())[known];
    if (figures) return { ...figures, hostMs: await hostFigure(workbench) };
    if (performance.now() > deadlineMs) throw new Error(`${variant} was not activated.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Only visible rows are in the page, and the extensions that start fastest come last. */
async function scrollTo({ page }: Workbench, row: Locator): Promise<void> {
  const list = page.locator('.runtime-extensions-editor .monaco-list');
  await list.hover();
  for (let steps = 0; steps < 60 && !(await row.isVisible()); steps++) {
    // From the top again now and then, since the list is filled while it is read.
    await page.mouse.wheel(0, steps % 20 === 0 ? -10_000 : 300);
    await page.waitForTimeout(100);
  }
  await row.waitFor();
}

async function hostFigure(workbench: Workbench): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ hasText: /Codex Chat|codex-chat/ });
  const time = row.locator('.activation-time').filter({ hasText: 'ms' });
  await scrollTo(workbench, time);
  const [, ms] = /(\d+)\s*ms/.exec(await time.innerText()) ?? [];
  if (ms === undefined) throw new Error('The extension host gives no figure.');
  return Number(ms);
}
