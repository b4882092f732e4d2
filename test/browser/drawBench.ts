import type { MarkdownPage } from './markdownPage.ts';

/** Script milliseconds of drawing; `longestMs` leaves the first 20 draws out. */
export interface DrawFigures {
  readonly sumMs: number;
  readonly longestMs: number;
  readonly lastTenthMeanMs: number;
  readonly endMs: number;
  readonly draws: number;
  readonly deltas: number;
  readonly tookMs: number;
  readonly codeBlocks: number;
}

/**
 * Streams 100 kB of markdown with 40 code blocks at 2,000 deltas a second into the page, a draw a
 * frame. The gate: `sumMs` at most 600, `longestMs` at most 50. Takes about 10 s.
 */
export function measureDraw(markdown: MarkdownPage): Promise<DrawFigures> {
  return markdown.call('measureDraw');
}
