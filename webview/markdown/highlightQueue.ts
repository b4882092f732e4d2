import { addressBeside } from '../beside.ts';
import type { CodeBlock } from './codeBlock.ts';
import type * as highlightModule from './highlight.ts';
import { isColourable } from './highlightLimits.ts';

const minRestMs = 3;
/** Even a busy page colours a block a second. */
const timeoutMs = 1_000;

const waiting: { block: CodeBlock; signal: AbortSignal }[] = [];
let asked = false;
let highlight: typeof highlightModule.highlight | undefined;
let loading = false;
let attempts = 0;

/**
 * Colours the block when the page is idle, unless its view has ended by then. The grammars are a
 * script of their own, fetched for the first block; without it code is plain, and the next block
 * asks for it again.
 */
export function queueHighlight(block: CodeBlock, signal: AbortSignal): void {
  if (!isColourable(block.text, block.info.language.grammar)) return;
  waiting.push({ block, signal });
  ask();
}

function ask(): void {
  if (asked || waiting.length === 0) return;
  if (highlight === undefined) {
    if (!loading) void load();
    return;
  }
  asked = true;
  requestIdleCallback(work, { timeout: timeoutMs });
}

/** Never rejects: a failure is told to the panel, which logs it. */
async function load(): Promise<void> {
  loading = true;
  attempts += 1;
  try {
    const loaded: typeof highlightModule = await import(addressBeside('highlight.js', attempts));
    highlight = loaded.highlight;
  } catch (cause) {
    reportError(new Error('Code stays plain: its colours could not be loaded', { cause }));
  }
  loading = false;
  if (highlight !== undefined) ask();
}

function work(deadline: IdleDeadline): void {
  asked = false;
  do {
    const next = waiting.shift();
    if (next && !next.signal.aborted) paint(next.block);
  } while (waiting.length > 0 && deadline.timeRemaining() > minRestMs);
  ask();
}

function paint(block: CodeBlock): void {
  const nodes = highlight?.(block.text, block.info.language.grammar ?? '');
  if (nodes) block.paint(nodes);
}
