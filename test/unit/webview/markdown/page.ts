import type { DrawWork } from '../../../support/drawWork.ts';
import type { FromWebview } from '../../../../src/shared/protocol/messages.ts';
import { drawBlocks } from '../../../../webview/markdown/parse/blocks.ts';
import { codeBlockOf } from '../../../../webview/markdown/highlight/codeBlock.ts';
import { sanitizeText } from '../../../../webview/markdown/parse/sanitizeText.ts';
import { createFileLinks } from '../../../../webview/markdown/links/fileLinks.ts';
import { createLexer } from '../../../../webview/markdown/parse/lexer.ts';
import {
  createMarkdownView,
  type MarkdownView,
} from '../../../../webview/markdown/markdownView.ts';
import type { MarkdownActions } from '../../../../webview/markdown/markdownActions.ts';
import { cutIntoDeltas, longAnswer } from './corpus.ts';
import { countWork } from './drawWork.ts';
import { findFaults, type Expectations } from './expectations.ts';

/** What a test may ask of the page; every call is a JSON value in and a JSON value out. */
const markdownPage = {
  /** Renders `chunks`, drawing after each, and says which expectations do not hold. */
  check(chunks: readonly string[], expected: Expectations): { faults: string[]; ms: number } {
    const { view, ms } = stream(chunks, [true], () => performance.now());
    const faults = findFaults(view.element, panel, expected, ms);
    if ('__pwned' in globalThis) faults.push('a script ran');
    return { faults, ms };
  },
  /** The document drawn in pieces, and as the parser reads it whole; frames only after `drawn`. */
  compare(chunks: readonly string[], drawn: readonly boolean[]): { got: string; want: string } {
    const { view } = stream(chunks, drawn, laterMs);
    return { got: shape(view.element), want: shape(wholeByParser(chunks.join(''))) };
  },
  /** Streams the long answer and watches its settled blocks; see `identity`. */
  longIdentity(): { settled: number; replaced: number; touched: number } {
    return markdownPage.identity(cutIntoDeltas(longAnswer(100_000, 40), 600));
  },
  /** How many nodes of settled blocks are other ones at the end than when they were settled. */
  identity(chunks: readonly string[]): { settled: number; replaced: number; touched: number } {
    const view = open();
    const seen = new Map<Element, string>();
    let touched = 0;
    for (const chunk of chunks) {
      view.append(chunk);
      view.frame(laterMs());
      for (const [node, text] of seen) if (node.textContent !== text) touched++;
      for (const node of [...view.element.children].slice(0, -1)) {
        for (const each of [node, ...node.querySelectorAll('*')]) {
          if (!seen.has(each)) seen.set(each, each.textContent);
        }
      }
    }
    view.end();
    finish(view);
    const replaced = [...seen.keys()].filter((node) => !view.element.contains(node)).length;
    return { settled: seen.size, replaced, touched };
  },
  /** The words like `w12x` that the text shows when all of it is asked for, in order. */
  shownWords(chunks: readonly string[], drawn: readonly boolean[]): string[] {
    const { view } = stream(chunks, drawn, laterMs);
    for (const button of view.element.querySelectorAll<HTMLElement>('.linkish')) button.click();
    finish(view);
    return view.element.textContent.match(/w\d+x/g) ?? [];
  },
  /** What drawing takes, with frames after each chunk. */
  countWork: (chunks: readonly string[]): DrawWork => countWork(open(), panel, chunks, laterMs),
  /** Starts a view and leaves it open; `append` goes on with it. */
  start(text: string): void {
    current = open();
    markdownPage.append(text);
  },
  append(text: string): void {
    current?.append(text);
    if (current) finish(current);
  },
  end(): void {
    current?.end();
    if (current) finish(current);
  },
  /** Remembers the elements that `selector` finds now; `unchanged` says which still stand there. */
  remember(selector: string): number {
    remembered = [...panel.querySelectorAll(selector)];
    return remembered.length;
  },
  unchanged(): boolean[] {
    return remembered.map((element) => element.isConnected);
  },
  /** Selects all text of the first element that `selector` finds. */
  select(selector: string): void {
    const element = panel.querySelector(selector);
    if (element) getSelection()?.selectAllChildren(element);
  },
  selected(): string {
    return String(getSelection());
  },
  show(text: string): void {
    current = stream([text], [false], laterMs).view;
  },
  /**
   * Appends words to an open paragraph before each of `frames` frames, 16 ms apart, on a clock that
   * only moves when an element is made, by `elementMs`. Gives the numbers of the frames that drew.
   */
  drawingFrames(elementMs: number, frames: number): number[] {
    const view = open();
    const now = performance.now.bind(performance);
    const create = document.createElement.bind(document);
    let timeMs = now();
    performance.now = () => timeMs;
    document.createElement = (...args: Parameters<Document['createElement']>) => {
      timeMs += elementMs;
      return create(...args);
    };
    const drew: number[] = [];
    for (let at = 0; at < frames; at++) {
      view.append(`word${at} `);
      view.frame(16 * at);
      if (view.element.textContent.includes(`word${at}`)) drew.push(at);
    }
    performance.now = now;
    document.createElement = create;
    return drew;
  },
  calls: [] as unknown[][],
  /** What the view has asked of the host about files; `learn` is the host's answer. */
  sent: [] as FromWebview[],
  learn: (known: Parameters<typeof files.learn>[0]) => files.learn(known),
  violations: [] as string[],
  measureDraw,
};

