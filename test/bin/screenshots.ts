import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  lastAnswer,
  openChat,
  send,
  signIn,
  startPractice,
  type Practice,
  type StartedPractice,
} from '../e2e/practice.ts';
import { commandLine, step } from './processes.mjs';
import { buildVsix, ensureChromium, ensureCodeServer, root } from './setup.mjs';

/*
 * Takes pictures of the panel in a real workbench for people to look at, in test-results/shots.
 * Names of looks pick those; with --readme the dark one also renews media/screenshot.png.
 */

const shots = join(root, 'test-results/shots');

const looks = [
  { name: 'dark', theme: 'Default Dark Modern', panel: 420 },
  { name: 'light', theme: 'Default Light Modern', panel: 420 },
  { name: 'hc-dark', theme: 'Default High Contrast', panel: 420 },
  { name: 'hc-light', theme: 'Default High Contrast Light', panel: 420 },
  { name: 'narrow', theme: 'Default Dark Modern', panel: 300 },
] as const;

const answer = `The loop sums the lines right; the **discount** is where it goes wrong.

## What happens

1. \`sum * discountPercent\` treats 10 as ten *times*, not ten percent.
2. The result turns negative for any discount above 1.

| Discount | Expected | Now |
| --- | ---: | ---: |
| 0 % | 42.00 | 42.00 |
| 10 % | 37.80 | −378.00 |

## The mended line

\`\`\`ts
export function total(lines: readonly Line[], discountPercent = 0): number {
  const sum = lines.reduce((all, line) => all + line.cents * line.count, 0);
  return Math.round(sum * (1 - discountPercent / 100)); // whole cents
}
\`\`\`

> Rounding at the end keeps the total in whole cents.
`;

const usageLimit = () => ({
  error: {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: 'plus',
    resets_at: Math.round(Date.now() / 1000) + 8_000,
  },
});

let running: StartedPractice | undefined;

await commandLine(
  async () => {
    process.env['CHROMIUM'] = await ensureChromium();
    await ensureCodeServer();
    await buildVsix();
    await mkdir(shots, { recursive: true });
    const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
    for (const look of looks.filter(({ name }) => names.length === 0 || names.includes(name))) {
      await step(`Pictures of ${look.name}`, async () => {
        running = await startPractice({ settings: { 'workbench.colorTheme': look.theme } });
        await takeAll(running, look);
        await running.stop();
      });
    }
    return 0;
  },
  async () => running?.stop(),
);

async function takeAll(practice: Practice, look: (typeof looks)[number]): Promise<void> {
  const { workbench, backend } = practice;
  const take = async (state: string) => {
    await workbench.page.mouse.move(500, 300);
    await workbench.page.screenshot({ path: join(shots, `${look.name}-${state}.png`) });
  };
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText('Sign in with ChatGPT').waitFor();
  await resizePanel(practice, look.panel);
  await take('1-signed-out');

  await (await signIn(practice)).close();
  await openChat(practice);
  await workbench.chat().getByText('What’s next').waitFor();
  await take('2-start');

  backend.control.setUsage('ada@example.com', { fiveHourPercent: 41, weeklyPercent: 18 });
  await workbench.runCommand('Codex: Refresh Usage');
  backend.control.script({
    kind: 'text',
    text: answer,
    reasoning:
      '**Reading the cart**\n\nThe discount is given in percent, yet it is multiplied as it is.',
    pace: 300,
  });
  await send(workbench, 'Why is the total wrong when I give a discount of 10 percent?');
  await lastAnswer(workbench).getByText('What happens').waitFor();
  await take('3-streaming');
  await workbench.chat().getByRole('button', { name: /^Send/ }).waitFor();
  await take('4-answer');
  if (look.name === 'dark' && process.argv.includes('--readme')) {
    // What the turn took is booked at its end, and known when the quota is read again.
    backend.control.setUsage('ada@example.com', { fiveHourPercent: 43, weeklyPercent: 18.4 });
    await workbench.runCommand('Codex: Refresh Usage');
    await workbench.chat().locator('.receipt-text').filter({ hasText: '%' }).waitFor();
    await openFile(practice, 'cart.ts');
    await take('readme');
    await copyFile(join(shots, 'dark-readme.png'), join(root, 'media/screenshot.png'));
  }

  backend.control.script({ kind: 'status', status: 429, body: usageLimit() });
  await send(workbench, 'And with two discounts?');
  await workbench.chat().getByRole('article').last().getByLabel('Error').waitFor();
  await take('5-limit');
  await workbench.statusBarTooltip('codexChat.quota');
  await workbench.page.screenshot({ path: join(shots, `${look.name}-6-quota.png`) });
}

/** Drags the side bar's sash until the panel has the width. */
async function resizePanel({ workbench: { page } }: Practice, width: number): Promise<void> {
  const panel = await page.locator('.part.auxiliarybar').boundingBox();
  if (!panel) return;
  const sashes = await page.locator('.monaco-sash.vertical:not(.disabled)').all();
  const boxes = await Promise.all(sashes.map((sash) => sash.boundingBox()));
  const sash = boxes.find((box) => box && Math.abs(box.x + box.width / 2 - panel.x) < 8);
  if (!sash) return;
  const from = { x: sash.x + sash.width / 2, y: sash.y + sash.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + panel.width - width, from.y, { steps: 4 });
  await page.mouse.up();
}

async function openFile(
  { workbench: { page, runCommand } }: Practice,
  name: string,
): Promise<void> {
  await runCommand('Go to File...');
  const input = page.locator('.quick-input-widget input.input');
  await input.fill(name);
  await page.locator('.quick-input-list .monaco-list-row').first().click();
  await page.locator('.monaco-editor .view-line').nth(3).waitFor();
  await page.getByText('Activating Extensions').waitFor({ state: 'hidden' });
}
