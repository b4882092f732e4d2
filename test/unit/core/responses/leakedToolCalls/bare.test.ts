import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  findLeak,
  maxHeld,
  removeLeaks,
} from '../../../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { negatives as otherNegatives, positives as otherPositives } from './corpus.ts';
import { cut, feed, halves } from './feed.ts';
import { readRealTexts } from './realTexts.ts';

const file = z
  .object({
    tools: z.array(z.object({ name: z.string(), parameters: z.record(z.string(), z.unknown()) })),
    positives: z.array(z.object({ clean: z.string(), leak: z.string(), tool: z.string() })),
    negatives: z.array(z.object({ group: z.string(), text: z.string() })),
  })
  .parse(
    JSON.parse(
      readFileSync(
        new URL('../../../../fixtures/garble/bare.json', import.meta.url).pathname,
        'utf8',
      ),
    ),
  );
const { tools, negatives } = file;

const noises = [
  '+#+#',
  '+#+#+#+#+#+',
  '♀♀',
  '♀♀♀♀',
  '♀️♀️♀️',
  '<|message|>',
  '<|channel|><|message|>',
];
const betweens = [
  '',
  ' ',
  '\n',
  'assistant ',
  'assistant commentary json\n',
  ' 天天中彩票 code ',
  ' մելոն (json\n',
];
const bodies: [string, string][] = [
  ['exec_command', '{"cmd":"ls -la"}'],
  ['read_file', '{ "path" : "a.ts", "offset": 3 }'],
  ['write_file', '{"text":"a \\"b\\" } {","path":"x"}'],
  ['search', '{"query":"TODO","globs":["*.ts",{"a":[]}]}'],
  ['apply_patch', '*** Begin Patch\n*** Add File: a\n+b\n*** End Patch'],
];
const beforehand = ['', 'I will do it now.\n', 'Let me look. ', '- one\n- two\n\n'];
const pick = <T>(values: readonly T[], at: number): T => values[at % values.length]!;

const made = noises.flatMap((noise, row) =>
  betweens.flatMap((between, column) => {
    const [tool, body] = pick(bodies, row * 3 + column);
    const after = pick(['', ' 天天中', '\nDone, all is fine.'], row + column);
    return [
      {
        clean: pick(beforehand, row + 2 * column),
        leak: `${noise}${between}${body}${after}`,
        tool,
      },
    ];
  }),
);
const positives = [...file.positives, ...made];

describe('noise with the arguments of an offered tool right behind it', () => {
  test('has enough samples on both sides', () => {
    expect(positives.length).toBeGreaterThanOrEqual(60);
    expect(negatives.length).toBeGreaterThanOrEqual(60);
  });

  test.each(positives)('is found with the clean text before it: $leak', ({ clean, leak, tool }) => {
    const garble = findLeak(clean + leak, { tools });
    expect([garble?.cleanLength, garble?.tool]).toEqual([clean.length, tool]);
    expect(garble?.snippet).not.toMatch(/[{"]/);
    expect(removeLeaks(clean + leak, findLeak(clean + leak, { tools }))).toBe(clean.trimEnd());
  });

  test('is found at every split, and nothing of it is shown', () => {
    for (const { clean, leak } of positives.filter((sample) => sample.leak.length < 400)) {
      for (const pieces of halves(clean + leak)) {
        const { garbled, shown } = feed(pieces, tools);
        if (garbled?.cleanLength !== clean.length || shown !== clean) {
          expect({ pieces, garbled, shown }).toBe('found');
        }
      }
    }
  });

  test.each([1, 3, 7])('is found in pieces of %i', (size) => {
    const missed = positives.filter(({ clean, leak }) => {
      const { garbled, shown } = feed(cut(clean + leak, size), tools);
      return garbled?.cleanLength !== clean.length || shown !== clean;
    });
    expect(missed).toEqual([]);
  });

  test('is nothing where the tool is not on offer or only its name is known', () => {
    const names = tools.map(({ name }) => name);
    for (const { clean, leak, tool } of positives) {
      const others = tools.filter(({ name }) => name === 'list_files');
      if (/to=|<\|/.test(leak)) continue;
      expect(findLeak(clean + leak, { tools: others }), tool).toBeUndefined();
      expect(findLeak(clean + leak, { tools: names }), tool).toBeUndefined();
    }
  });
});

describe('a harmless text', () => {
  test.each(negatives)('of $group passes: $text', ({ text }) => {
    expect(findLeak(text, { tools })).toBeUndefined();
    for (const pieces of halves(text)) {
      const { shown, garbled } = feed(pieces, tools);
      if (shown !== text || garbled) expect({ pieces, shown, garbled }).toEqual(text);
    }
  });

  test('of the other samples passes too, and their leaks are found as before', () => {
    expect(otherNegatives.filter(({ text }) => findLeak(text, { tools }))).toEqual([]);
    for (const { clean, leak, tools: names } of otherPositives) {
      const offered = names.map((name) => ({ name, parameters: { type: 'object' } }));
      expect(findLeak(clean + leak, { tools: offered })?.cleanLength).toBe(clean.length);
    }
  });

  test('of real documentation or code passes, and 99 of 100 characters of it at once', () => {
    let length = 0;
    let delayed = 0;
    for (const { text, path } of readRealTexts(2_000)) {
      const fed = feed(cut(text, 6), tools);
      expect([path, fed.shown === text, fed.garbled]).toEqual([path, true, undefined]);
      length += text.length;
      delayed += fed.delayed;
    }
    expect(delayed / length).toBeLessThan(0.01);
  }, 60_000);
});

const jumbled = (
  '+#|♀♀|♀|+|{|}|"|{"cmd":|"ls"|{"path":"a"}|,|:| |\n|"path"|[|]|\\|*** Begin Patch|***|assistant|json|天|`|> |<' +
  '|<|>|(|x|"text":"b"|Done. |{"cmd":"a"}|to='
)
  .split('|')
  .concat('<|message|>', '| ', '|>', '<|');

const jumble = fc
  .array(fc.constantFrom(...jumbled), { maxLength: 40 })
  .map((pieces) => pieces.join(''));

describe('the guard with schemas', () => {
  test('says the same of a text however it is cut, holds no more than its bound, and loses nothing', () => {
    fc.assert(
      fc.property(jumble, fc.integer({ min: 1, max: 9 }), (text, size) => {
        const { shown, garbled, longestHeld } = feed(cut(text, size), tools);
        expect(garbled).toEqual(findLeak(text, { tools }));
        if (garbled) expect(text.startsWith(shown)).toBe(true);
        else expect(shown).toBe(text);
        expect(longestHeld).toBeLessThanOrEqual(maxHeld);
      }),
      { numRuns: 5_000 },
    );
  }, 60_000);

  test('holds no more than its bound of arguments that never end', () => {
    for (const start of [
      '+#+#{"other',
      '+#+#{"cmd":"',
      '♀♀{',
      '♀♀{"text":[',
      '+#+#{"path":{"a":"',
    ]) {
      for (const unit of ['x', '{', '"', '\\', ' ', ',']) {
        const { longestHeld } = feed(cut(start + unit.repeat(5_000), 7), tools);
        expect(longestHeld).toBeLessThanOrEqual(maxHeld);
      }
    }
  });
});
