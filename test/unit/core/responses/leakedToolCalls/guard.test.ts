import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createLeakDetector,
  findLeak,
  maxHeld,
  removeLeaks,
} from '../../../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { madePositives, negatives, positives, tools, writtenPositives } from './corpus.ts';
import { cut, feed, halves } from './feed.ts';

const found = (sample: (typeof positives)[number]) =>
  findLeak(sample.clean + sample.leak, { tools: sample.tools });

describe('a leaked call', () => {
  test('has a corpus of its own', () => {
    expect(positives.length).toBeGreaterThanOrEqual(300);
    expect(negatives.length).toBeGreaterThanOrEqual(150);
  });

  test.each(writtenPositives)('is found in $leak', (sample) => {
    expect(found(sample)).toMatchObject({
      family: sample.family,
      cleanLength: sample.clean.length,
      ...(sample.tool === undefined ? {} : { tool: sample.tool }),
    });
  });

  test('is found whatever the marker, tool, debris and place', () => {
    const wrong = madePositives.filter((sample) => {
      const garble = found(sample);
      return garble?.cleanLength !== sample.clean.length || garble.tool !== sample.tool;
    });
    expect(wrong).toEqual([]);
  });

  test('is found wherever the text is cut in two', () => {
    for (const sample of positives) {
      const whole = found(sample);
      for (const pieces of halves(sample.clean + sample.leak)) {
        const { garbled, shown } = feed(pieces, sample.tools);
        if (garbled?.cleanLength !== whole?.cleanLength || !sample.clean.startsWith(clean(shown))) {
          expect({ pieces, garbled, shown }).toEqual(sample);
        }
      }
    }
  });

  test.each([1, 2, 3, 5, 8])('is found in pieces of %i', (size) => {
    const missed = positives.filter((sample) => {
      const { garbled } = feed(cut(sample.clean + sample.leak, size), sample.tools);
      return garbled?.cleanLength !== sample.clean.length;
    });
    expect(missed).toEqual([]);
  });

  test('is found however the text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...positives), fc.infiniteStream(fc.nat(20)), (sample, sizes) => {
        const text = sample.clean + sample.leak;
        const { garbled, shown } = feed(cutAs(text, sizes), sample.tools);
        expect(garbled).toEqual(found(sample));
        expect(text.startsWith(shown)).toBe(true);
        // A role word inside a sentence may have been let go before its marker came.
        expect(shown.length - sample.clean.length).toBeLessThanOrEqual('assistant '.length);
        expect(shown.length).toBeGreaterThanOrEqual(sample.clean.length);
      }),
      { numRuns: 2000 },
    );
  });

  test('is found behind any harmless text that ends its paragraph', () => {
    const harmless = negatives.filter(({ group }) => !/fence|indented|source|plain/.test(group));
    fc.assert(
      fc.property(
        fc.constantFrom(...harmless),
        fc.constantFrom(...positives.filter(({ clean: before }) => before === '')),
        ({ text }, sample) => {
          const before = `${text}\n\n`;
          const garble = findLeak(before + sample.leak, { tools: sample.tools });
          // Debris in an answer of the same script proves nothing; arguments always do.
          if (/[{]["}\n]/.test(sample.leak)) expect(garble?.cleanLength).toBe(before.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('stays found, and nothing comes out after it', () => {
    const guard = createLeakDetector({ tools });
    const first = guard.push('Look. to=functions.read_file {"path":');
    expect(first).toMatchObject({ release: 'Look. ', garbled: { family: 'functions' } });
    expect(guard.push(' more')).toEqual({ release: '', garbled: first.garbled });
    expect(guard.end()).toEqual({ release: '', garbled: first.garbled });
  });

  test('is told to the log without its arguments or debris', () => {
    const secret = 'sk-abcdefghijklmnopqrstuvwxyz0123456789';
    const texts = [
      `♀♀♀♀assistant 天天 to=functions.exec_command json {"cmd":"${secret}"}`,
      `assistant to=functions.${secret} {"a":1}`,
    ];
    for (const text of texts) {
      const snippet = findLeak(text, { tools })?.snippet ?? '';
      expect(snippet).toContain('assistant');
      expect(snippet).not.toMatch(/0123456789|天|\{/);
      expect(snippet.length).toBeLessThanOrEqual(80);
    }
  });

  test('is scrubbed with all that follows it', () => {
    for (const sample of positives) {
      const text = sample.clean + sample.leak;
      expect(removeLeaks(text, findLeak(text, { tools: sample.tools }))).toBe(
        sample.clean.trimEnd(),
      );
    }
  });
});

describe('a harmless text', () => {
  test.each(negatives)('of $group passes: $text', ({ text }) => {
    expect(findLeak(text, { tools })).toBeUndefined();
    expect(removeLeaks(text, findLeak(text, { tools }))).toBe(text);
  });

  test('passes wherever it is cut in two', () => {
    for (const { text } of negatives) {
      for (const pieces of halves(text)) {
        const { shown, garbled } = feed(pieces, tools);
        if (shown !== text || garbled) expect({ pieces, shown, garbled }).toEqual(text);
      }
    }
  });

  test.each([1, 2, 3, 7])('passes in pieces of %i', (size) => {
    const altered = negatives.filter(({ text }) => feed(cut(text, size), tools).shown !== text);
    expect(altered).toEqual([]);
  });

  test('behind another one passes too', () => {
    const calm = negatives.filter(({ group }) => !/fence|source|plain/.test(group));
    fc.assert(
      fc.property(fc.constantFrom(...calm), fc.constantFrom(...negatives), (first, second) => {
        const text = `${first.text}\n\n${second.text}`;
        expect(findLeak(text, { tools })).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });
});

/** Pieces of markers, markdown and prose in any order: most of them mean nothing. */
const jumble = fc
  .array(
    fc.constantFrom(
      'to=',
      'functions.',
      'assistant',
      ' ',
      '\n',
      '`',
      '```',
      '"',
      '{"',
      '{',
      '}',
      '♀♀',
      '+#',
      '<|start|>',
      '<|',
      'json',
      'commentary',
      'read_file',
      '天',
      '😀',
      'a',
      'is',
      '.',
      ': ',
      '> ',
      '    ',
      '- ',
      "'",
      '~~~',
      '<pre>',
      '</pre>',
      '\\',
      '//',
      '| ',
      '\r\n',
      'Done. ',
      'multi_tool_use.parallel',
      '**',
      '“',
      '”',
      '(',
      '***',
      'in',
      ',',
      't',
      '♀️',
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

describe('the guard', () => {
  test('says the same of a text however it is cut, and loses nothing of it', () => {
    fc.assert(
      fc.property(jumble, fc.infiniteStream(fc.nat(9)), (text, sizes) => {
        const { shown, garbled } = feed(cutAs(text, sizes), tools);
        expect(garbled).toEqual(findLeak(text, { tools }));
        if (garbled) expect(text.slice(0, shown.length)).toBe(shown);
        else expect(shown).toBe(text);
      }),
      { numRuns: 20_000 },
    );
  });

  test('never holds back more than its bound', () => {
    const runs = ['♀', '+#', 'to=', 'a', '天', ' ', '<|start|>', 'assistant ', 'to=functions.x '];
    for (const unit of [...runs, ...runs.map((run) => `to=functions.x ${run}`)]) {
      const { longestHeld } = feed(cut(unit.repeat(2000), 1), tools);
      expect(longestHeld).toBeLessThanOrEqual(maxHeld);
    }
    fc.assert(
      fc.property(jumble, (text) => {
        expect(feed(cut(text, 1), tools).longestHeld).toBeLessThanOrEqual(maxHeld);
      }),
      { numRuns: 3000 },
    );
  });

  test('lets plain words go at once', () => {
    const words = 'Reading the file now: 12 lines, three of them new (see below).';
    expect(createLeakDetector({ tools }).push(words)).toEqual({ release: words });
  });
});

function clean(shown: string): string {
  return shown.replace(/\s?(?:assistant|commentary|analysis)+\s*$/, '');
}

function* cutAs(text: string, sizes: Iterable<number>): Generator<string> {
  let at = 0;
  for (const size of sizes) {
    if (at >= text.length) return;
    yield text.slice(at, at + size);
    at += size;
  }
}
