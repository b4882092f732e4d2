import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TurnView } from '../../src/protocol.ts';
import { launchPanelBrowser, type PanelBrowser } from './panelPage.ts';
import { snapshot, turn } from './panelScenes.ts';

let browser: PanelBrowser;

beforeAll(async () => {
  browser = await launchPanelBrowser();
}, 60_000);
afterAll(() => browser.close());

const coded = (id: string): TurnView =>
  turn({ id, parts: [{ kind: 'text', id: `${id}-text`, text: '```ts\nconst a = 1;\n```\n' }] });

test('the colours of code are fetched for the first block, and for nothing before it', async () => {
  const panel = await browser.open();
  const asked: string[] = [];
  panel.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await panel.tell(snapshot({ turns: [turn({ parts: [] })] }));
  expect(asked).toEqual([]);
  await panel.tell(snapshot({ chatId: 'chat-2', turns: [coded('one'), coded('two')] }));
  const coloured = panel.page.locator('pre:has([class^=hl-])');
  await expect.poll(() => coloured.count()).toBe(2);
  expect(asked).toEqual(['/highlight.js']);
  expect(panel.faults).toEqual([]);
  await panel.close();
});

test('code stays plain and whole when its colours cannot be loaded, and gets them with the next block', async () => {
  const panel = await browser.open();
  const address = /highlight\.js/;
  await panel.page.route(address, (route) => route.abort());
  await panel.tell(snapshot({ turns: [coded('one')] }));
  await expect
    .poll(() => panel.heard())
    .toEqual([
      { type: 'view/error', message: expect.stringContaining('its colours could not be loaded') },
    ]);
  const blocks = panel.page.locator('pre');
  expect(await blocks.allTextContents()).toEqual(['const a = 1;\n']);
  await panel.page.unroute(address);
  await panel.tell({ type: 'turn/add', turn: coded('two') });
  const coloured = panel.page.locator('pre:has([class^=hl-])');
  await expect.poll(() => coloured.count()).toBe(2);
  expect(new Set(await blocks.allTextContents()).size).toBe(1);
  await panel.close();
});
