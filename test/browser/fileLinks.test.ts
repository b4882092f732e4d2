import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { openMarkdownPage, type MarkdownPage } from './markdownPage.ts';

let markdown: MarkdownPage;
beforeAll(async () => {
  markdown = await openMarkdownPage();
}, 60_000);
afterAll(() => markdown.close());
beforeEach(async () => {
  await markdown.page.reload();
});
afterEach(async () => {
  expect(markdown.foreignRequests).toEqual([]);
  await expect.poll(() => markdown.page.evaluate('markdownPage.violations')).toEqual([]);
});

const answer = () => markdown.page.locator('.md');
const sent = () => markdown.page.evaluate<FromWebview[]>('markdownPage.sent');
const asked = async () =>
  (await sent()).flatMap((each) => (each.type === 'files/ask' ? each.references : []));
const learn = (...files: [string, boolean][]) =>
  markdown.call(
    'learn',
    files.map(([reference, exists]) => ({ reference, exists })),
  );

test('a path between backticks and the target of a link become links once the host has found them', async () => {
  await markdown.call(
    'show',
    'See `src/cart.ts:3`, [the cart](src/cart.ts#L3) and `total` or `src/gone.ts`.',
  );
  await expect
    .poll(() => answer().textContent())
    .toBe('See src/cart.ts:3, the cart (src/cart.ts#L3) and total or src/gone.ts.');
  await expect.poll(() => answer().getByRole('link').count()).toBe(0);
  await expect.poll(asked).toEqual(['src/cart.ts:3', 'src/cart.ts#L3', 'src/gone.ts']);
  await learn(['src/cart.ts:3', true], ['src/cart.ts#L3', true], ['src/gone.ts', false]);
  const links = answer().getByRole('link');
  await expect.poll(() => links.allTextContents()).toEqual(['src/cart.ts:3', 'the cart']);
  await expect
    .poll(() => answer().textContent())
    .toBe('See src/cart.ts:3, the cart and total or src/gone.ts.');
  await expect.poll(() => answer().locator('[href]').count()).toBe(0);
  await links.first().click();
  await links.last().press('Enter');
  expect((await sent()).slice(1)).toEqual([
    { type: 'file/open', reference: 'src/cart.ts:3' },
    { type: 'file/open', reference: 'src/cart.ts#L3' },
  ]);
});

test('a link stays one node while the answer grows behind it, and is asked for once', async () => {
  await markdown.call('start', 'In `src/a.ts:1` and');
  await expect.poll(asked).toEqual(['src/a.ts:1']);
  await markdown.call('append', ' so');
  await learn(['src/a.ts:1', true]);
  await markdown.call('append', ' on');
  await expect.poll(() => markdown.call('remember', '.md a')).toBe(1);
  for (let i = 0; i < 20; i++) await markdown.call('append', ' word');
  await markdown.call('append', ' `src/a.ts:1`\n\nnext');
  await markdown.call('end');
  await expect.poll(() => markdown.call('unchanged')).toEqual([true]);
  await expect.poll(() => answer().getByRole('link').count()).toBe(2);
  await expect.poll(() => asked()).toEqual(['src/a.ts:1']);
});

test.each([
  ['[x](javascript:alert(1))', 'x (javascript:alert(1))'],
  ['[x](command:a.b)', 'x (command:a.b)'],
  ['[x](file:///etc/passwd)', 'x (file:///etc/passwd)'],
  ['[x](//host/share/a.ts)', 'x (//host/share/a.ts)'],
  ['[x](\\\\\\\\host\\\\share)', 'x (\\\\host\\share)'],
  ['`\\\\host\\share\\a.ts`', '\\\\host\\share\\a.ts'],
  ['[top](#top)', 'top'],
])('%s is never asked for, and keeps its address', async (source, shown) => {
  await markdown.call('show', source);
  await markdown.page.waitForTimeout(150);
  await expect.poll(() => answer().textContent()).toBe(shown);
  await expect.poll(() => sent()).toEqual([]);
});

test('an image that is a file keeps its path', async () => {
  await markdown.call('show', '![The plan](docs/plan.png)');
  await expect.poll(() => answer().textContent()).toBe('Image: The plan (docs/plan.png)');
});

test('an answer of thousands of paths asks for 500 at the most, 50 at a time', async () => {
  const paths = Array.from({ length: 3_000 }, (_, at) => `\`src/a${at}.ts\``);
  await markdown.call('show', paths.map((path) => `- ${path}\n`).join(''));
  await expect.poll(async () => (await asked()).length).toBe(500);
  const sizes = (await sent()).map((each) => each.type === 'files/ask' && each.references.length);
  expect(sizes).toEqual(Array(10).fill(50));
});
