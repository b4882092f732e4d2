import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openMarkdownPage, type MarkdownPage } from './markdownPage.ts';

let markdown: MarkdownPage;
beforeAll(async () => {
  markdown = await openMarkdownPage();
}, 60_000);
afterAll(() => markdown.close());
afterEach(async () => {
  expect(markdown.foreignRequests).toEqual([]);
  await expect.poll(() => markdown.page.evaluate('markdownPage.violations')).toEqual([]);
});

const formulas = () => markdown.page.locator('.md .math');
const typeset = () => markdown.page.locator('.md .math .katex');
const settled = () =>
  markdown.page.evaluate('new Promise((done) => requestIdleCallback(() => setTimeout(done, 50)))');

test('the typesetter is fetched for the first formula, not before', async () => {
  const asked: string[] = [];
  markdown.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await markdown.call('show', 'It costs $5 and $10, see `$HOME`.');
  await settled();
  expect(asked).toEqual([]);
  await markdown.call('show', 'Now $E = mc^2$.');
  await expect.poll(() => typeset().count()).toBe(1);
  expect(asked).toEqual(expect.arrayContaining(['/formula.js', '/formula.css']));
});

test('a formula is typeset, with MathML for screen readers, in text, lists, tables and quotes', async () => {
  const text =
    'So $a_1$ and \\(b\\).\n\n- $c$\n\n| x |\n|---|\n| $d^2$ |\n\n> $e$\n\n$$\nf = \\frac{1}{2}\n$$\n';
  await markdown.call('show', text);
  await expect.poll(() => typeset().count()).toBe(6);
  await expect.poll(() => markdown.page.locator('.md math').count()).toBe(6);
  await expect
    .poll(() => markdown.page.locator('.md .is-display').getAttribute('aria-label'))
    .toBe('Formula');
  const fonts = await markdown.page.evaluate<string[]>(
    'document.fonts.ready.then(() => [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family))',
  );
  expect(fonts).toContain('KaTeX_Math');
});

test('half a formula is shown as it is written until it is closed', async () => {
  await markdown.call('start', 'The sum $$ t = t_0 + 5\\,\\mathrm{h}');
  await expect
    .poll(() => markdown.page.locator('.md').textContent())
    .toBe('The sum $$ t = t_0 + 5\\,\\mathrm{h}');
  await markdown.call('append', ' $$ is *it*.');
  await expect.poll(() => typeset().count()).toBe(1);
  await expect.poll(() => markdown.call('remember', '.katex')).toBe(1);
  await markdown.call('append', ' And so on.');
  await markdown.call('append', '\n\nNext.');
  await markdown.call('end');
  await settled();
  await expect.poll(() => markdown.call('unchanged')).toEqual([true]);
});

test.each([
  ['what is no TeX', '$\\frac{1$'],
  ['an unknown command', '$\\nonsense{x}$'],
  ['a link', '$\\href{https://evil.example}{x}$'],
  ['a command of the editor', '$\\href{command:a.b}{x}$'],
  ['an address', '$\\url{https://evil.example}$'],
  ['an image', '$\\includegraphics{https://evil.example/x.png}$'],
  ['a class', '$\\htmlClass{tool}{x}$'],
  ['a style', '$\\htmlStyle{position:fixed}{x}$'],
  ['an id', '$\\htmlId{app}{x}$'],
  ['a definition', '$\\def\\a{xxxx}\\a$'],
  ['a definition of another kind', '$\\newcommand{\\a}{x}\\a$'],
  ['more macros than are expanded', `$$${'\\boxed{'.repeat(180)}x${'}'.repeat(180)}$$`],
  ['a matrix of hundreds of cells', `$$\\begin{matrix}${'1&'.repeat(500)}\\end{matrix}$$`],
])('%s is shown as it was written', async (_, source) => {
  await markdown.call('show', `${source} and $y$`);
  await expect.poll(() => typeset().count()).toBeGreaterThan(0);
  await settled();
  await expect.poll(() => formulas().first().textContent()).toBe(source);
  await expect
    .poll(() => markdown.page.locator('.md [href], .md [src], .md img, .md a').count())
    .toBe(0);
});

test('a wide formula scrolls in its own box, by the keyboard too', async () => {
  await markdown.page.setViewportSize({ width: 300, height: 700 });
  await markdown.call('show', `$$ ${'x_1 + '.repeat(60)} y $$`);
  await expect.poll(() => typeset().count()).toBe(1);
  const box = await markdown.page.evaluate<Record<string, number>>(
    `(() => { const m = document.querySelector('.math'); const p = document.querySelector('main');
      return { inner: m.scrollWidth - m.clientWidth, outer: p.scrollWidth - p.clientWidth, stop: m.tabIndex }; })()`,
  );
  expect(box['inner']).toBeGreaterThan(0);
  expect([box['outer'], box['stop']]).toEqual([0, 0]);
  await markdown.page.setViewportSize({ width: 420, height: 900 });
});

test('many formulas are typeset in pieces that leave the page free', async () => {
  await markdown.call('show', Array.from({ length: 600 }, (_, n) => `$x_{${n}}$`).join(' and\n\n'));
  const [least, most] = await markdown.page.evaluate<number[]>(`new Promise((done) => {
    const counts = [];
    const look = () => {
      counts.push(document.querySelectorAll('.math .katex').length);
      const steps = counts.slice(1).map((each, at) => each - counts[at]);
      if (counts.at(-1) === 600) done([Math.min(...counts), Math.max(...steps)]);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  })`);
  expect(least).toBeLessThan(600);
  expect(most).toBeLessThan(400);
});
