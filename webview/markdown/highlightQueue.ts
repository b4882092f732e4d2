import type { CodeBlock } from './codeBlock.ts';
import { highlight } from './highlight.ts';

const maxLength = 30_000;
const minRestMs = 3;
/** Even a busy page colours a block a second. */
const timeoutMs = 1_000;

const waiting: { block: CodeBlock; signal: AbortSignal }[] = [];
let asked = false;

/** Colours the block when the page is idle, unless its view has ended by then. */
export function queueHighlight(block: CodeBlock, signal: AbortSignal): void {
  if (!block.info.language.grammar || block.text.length > maxLength) return;
  waiting.push({ block, signal });
  ask();
}

function ask(): void {
  if (asked || waiting.length === 0) return;
  asked = true;
  requestIdleCallback(work, { timeout: timeoutMs });
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
  const nodes = highlight(block.text, block.info.language.grammar ?? '');
  if (nodes) block.paint(nodes);
}
