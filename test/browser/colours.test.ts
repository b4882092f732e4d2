import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
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
  expect(asked.filter((path) => path.startsWith('/')).toSorted()).toEqual([
    '/highlight.js',
    '/highlighter.js',
  ]);
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
      {
        type: 'view/error',
        message: expect.stringContaining('the highlighter could not be loaded'),
      },
    ]);
  const blocks = panel.page.locator('pre');
  await expect.poll(() => blocks.allTextContents()).toEqual(['const a = 1;\n']);
  await panel.page.unroute(address);
  await panel.tell({ type: 'turn/add', turn: coded('two') });
  const coloured = panel.page.locator('pre:has([class^=hl-])');
  await expect.poll(() => coloured.count()).toBe(2);
  expect(new Set(await blocks.allTextContents()).size).toBe(1);
  await panel.close();
});

test('code that a grammar never ends with stays plain, and neither the page nor the next block waits', async () => {
  const panel = await browser.open();
  const grammars = `export function work() {
    onmessage = ({ data: { code } }) => {
      while (code.includes('endless'));
      postMessage({ colours: ['hl-keyword', '', 'hl-string'], lengths: [5, 1, 1] });
    };
  }`;
  await panel.page.route(/highlight\.js/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: grammars }),
  );
  const text = '```ts\nconst endless = 1;\n```\n\n```ts\nconst a = 1;\n```\n';
  await panel.tell(snapshot({ turns: [turn({ parts: [{ kind: 'text', id: 'a', text }] })] }));
  await expect
    .poll(() => panel.page.locator('pre [class^=hl-]').count(), { timeout: 20_000 })
    .toBe(2);
  await expect
    .poll(() => panel.page.locator('pre').allTextContents())
    .toEqual(['const endless = 1;\n', 'const a = 1;\n']);
  await expect
    .poll(() => panel.page.locator('pre [class^=hl-]').allTextContents())
    .toEqual(['const', 'a']);
  expect(panel.faults).toEqual([]);
  await panel.close();
});

test('code whose worker fails stays plain, and the next block is colored by a new worker without a wait', async () => {
  const panel = await browser.open({ fakeTime: true });
  const grammars = `export function work() {
    let failed = false;
    onmessage = ({ data: { code } }) => {
      failed ||= code.includes('broken');
      if (failed) throw new Error('no grammar');
      postMessage({ colours: ['hl-keyword', '', 'hl-string'], lengths: [5, 1, 1] });
    };
  }`;
  await panel.page.route(/highlight\.js/, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: grammars }),
  );
  const text = '```ts\nconst broken = 1;\n```\n\n```ts\nconst a = 1;\n```\n';
  await panel.tell(snapshot({ turns: [turn({ parts: [{ kind: 'text', id: 'a', text }] })] }));
  const colored = panel.page.locator('pre [class^=hl-]');
  // The clock is moved by less than a worker may take, so it is the error that ends the first one.
  for (let moved = 0; moved < 40 && (await colored.count()) === 0; moved++) {
    await panel.page.clock.runFor(50);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await colored.allTextContents()).toEqual(['const', 'a']);
  await panel.close();
});
