import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchPanelBrowser, stillTimeMs, type PanelPage } from '../browser/panelPage.ts';
import { scenes, snapshot } from '../browser/panelScenes.ts';
import { usageScene } from '../browser/usageScenes.ts';
import { sampleHeld, sampleWarning, usageSamples } from '../support/usageSample.ts';
import { commandLine, step } from './processes.mjs';
import { ensureChromium, root } from './setup.mjs';

/*
 * Takes pictures of the Usage page in all its states for people to look at, in
 * test-results/shots/usage. Names of looks pick those.
 */

const shots = join(root, 'test-results/shots/usage');

const looks = [
  { name: 'dark', theme: 'dark-modern', width: 360 },
  { name: 'light', theme: 'light-modern', width: 360 },
  { name: 'hc-dark', theme: 'hc-dark', width: 360 },
  { name: 'hc-light', theme: 'hc-light', width: 360 },
  { name: 'narrow', theme: 'dark-modern', width: 300 },
  { name: 'roomy', theme: 'dark-modern', width: 520 },
] as const;

await commandLine(async () => {
  process.env['CHROMIUM'] = await ensureChromium();
  await mkdir(shots, { recursive: true });
  const browser = await launchPanelBrowser();
  const names = process.argv.slice(2);
  for (const { name, ...look } of looks) {
    if (names.length > 0 && !names.includes(name)) continue;
    await step(`Pictures of ${name}`, async () => {
      const panel = await browser.open({ ...look, height: 1_300, scale: 2 });
      await takePage(panel, name);
      await takeShelf(panel, name);
      await panel.close();
    });
  }
  await browser.close();
  return 0;
});

async function takePage({ page, tell }: PanelPage, look: string): Promise<void> {
  await tell(snapshot(), { type: 'usage/open' });
  await page.locator('.usage').waitFor();
  for (const sample of usageSamples) {
    await tell(...usageScene(sample));
    await page.screenshot({ path: join(shots, `${look}-${sample}.png`) });
  }
}

/** A chat with a spent limit, the question before sending and a held message. */
async function takeShelf({ page, tell }: PanelPage, look: string): Promise<void> {
  await page.keyboard.press('Escape');
  await tell(
    scenes['failures'] ?? snapshot(),
    { type: 'warning', warning: sampleWarning(stillTimeMs) },
    { type: 'held', held: sampleHeld(stillTimeMs) },
  );
  await page.screenshot({ path: join(shots, `${look}-limit.png`) });
}
