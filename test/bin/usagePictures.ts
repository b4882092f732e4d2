import { stillTimeMs } from '../browser/panelPage.ts';
import { scenes, snapshot } from '../browser/panelScenes.ts';
import { usageScene } from '../browser/usageScenes.ts';
import { sampleHeld, sampleWarning, usageSamples } from '../support/usageSample.ts';
import { takePanelPictures } from './panelPictures.ts';

/*
 * Takes pictures of the Usage page in all its states for people to look at, and of a chat with a
 * spent limit, the question before sending and a held message, in test-results/shots/usage. Names
 * of looks pick those.
 */

await takePanelPictures('usage', 1_300, async ({ page, tell }, take) => {
  await tell(snapshot(), { type: 'usage/open' });
  await page.locator('.usage').waitFor();
  for (const sample of usageSamples) {
    await tell(...usageScene(sample));
    await take(sample);
  }
  await page.keyboard.press('Escape');
  await tell(
    scenes['failures'] ?? snapshot(),
    { type: 'warning', warning: sampleWarning(stillTimeMs) },
    { type: 'scheduled', prompts: sampleHeld(stillTimeMs) },
  );
  await take('limit');
});
