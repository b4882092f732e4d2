import { measureDraw } from '../browser/drawBench.ts';
import { openMarkdownPage } from '../browser/markdownPage.ts';
import { atMost, note, type Measure } from './table.ts';

/** The markdown alone, without editor and host: what drawing costs at the least. */
export const draw: Measure = {
  title: 'Drawing 100 kB of markdown with 40 code blocks at 2,000 deltas/s, in a bare page',
  async run() {
    const page = await openMarkdownPage();
    try {
      const figures = await measureDraw(page);
      return [
        atMost('draws, script in sum', figures.sumMs, 600, 'ms'),
        atMost('longest draw after warm-up', figures.longestMs, 50, 'ms'),
        note('mean of the last tenth of the draws', figures.lastTenthMeanMs, 'ms'),
        note('draws', figures.draws),
      ];
    } finally {
      await page.close();
    }
  },
};
