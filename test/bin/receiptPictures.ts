import { snapshot } from '../browser/panelScenes.ts';
import { receiptTurns } from '../browser/receiptScenes.ts';
import { takePanelPictures } from './panelPictures.ts';

/*
 * Takes pictures of the receipts under the turns, with their bills closed and open, for people to
 * look at, in test-results/shots/receipts. Names of looks pick those.
 */

await takePanelPictures('receipts', 1_500, async ({ page, tell }, take) => {
  await tell(snapshot({ turns: [...receiptTurns] }));
  await take('closed');
  for (const slip of await page.locator('.receipt-text').all()) await slip.click();
  await take('open');
});
