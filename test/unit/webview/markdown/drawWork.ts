import { Lexer } from 'marked';
import type { DrawWork } from '../../../support/drawWork.ts';
import { countLineEnds, layoutUnits } from '../../../../webview/markdown/parse/textUnits.ts';
import type { MarkdownView } from '../../../../webview/markdown/markdownView.ts';

/** Draws frame by frame after each chunk, on a clock that stands still: only counts end a frame. */
export function countWork(
  view: MarkdownView,
  place: Element,
  chunks: readonly string[],
  laterMs: () => number,
): DrawWork {
  const parser = countParsed();
  const drawn = countDrawn(place);
  const clock = performance.now.bind(performance);
  performance.now = () => 0;
  const most = { parsed: 0, elements: 0, units: 0, lines: 0 };
  let frames = 0;
  const draw = () => {
    for (let more = true; more;) {
      const before = parser.sum();
      more = view.frame(laterMs());
      frames++;
      most.parsed = Math.max(most.parsed, parser.sum() - before);
      const { elements, units, lines } = drawn.take();
      most.elements = Math.max(most.elements, elements);
      most.units = Math.max(most.units, units);
      most.lines = Math.max(most.lines, lines);
    }
  };
  for (const chunk of chunks) {
    view.append(chunk);
    draw();
  }
  view.end();
  draw();
  for (const button of place.querySelectorAll<HTMLElement>('.linkish')) button.click();
  draw();
  performance.now = clock;
  parser.end();
  drawn.end();
  return {
    parsed: parser.sum(),
    mostParsedInFrame: most.parsed,
    nodes: drawn.nodes(),
    mostElementsInFrame: most.elements,
    mostUnitsInFrame: most.units,
    mostLinesInFrame: most.lines,
    frames,
    words: view.element.textContent.match(/w\d+x/g) ?? [],
  };
}

function countParsed(): { sum: () => number; end: () => void } {
  const { blockTokens, inlineTokens } = Lexer.prototype;
  let sum = 0;
  const counted = <A extends unknown[], R>(read: (this: Lexer, ...args: A) => R) =>
    function count(this: Lexer, ...args: A): R {
      sum += String(args[0]).length;
      return read.apply(this, args);
    };
  Object.assign(Lexer.prototype, {
    blockTokens: counted(blockTokens),
    inlineTokens: counted(inlineTokens),
  });
  return {
    sum: () => sum,
    end: () => Object.assign(Lexer.prototype, { blockTokens, inlineTokens }),
  };
}

function countDrawn(place: Element): {
  /** What came since the last call. */
  take: () => { elements: number; units: number; lines: number };
  nodes: () => number;
  end: () => void;
} {
  const observer = new MutationObserver(() => undefined);
  observer.observe(place, { subtree: true, childList: true, characterData: true });
  const seen = new WeakMap<Text, number>();
  let nodes = 0;
  return {
    take() {
      const added = new Set<Node>();
      const texts = new Set<Text>();
      for (const { addedNodes, target } of observer.takeRecords()) {
        if (target instanceof Text) texts.add(target);
        for (const root of addedNodes) {
          const walker = document.createTreeWalker(root);
          for (let node: Node | null = root; node; node = walker.nextNode()) added.add(node);
        }
      }
      nodes += added.size;
      const isText = (node: Node) => node instanceof Text;
      for (const text of [...added].filter(isText)) texts.add(text);
      const work = { elements: 0, units: 0, lines: 0 };
      for (const text of texts) {
        const fresh = text.data.slice(seen.get(text) ?? 0);
        seen.set(text, text.length);
        work.units += layoutUnits(fresh);
        if (text.parentElement?.closest('pre')) work.lines += countLineEnds(fresh);
      }
      work.elements = [...added].filter((node) => node instanceof Element).length;
      return work;
    },
    nodes: () => nodes,
    end: () => observer.disconnect(),
  };
}