export type MarkdownPage = typeof markdownPage;

const note =
  (name: string) =>
  (...args: readonly string[]) => {
    markdownPage.calls.push([name, ...args]);
  };
const files = createFileLinks((message) => markdownPage.sent.push(message));
const actions: MarkdownActions = {
  files,
  openLink: note('openLink'),
  copy: note('copy'),
  insert: note('insert'),
  newFile: note('newFile'),
  redraw() {
    requestAnimationFrame(() => {
      if (current) finish(current);
    });
  },
};

let current: MarkdownView | undefined;
let remembered: Element[] = [];
let clockMs = 0;
/** A clock on which no draw is ever too soon after the last. */
const laterMs = () => (clockMs += 10_000);
const panel = document.querySelector('main') ?? document.body;
document.addEventListener('securitypolicyviolation', (event) => {
  markdownPage.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
});
Object.assign(globalThis, { markdownPage });

function open(): MarkdownView {
  panel.replaceChildren();
  const view = createMarkdownView(actions);
  panel.append(view.element);
  return view;
}

function stream(
  chunks: readonly string[],
  drawn: readonly boolean[],
  clock: () => number,
): { view: MarkdownView; ms: number } {
  const view = open();
  const start = performance.now();
  for (const [i, chunk] of chunks.entries()) {
    view.append(chunk);
    if (drawn[i % drawn.length]) view.frame(clock());
  }
  view.end();
  finish(view);
  return { view, ms: performance.now() - start };
}

/** Draws frame by frame, without waiting for them, until nothing is left. */
function finish(view: MarkdownView): void {
  while (view.frame(laterMs()));
}

function wholeByParser(source: string): HTMLElement {
  const root = document.createElement('div');
  root.className = 'md';
  const pen = {
    actions,
    signal: new AbortController().signal,
    headings: [],
    codeBlocks: 0,
    tables: 0,
    made: [],
    later: () => undefined,
  };
  root.append(...drawBlocks(createLexer().lex(sanitizeText(source)), pen));
  for (const figure of root.querySelectorAll('figure')) codeBlockOf(figure)?.close();
  return root;
}

/** Elements with their attributes in order of name, and their text. */
function shape(node: Node): string {
  if (!(node instanceof Element)) return JSON.stringify(node.textContent);
  node.normalize();
  const attributes = [...node.attributes].map(({ name, value }) => `${name}=${value}`).toSorted();
  const children = [...node.childNodes].map(shape).join('');
  return `<${node.localName} ${attributes.join(' ')}>${children}</>`;
}

interface Draws {
  /** Sum, longest after the first 20, and mean of the last tenth; milliseconds of script. */
  readonly sumMs: number;
  readonly longestMs: number;
  readonly lastTenthMeanMs: number;
  readonly endMs: number;
  readonly draws: number;
  readonly deltas: number;
  readonly tookMs: number;
  readonly codeBlocks: number;
}

/** Streams a 100 kB answer with 40 code blocks at 2,000 deltas a second, a draw a frame. */
async function measureDraw(): Promise<Draws> {
  const deltas = cutIntoDeltas(longAnswer(100_000, 40), 20_000);
  const view = open();
  const costs: number[] = [];
  const start = performance.now();
  let fed = 0;
  while (fed < deltas.length) {
    const nowMs = await new Promise<number>((done) => requestAnimationFrame(done));
    const due = Math.min(deltas.length, Math.floor((performance.now() - start) * 2));
    const before = performance.now();
    while (fed < due) view.append(deltas[fed++] ?? '');
    view.frame(nowMs);
    costs.push(performance.now() - before);
    panel.scrollTop = panel.scrollHeight;
  }
  const before = performance.now();
  view.end();
  finish(view);
  const endMs = performance.now() - before;
  const last = costs.slice(-Math.ceil(costs.length / 10));
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
  return {
    sumMs: sum(costs) + endMs,
    longestMs: Math.max(...costs.slice(20), endMs),
    lastTenthMeanMs: sum(last) / last.length,
    endMs,
    draws: costs.length,
    deltas: deltas.length,
    tookMs: performance.now() - start,
    codeBlocks: view.element.querySelectorAll('figure').length,
  };
}
