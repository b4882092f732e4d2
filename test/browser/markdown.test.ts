import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as z from 'zod/mini';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { documents, soup } from '../support/markdownDocuments.ts';
import { openMarkdownPage, type MarkdownPage } from './markdownPage.ts';

const input = z.union([
  z.string(),
  z.object({ chunks: z.array(z.string()) }),
  z.object({ repeat: z.tuple([z.string(), z.string(), z.number(), z.string()]) }),
  z.object({ nest: z.tuple([z.string(), z.string(), z.number()]) }),
  z.object({ table: z.tuple([z.number(), z.number()]) }),
  z.object({ backticks: z.number() }),
]);
const expectations = z.record(z.string(), z.unknown());
const { items } = z
  .object({ items: z.array(z.object({ id: z.string(), input, expect: expectations })) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/hostile.json'), 'utf8')));

let markdown: MarkdownPage;
beforeAll(async () => {
  markdown = await openMarkdownPage();
}, 60_000);
afterAll(() => markdown.close());
afterEach(async () => {
  expect(markdown.foreignRequests).toEqual([]);
  await expect.poll(() => markdown.page.evaluate('markdownPage.violations')).toEqual([]);
});

describe('hostile text', () => {
  test.each(items)('$id meets its expectations, whole and streamed', async (item) => {
    const whole = expand(item.input);
    const pieces =
      typeof item.input === 'object' && 'chunks' in item.input ? item.input.chunks : cut(whole);
    const check = (chunks: readonly string[], slack: number) =>
      markdown.call<{ faults: string[] }>('check', chunks, {
        ...item.expect,
        ...(typeof item.expect['max_ms'] === 'number' && { max_ms: item.expect['max_ms'] * slack }),
      });
    // A shared machine may be slow for a moment; a bomb that goes off takes minutes.
    expect((await check([whole], 5)).faults).toEqual([]);
    expect((await check(pieces, 20)).faults).toEqual([]);
  });

  test.each([
    ['emphasis openers', '*a _b '.repeat(3_000)],
    ['nested links', '[a]('.repeat(4_900)],
    ['nested brackets', `${'['.repeat(1_900)}a${']'.repeat(1_900)}`],
    ['lazy quotes', `${'> '.repeat(31)}a\nb\n`.repeat(40)],
    ['quotes in lists', '> - '.repeat(2_000)],
    [
      'ordered lists in depth',
      Array.from({ length: 200 }, (_, k) => ' '.repeat(3 * k) + '1. a\n').join(''),
    ],
    ['tildes and code', '~~a`b'.repeat(2_000)],
    ['escape openers', '\u001b]'.repeat(100_000)],
    ['unfinished references', '[a][b'.repeat(3_000)],
  ])(
    'does not hang on %s',
    async (_, text) => {
      expect(
        (await markdown.call<{ faults: string[] }>('check', [text], { max_ms: 10_000 })).faults,
      ).toEqual([]);
      expect(
        (await markdown.call<{ faults: string[] }>('check', cut(text), { max_ms: 40_000 })).faults,
      ).toEqual([]);
    },
    60_000,
  );

  test('a text of more than 2 MB is cut, and says so', async () => {
    const expected = { count: { '.cut': 1 }, text: ['longer than 2 MB'] };
    const { faults } = await markdown.call<{ faults: string[] }>(
      'check',
      ['word '.repeat(500_000)],
      expected,
    );
    expect(faults).toEqual([]);
  }, 60_000);
});

describe('streaming', () => {
  const runs = (source: fc.Arbitrary<string>, numRuns: number, seed: number) =>
    fc.assert(
      fc.asyncProperty(
        source,
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        async (text, lengths, drawn) => {
          const chunks = cutBy(text, lengths);
          const { got, want } = await markdown.call<{ got: string; want: string }>(
            'compare',
            chunks,
            drawn,
          );
          expect(got).toBe(want);
        },
      ),
      { numRuns, seed },
    );

  test('documents cut anywhere end like the whole text', () => runs(documents, 400, 1), 120_000);
  test('random marks cut anywhere end like the whole text', () => runs(soup, 300, 2), 120_000);
});

test('a text of any length loses no word, however it is cut', async () => {
  const leads = ['', '- ', '  - ', '    - ', '1. ', '> ', '> - ', '    ', '  ', '# ', '- > '];
  const block = fc.record({
    lead: fc.constantFrom(...leads),
    lines: fc.constantFrom(1, 3, 40, 700),
    words: fc.constantFrom(1, 8, 1_500),
    end: fc.constantFrom('', '\n', '\n\n'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(block, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1_000, max: 40_000 }), { minLength: 1, maxLength: 6 }),
      async (blocks, lengths) => {
        let count = 0;
        const line = ({ lead, words }: (typeof blocks)[number]) =>
          lead + Array.from({ length: words }, () => `w${count++}x`).join(' ');
        const text = blocks
          .map((each) => {
            const lines = each.words > 100 ? 1 : each.lines;
            return Array.from({ length: lines }, () => line(each)).join('\n') + each.end;
          })
          .join('\n');
        const shown = await markdown.call<string[]>('shownWords', cutBy(text, lengths), [true]);
        expect(shown).toEqual(Array.from({ length: count }, (_, at) => `w${at}x`));
      },
    ),
    { numRuns: 40, seed: 3 },
  );
}, 120_000);

describe('blocks', () => {
  const answer = () => markdown.page.locator('.md');
  const calls = () => markdown.page.evaluate<unknown[][]>('markdownPage.calls.splice(0)');

  test('settled blocks keep their nodes and texts to the end', async () => {
    const { settled, ...changed } = await markdown.call<Record<string, number>>('longIdentity');
    expect(changed).toEqual({ replaced: 0, touched: 0 });
    expect(settled).toBeGreaterThan(500);
  });

  test('a selection and the focus in the open block outlive its growth', async () => {
    await markdown.call('start', '- one [link](https://e.example) tail');
    await markdown.call('select', 'li');
    await answer().getByRole('link').focus();
    for (let i = 0; i < 200; i++) await markdown.call('append', i % 9 ? ' w**o**rd' : '\n- item');
    await expect.poll(() => markdown.call('selected')).toBe('one link tail');
    await expect
      .poll(() => markdown.page.evaluate('document.activeElement.textContent'))
      .toBe('link');
  });

  test('an open fence shows as code at once and gets its buttons when it closes', async () => {
    await markdown.call('start', 'text\n\n```ts src/a.ts\nlet a = 1;\nlet');
    await expect.poll(() => answer().locator('pre').textContent()).toBe('let a = 1;\nlet');
    await expect.poll(() => answer().locator('.code-head').textContent()).toBe('src/a.ts');
    await expect.poll(() => answer().getByRole('toolbar').count()).toBe(0);
    await markdown.call('append', ' b;\n```\n');
    const names = await answer()
      .getByRole('button')
      .evaluateAll((all) => all.map((each) => each.ariaLabel));
    expect(names).toEqual([
      'Copy code block 1, TypeScript',
      'Insert at cursor: code block 1, TypeScript',
      'New file: code block 1, TypeScript',
    ]);
  });

  test('closed code is coloured, and its text and a selection in it stay', async () => {
    const samples = {
      ts: 'const a: string = `x${1}`; // c\n',
      py: 'def f(x):\n    return "s" # c',
      html: '<p class="a"><script>let x = 1;</script></p>',
      sh: 'for f in *; do echo "$f"; done',
      diff: '-a\n+b',
      json: '{"a": [1, null]}',
      yaml: 'a: "b" # c',
      rust: 'fn main() { let x: u8 = 1; }',
      md: '# t\n`c` **b**',
    };
    for (const [language, code] of Object.entries(samples)) {
      await markdown.call('start', `\`\`\`${language}\n${code}\n\`\`\`\n`);
      await markdown.call('select', 'code');
      await markdown.call('end');
      await expect
        .poll(() => answer().locator('[class^=hl-]').count(), { message: language })
        .toBeGreaterThan(0);
      expect((await answer().locator('code').textContent())?.trim()).toBe(code.trim());
      expect((await markdown.call<string>('selected')).trim()).toBe(code.trim());
    }
  });

  test('the buttons hand over exactly the code, and Copy says so for a while', async () => {
    const code = '\tif (a) {\r\n\r\n\r\n\r\n    b();  \r\n}\r\n';
    await markdown.call('show', `\`\`\`tsx\r\n${code}\`\`\`\r\n\r\nafter`);
    await calls();
    const copy = answer().getByRole('button').first();
    await copy.click();
    await expect.poll(() => copy.textContent()).toBe('Copied');
    await expect.poll(() => copy.getAttribute('aria-label')).toBe('Copied');
    await answer().getByRole('button', { name: 'Insert at cursor' }).click();
    await answer().getByRole('button', { name: 'New file' }).click();
    const clean = '\tif (a) {\n\n\n\n    b();  \n}';
    await expect
      .poll(() => calls())
      .toEqual([
        ['copy', clean],
        ['insert', clean, 'typescriptreact'],
        ['newFile', clean, 'typescriptreact'],
      ]);
    await expect
      .poll(() => copy.getAttribute('aria-label'), { timeout: 5_000 })
      .toBe('Copy code block 1, TypeScript JSX');
  });

  test('a toolbar is one Tab stop and moves by arrow keys', async () => {
    await markdown.call('show', '```\na\n```\n\n```py\nb\nc\n```\n');
    const { keyboard } = markdown.page;
    const stops: (string | null)[] = [];
    const press = async (key: string) => {
      await keyboard.press(key);
      stops.push(await markdown.page.evaluate('document.activeElement.ariaLabel'));
    };
    for (const key of [
      'Tab',
      'ArrowRight',
      'ArrowLeft',
      'ArrowLeft',
      'Home',
      'End',
      'Tab',
      'Tab',
      'Tab',
    ]) {
      await press(key);
    }
    // prettier-ignore
    expect(stops).toEqual([
      'Copy code block 1, Text', 'Insert at cursor: code block 1, Text',
      'Copy code block 1, Text', 'New file: code block 1, Text',
      'Copy code block 1, Text', 'New file: code block 1, Text',
      'Code block 1, Text, 1 line',
      'Copy code block 2, Python', 'Code block 2, Python, 2 lines',
    ]);
  });

  test('links carry no address but tell it, and act on click and Enter', async () => {
    await markdown.call(
      'show',
      '[the **docs**](https://docs.example/a) ![p](https://img.example/x.png)',
    );
    await calls();
    const [docs, image] = await answer().getByRole('link').all();
    await expect.poll(() => answer().locator('[href]').count()).toBe(0);
    await expect.poll(() => docs?.getAttribute('title')).toBe('https://docs.example/a');
    await docs?.click();
    await docs?.press('Enter');
    await image?.click();
    await expect
      .poll(() => calls())
      .toEqual([
        ['openLink', 'https://docs.example/a', 'the docs'],
        ['openLink', 'https://docs.example/a', 'the docs'],
        ['openLink', 'https://img.example/x.png', 'Open in browser'],
      ]);
  });

  test('a reference defined later becomes a link at the end, other blocks stay', async () => {
    await markdown.call(
      'start',
      'one\n\nsee [it][r] here\n\n- [x] done [r]\n\n```\n[r]\n```\n\ntwo\n\n',
    );
    await markdown.call('append', '[r]: https://r.example/\n\nlast');
    await expect.poll(() => answer().getByRole('link').count()).toBe(0);
    await expect.poll(() => markdown.call('remember', '.md > *')).toBe(6);
    await markdown.call('end');
    await expect.poll(() => markdown.call('unchanged')).toEqual(Array(6).fill(true));
    await expect.poll(() => answer().getByRole('link').allTextContents()).toEqual(['it', 'r']);
  });

  test('a big table is cut until all of it is asked for, while it grows too', async () => {
    const rows = (n: number) => '| a | b |\n'.repeat(n);
    await markdown.call('start', `| x | y |\n|---|---|\n${rows(600)}`);
    await expect.poll(() => answer().locator('tbody tr').count()).toBe(500);
    await answer().getByRole('button', { name: 'Show all 2 columns, 600 rows' }).click();
    await expect.poll(() => answer().locator('tbody tr').count()).toBe(600);
    await markdown.call('append', rows(5));
    await expect.poll(() => answer().locator('tbody tr').count()).toBe(605);
  });

  test.each([
    ['# one\n\n## two\n\n###### six', [3, 4, 5]],
    ['## a\n\n### b\n\n## c', [3, 4, 3]],
    ['#### deep\n\n# up\n\n### skips\n\n## between', [3, 3, 4, 4]],
    ['> ## quoted\n\n- #### listed\n\n# last', [3, 4, 3]],
  ])(
    'the headings of %j start below that of the message and skip no level',
    async (text, levels) => {
      await markdown.call('show', text);
      const shown = await answer()
        .getByRole('heading')
        .evaluateAll((all) => all.map((each) => Number(each.ariaLevel)));
      expect(shown).toEqual(levels);
    },
  );

  test.each([
    { elementMs: 3, every: 1 },
    { elementMs: 7, every: 2 },
    { elementMs: 10, every: 2 },
    { elementMs: 20, every: 4 },
    { elementMs: 100, every: 19 },
  ])(
    'an open block that takes $elementMs ms to draw leaves three times as long before it is drawn again',
    async ({ elementMs, every }) => {
      const drew = await markdown.call<number[]>('drawingFrames', elementMs, 60);
      const due = Array.from({ length: Math.ceil(60 / every) }, (_, at) => at * every);
      expect(drew).toEqual(due);
    },
  );
});

function expand(source: z.infer<typeof input>): string {
  if (typeof source === 'string') return source;
  if ('chunks' in source) return source.chunks.join('');
  if ('repeat' in source) {
    const [before, unit, times, after] = source.repeat;
    return before + unit.repeat(times) + after;
  }
  if ('nest' in source) {
    const [indent, unit, depth] = source.nest;
    return Array.from({ length: depth }, (_, k) => indent.repeat(k) + unit).join('');
  }
  if ('table' in source) {
    const [columns, rows] = source.table;
    const row = (cell: string) => `|${Array(columns).fill(cell).join('|')}|\n`;
    return row('h') + row('-') + row('c').repeat(rows);
  }
  return Array.from({ length: source.backticks - 1 }, (_, k) => `a${'`'.repeat(k + 1)} `).join('');
}

/** Small texts by three characters, long ones in 200 pieces. */
function cut(text: string): string[] {
  return cutBy(text, [Math.max(3, Math.ceil(text.length / 200))]);
}

function cutBy(text: string, lengths: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let i = 0, k = 0; i < text.length; k++) {
    const length = lengths[k % lengths.length] ?? 1;
    chunks.push(text.slice(i, i + length));
    i += length;
  }
  return chunks;
}
