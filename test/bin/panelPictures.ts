import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchPanelBrowser, type PanelPage } from '../browser/panelPage.ts';
import { commandLine, step } from './processes.mjs';
import { ensureChromium, root } from './setup.mjs';

const looks = [
  { name: 'dark', theme: 'dark-modern', width: 360 },
  { name: 'light', theme: 'light-modern', width: 360 },
  { name: 'hc-dark', theme: 'hc-dark', width: 360 },
  { name: 'hc-light', theme: 'hc-light', width: 360 },
  { name: 'narrow', theme: 'dark-modern', width: 300 },
  { name: 'roomy', theme: 'dark-modern', width: 520 },
] as const;

/** Takes a picture of the panel as it stands, under this name. */
export type TakePicture = (name: string) => Promise<unknown>;

/**
 * Opens the panel once in each look, or in those that the command line names, for pictures in
 * this folder of test-results/shots.
 */
export function takePanelPictures(
  folder: string,
  height: number,
  take: (panel: PanelPage, picture: TakePicture) => Promise<void>,
): Promise<void> {
  const shots = join(root, 'test-results/shots', folder);
  return commandLine(async () => {
    process.env['CHROMIUM'] = await ensureChromium();
    await mkdir(shots, { recursive: true });
    const browser = await launchPanelBrowser();
    const names = process.argv.slice(2);
    for (const { name, ...look } of looks) {
      if (names.length > 0 && !names.includes(name)) continue;
      await step(`Pictures of ${name}`, async () => {
        const panel = await browser.open({ ...look, height, scale: 2 });
        const picture: TakePicture = (state) =>
          panel.page.screenshot({ path: join(shots, `${name}-${state}.png`) });
        await take(panel, picture);
        await panel.close();
      });
    }
    await browser.close();
    return 0;
  });
}
