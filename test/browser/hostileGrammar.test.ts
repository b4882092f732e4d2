import { sample, shuffledSubarray } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampled } from '../support/fullTests.ts';
import { constructs, hostileText, patterns } from '../support/hostileGrammar.ts';
import type { DrawWork } from '../support/drawWork.ts';
import { openMarkdownPage, type MarkdownPage } from './markdownPage.ts';

let markdown: MarkdownPage;
beforeAll(async () => {
  markdown = await openMarkdownPage();
}, 60_000);
afterAll(() => markdown.close());

const all = constructs.flatMap((construct) => patterns.map((pattern) => ({ construct, pattern })));
const count = sampled(40, all.length);
const [cases = []] = sample(shuffledSubarray(all, { minLength: count, maxLength: count }), 1);

/** UTF-16 units of a text; it is drawn once as long and once twice as long. */
const length = 12_000;
/** Units that come between two frames. */
const chunkLength = 2_000;

function draw(text: string): Promise<DrawWork> {
  const chunks = Array.from({ length: Math.ceil(text.length / chunkLength) }, (_, at) =>
    text.slice(at * chunkLength, (at + 1) * chunkLength),
  );
  return markdown.call('countWork', chunks);
}

test.each(cases.map((each) => [each.construct.name, each.pattern.name, each] as const))(
  'the work for %s %s grows with its length, no frame does too much, and no word is lost',
  async (_, __, { construct, pattern }) => {
    const once = await draw(hostileText(construct, pattern, length));
    const text = hostileText(construct, pattern, 2 * length);
    const twice = await draw(text);
    expect(twice.words).toEqual(text.match(/w\d+x/g));
    expect(twice.parsed).toBeLessThan(2.5 * once.parsed + 20_000);
    expect(twice.nodes).toBeLessThan(2.5 * once.nodes + 200);
    expect(twice.mostParsedInFrame).toBeLessThan(200_000);
    expect(twice.mostElementsInFrame).toBeLessThan(700);
  },
);
