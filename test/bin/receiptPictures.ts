import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchPanelBrowser } from '../browser/panelPage.ts';
import { snapshot } from '../browser/panelScenes.ts';
import { receiptTurns } from '../browser/receiptScenes.ts';
import { commandLine, step } from './processes.mjs';
import { ensureChromium, root } from './setup.mjs';

/*
 * Takes pictures of the receipts under the turns, with their bills closed and open, for people to
 * look at, in test-results/shots/receipts. Names of looks pick those.
 */

const shots = join(root, 'test-results/shots/receipts');

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
      const panel = await browser.open({ ...look, height: 1_500, scale: 2 });
      await panel.tell(snapshot({ turns: [...receiptTurns] }));
      await panel.page.screenshot({ path: join(shots, `${name}-closed.png`) });
      for (const slip of await panel.page.locator('.receipt-text').all()) await slip.click();
      await panel.page.screenshot({ path: join(shots, `${name}-open.png`) });
      await panel.close();
    });
  }
  await browser.close();
  return 0;
});
