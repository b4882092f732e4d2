import { siblingScriptUrl } from '../../base/siblingScriptUrl.ts';
import { h } from '../../base/dom.ts';
import { startWorker } from '../../base/worker.ts';
import type { CodeBlock } from './codeBlock.ts';
import type { ColoredCode } from './highlight.ts';
import type * as highlighterModule from './highlighter.ts';
import type { Highlighter } from './highlighter.ts';
import { isHighlightable } from './highlightLimits.ts';

/** Even a busy page paints a piece a second. */
const timeoutMs = 1_000;
const minRestMs = 3;

const waiting: { readonly block: CodeBlock; readonly signal: AbortSignal }[] = [];
let isWorking = false;
let highlighter: Highlighter | undefined;
let attempts = 0;

/**
 * Colours the block in the background, unless its view has ended by then. The grammars are a script
 * of their own, fetched for the first block; without it code is plain, and the next block asks for
 * it again.
 */
export function queueHighlight(block: CodeBlock, signal: AbortSignal): void {
  if (!isHighlightable(block.text, block.info.language.grammar)) return;
  waiting.push({ block, signal });
  if (!isWorking) void work();
}

/** Never rejects: a failure is told to the panel, which logs it. */
async function work(): Promise<void> {
  isWorking = true;
  try {
    highlighter ??= await load();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!next.signal.aborted) await colour(next.block, highlighter);
    }
  } catch (cause) {
    reportError(
      new Error('Code is shown without colors: the highlighter could not be loaded', { cause }),
    );
  }
  isWorking = false;
}

/** The script of the grammars is a function, which is not called here: its text is what runs. */
async function load(): Promise<Highlighter> {
  attempts += 1;
  const [{ createHighlighter }, { work: grammars }]: [
    typeof highlighterModule,
    { readonly work: () => void },
  ] = await Promise.all([
    import(siblingScriptUrl('highlighter.js', attempts)),
    import(siblingScriptUrl('highlight.js', attempts)),
  ]);
  return createHighlighter(`(${String(grammars)})()`, startWorker);
}

async function colour(block: CodeBlock, { color }: Highlighter): Promise<void> {
  const code = block.text;
  const colors = await color(code, block.info.language.grammar ?? '');
  if (!colors || block.text !== code) return;
  let rest = await restOfFrame();
  for (const [piece, nodes] of coloredPieces(block.pieces, colors)) {
    if (rest() < minRestMs) rest = await restOfFrame();
    block.paint(piece, nodes);
  }
}

function restOfFrame(): Promise<() => number> {
  return new Promise((done) => {
    requestIdleCallback((deadline) => done(() => deadline.timeRemaining()), { timeout: timeoutMs });
  });
}

/** New nodes for each piece of the code, made when they are asked for. */
function* coloredPieces(
  pieces: readonly HTMLElement[],
  { colours, lengths }: ColoredCode,
): Generator<[HTMLElement, DocumentFragment]> {
  let at = 0;
  let left = lengths[0] ?? 0;
  for (const piece of pieces) {
    const nodes = document.createDocumentFragment();
    for (let text = piece.textContent ?? ''; text !== '';) {
      if (left === 0) left = lengths[++at] ?? text.length;
      const own = text.slice(0, left);
      const name = colours[at] ?? '';
      nodes.append(name === '' ? own : h('span', { class: name }, own));
      left -= own.length;
      text = text.slice(own.length);
    }
    yield [piece, nodes];
  }
}
