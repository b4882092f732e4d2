import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileAnswers } from '../support/hostileAnswers.ts';
import type { DrawWork } from '../support/drawWork.ts';
import { openMarkdownPage, type MarkdownPage } from './markdownPage.ts';

let markdown: MarkdownPage;
beforeAll(async () => {
  markdown = await openMarkdownPage();
}, 60_000);
afterAll(() => markdown.close());

/** UTF-16 units of an answer that comes at once: many frames of each kind of work. */
const length = 120_000;

test.each(hostileAnswers.map(({ name, text }) => [name, text.slice(0, length)] as const))(
  'no frame draws too much of %s, however fast the machine is',
  async (_, text) => {
    const work = await markdown.call<DrawWork>('countWork', [text]);
    expect(work.mostElementsInFrame).toBeLessThan(700);
    expect(work.mostLinesInFrame).toBeLessThan(1_300);
    expect(work.mostUnitsInFrame).toBeLessThan(35_000);
    expect(work.mostParsedInFrame).toBeLessThan(200_000);
  },
  60_000,
);
