import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from '../../../../src/core/ledger/csv.ts';
import type { LedgerEntry } from '../../../../src/core/ledger/entry.ts';
import { totalOf } from '../../../../src/core/ledger/ledger.ts';

const entry: LedgerEntry = {
  version: 1,
  id: 't1',
  revision: 0,
  atMs: Date.UTC(2026, 9, 5, 9),
  endedAtMs: Date.UTC(2026, 9, 5, 9, 1),
  chatId: 'c1',
  credentialId: 'a',
  spans: [],
  model: 'm',
  effort: 'low',
  tokens: { input: 12, cached: 3, output: 4, reasoning: 1 },
  requests: 2,
  failed: ['overloaded'],
  kind: 'turn',
  outcome: 'done',
  shares: [
    {
      credentialId: 'a',
      kind: 'fiveHour',
      label: '5h',
      startsAtMs: 0,
      points: 0.6,
      certainty: 'measured',
    },
  ],
};

/** RFC 4180, by the letter. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, quoted]: [string[], string, boolean] = [[], '', false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[(at += 1)]!;
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',' || sign === '\r') {
      row.push(cell);
      cell = '';
      if (sign === '\r') {
        rows.push(row);
        row = [];
        at += 1;
      }
    } else cell += sign;
  }
  return rows;
}

test('a spreadsheet reads back what was written, and runs none of it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('=1+1', ' @x', '-2', 'a"b,c\r\nd', '\t=x', 'x;=1;', '＠x'),
    fc.string({ unit: fc.constantFrom(';', '=', ' ', '\t', '\u200B', 'x', '"', '＝', '\r', "'") }),
  );
  fc.assert(
    fc.property(text, (title) => {
      const [head, row, ...more] = parse(toCsv([entry], () => title));
      expect([head?.length, more.length]).toEqual([row?.length, 0]);
      const cell = row![head!.indexOf('chat')]!;
      // Nothing but apostrophes comes in.
      expect(cell.replaceAll("'", '')).toBe(title.replaceAll("'", ''));
      expect(cell.length - title.length).toBeLessThanOrEqual(title.split(/[;\t\r\n]/).length);
      expect(cell).not.toMatch(/^[\s"\p{Cf}\p{Cc}]*[=+@＝＋－＠-]/u);
      const rest = cell.replace(/^'?[\s"\p{Cf}\p{Cc}]*/u, '');
      for (const part of rest.split(/[;\t\r\n]/).slice(1)) {
        expect(part).not.toMatch(/^[\s"\p{Cf}\p{Cc}]*[=+@＝＋－＠-]/u);
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [';=1', ";'=1"],
  ['x;=1;', "x;'=1;"],
  ['a; b - c', 'a; b - c'],
  ['a\t=1', "a\t'=1"],
  ['\u200B=1', "'\u200B=1"],
  [';\uFEFF "=1', ';\'\uFEFF "=1'],
  ['＝1+1', "'＝1+1"],
  ['；＝1', '；＝1'],
  ['−1', "'−1"],
  ['What is 2-1?', 'What is 2-1?'],
])('writes the title %j as %j', (title, cell) => {
  const [head, row] = parse(toCsv([entry], () => title));
  expect(row![head!.indexOf('chat')]).toBe(cell);
});

test('numbers and times stay numbers and times', () => {
  const row = toCsv([entry], () => '=1').split('\r\n')[1];
  expect(row).toMatch(/^2026-10-05T09:00:00\.000Z,/);
  expect(row).toContain(',12,');
  expect(row).not.toMatch(/'\d/);
});

test('writes a month of 200,000 turns', { timeout: 60_000 }, () => {
  const csv = toCsv(Array.from({ length: 200_000 }, () => entry));
  expect(csv.split('\r\n')).toHaveLength(200_002);
});

test('has a header row, times in UTC and a pair of columns for each window', () => {
  const [head, row] = parse(toCsv([entry]));
  const told = Object.fromEntries(head!.map((name, at) => [name, row![at]]));
  expect(told).toMatchObject({
    started: '2026-10-05T09:00:00.000Z',
    input_tokens: '12',
    failures: 'overloaded',
    '5h_points': '0.6',
    '5h_certainty': 'measured',
  });
});

test('adds up tokens and points, a turn without tokens as none', () => {
  const { tokens: _tokens, ...uncounted } = entry;
  const all = [entry, { ...entry, id: 't3', chatId: 'c2' }, { ...uncounted, id: 't2' }];
  expect(totalOf(all)).toMatchObject({ points: { '5h': 1.8 }, tokens: { input: 24 } });
});
