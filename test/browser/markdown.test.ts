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
  expect(await markdown.page.evaluate('markdownPage.violations')).toEqual([]);
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
