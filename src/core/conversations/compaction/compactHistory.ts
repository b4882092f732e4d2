import type { ResponsesClient } from '../../responses/client.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';
import { userMessage, type InputItem } from '../../responses/request/input.ts';
import type { ResponsesRequest } from '../../responses/request/request.ts';
import { readItem, readPhase } from '../../responses/stream/outputItems.ts';
import type { Answer, EmitTurnEvent, TokenUsage } from '../../responses/stream/turnEvent.ts';
import { itemsTokens } from '../context/itemTokens.ts';
import { bridgeOf } from './bridge.ts';
import { chooseCut, laterCut, tokensFromEach } from './cut.ts';
import type { HistoryEntry } from '../context/historyEntry.ts';
import { keepMessages, type KeptMessage } from './keptMessages.ts';
import { createOldestItems } from './oldestItems.ts';
import { summaryPrompt } from './summaryPrompt.ts';

export interface CompactionDeps {
  readonly responses: ResponsesClient;
  /** All of a request but its input: instructions and tools as in the turns before. */
  readonly request: Omit<ResponsesRequest, 'input'>;
  /** Items that say what is the case now; they go into the new context. */
  readonly context?: readonly InputItem[];
  /** No cut lies before so many entries; 0 when absent. */
  readonly leastCut?: number;
  readonly emit: EmitTurnEvent;
}

export interface Compaction {
  /** Number of entries that the summary stands for; those behind it stay as they are. */
  readonly cut: number;
  readonly kept: readonly KeptMessage[];
  readonly summary: string;
  /** What takes the place of the entries before the cut. */
  readonly bridge: readonly InputItem[];
  /** Items that did not fit into the request for the summary, so that it knows nothing of them. */
  readonly dropped: number;
  /** Estimated tokens of the history before and after, without instructions and tools. */
  readonly before: number;
  readonly after: number;
  /** Of all requests, as far as the backend has counted it. */
  readonly usage: TokenUsage | undefined;
}

/** Why an answer is no summary. */
export type CompactionProblem =
  /** There is nothing before the cut. */
  | 'nothing'
  | 'empty'
  | 'filtered'
  | 'tooShort'
  /** The new context would take more than half of the old one. */
  | 'noGain';

export class CompactionError extends Error {
  override readonly name = 'CompactionError';
  readonly problem: CompactionProblem;

  constructor(problem: CompactionProblem) {
    super(`The history could not be compacted: ${problem}.`);
    this.problem = problem;
  }
}

/** A shorter answer says too little, unless there was little to say. Characters. */
const shortestSummary = 200;
/** A history up to so many tokens may have a summary of any length. */
const shortHistory = 2_000;
/** What a summary is taken to need while the cut is chosen, tokens. */
const expectedSummary = 1_500;
const greatestShare = 0.5;

/**
 * Has the model summarize the history up to a cut, and builds what takes its place. Changes nothing:
 * whoever calls it decides what becomes of the result. An answer that is too short or saves too
 * little is asked for once more, with a later cut. Of a history that does not fit into the request,
 * the oldest items are left out of it. Rejects with {@link CompactionError}, or as the client does.
 */
export async function compactHistory(
  entries: readonly HistoryEntry[],
  deps: CompactionDeps,
  signal: AbortSignal,
): Promise<Compaction> {
  const cut = firstCut(entries, deps);
  if (cut === 0) throw new CompactionError('nothing');
  const summaries = createSummaries(entries, deps);
  const first = await summaries.request(cut, signal);
  if (!isWorthRepeating(first.problem)) return result(first);
  return result(await summaries.request(laterCut(entries, cut), signal));
}

interface Attempt {
  readonly problem: CompactionProblem | undefined;
  readonly compaction: Compaction;
}

const isWorthRepeating = (problem: CompactionProblem | undefined) =>
  problem === 'tooShort' || problem === 'noGain';

function result({ problem, compaction }: Attempt): Compaction {
  if (problem !== undefined) throw new CompactionError(problem);
  return compaction;
}

/** The usual cut, unless the new context is bound to be too large with it. */
function firstCut(entries: readonly HistoryEntry[], deps: CompactionDeps): number {
  const tokens = tokensFromEach(entries);
  const most = (tokens[0] ?? 0) * greatestShare;
  let cut = Math.max(chooseCut(entries), deps.leastCut ?? 0);
  while (cut < entries.length) {
    const { items } = newContext(entries, cut, '', deps);
    if (itemsTokens(items) + expectedSummary <= most) break;
    cut = laterCut(entries, cut);
  }
  return cut;
}

function newContext(
  entries: readonly HistoryEntry[],
  cut: number,
  summary: string,
  { context = [] }: CompactionDeps,
) {
  const kept = keepMessages(entries.slice(0, cut));
  const bridge = bridgeOf(kept, summary, context);
  return { kept, bridge, items: [...bridge, ...entries.slice(cut).map(({ item }) => item)] };
}

/** Asks for summaries of the same history; what did not fit once is left out of the next one, too. */
function createSummaries(entries: readonly HistoryEntry[], deps: CompactionDeps) {
  const oldest = createOldestItems(entries);
  const before = tokensFromEach(entries)[0] ?? 0;
  let usage: TokenUsage | undefined;

  const emit: EmitTurnEvent = (event) => {
    if (event.type === 'failed') usage = sum(usage, event.usage);
    deps.emit(event);
  };

  async function answer(cut: number, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      const input = [...oldest.rest(cut), userMessage(summaryPrompt)];
      try {
        return await deps.responses.stream({ ...deps.request, input }, emit, signal);
      } catch (error) {
        if (!isOverflow(error) || !oldest.drop(cut)) throw error;
      }
    }
  }

  return {
    async request(cut: number, signal: AbortSignal): Promise<Attempt> {
      const given = await answer(cut, signal);
      signal.throwIfAborted();
      usage = sum(usage, given.usage);
      const summary = textOf(given);
      const { kept, bridge, items } = newContext(entries, cut, summary, deps);
      const after = itemsTokens(items);
      const dropped = oldest.count();
      const compaction = { cut, kept, summary, bridge, dropped, before, after, usage };
      return { problem: problemOf(given, compaction, entries), compaction };
    },
  };
}

function problemOf(
  { incompleteReason }: Answer,
  { summary, before, after, cut }: Compaction,
  entries: readonly HistoryEntry[],
): CompactionProblem | undefined {
  if (incompleteReason === 'content_filter') return 'filtered';
  if (summary === '') return 'empty';
  const summarized = before - (tokensFromEach(entries)[cut] ?? 0);
  if (summary.length < shortestSummary && summarized > shortHistory) return 'tooShort';
  return after > before * greatestShare ? 'noGain' : undefined;
}

const isOverflow = (error: unknown) =>
  error instanceof ResponsesError &&
  (error.failure.kind === 'contextOverflow' || error.failure.kind === 'tooLarge');

/** The last message that is more than a remark on the way; calls and thoughts do not count. */
function textOf({ items }: Answer): string {
  const texts = items
    .filter(({ type }) => type === 'message')
    .map((item) => ({
      isRemark: readPhase(item) === 'commentary',
      text: readItem(item)
        .filter(({ kind }) => kind === 'text')
        .map(({ text }) => text)
        .join('\n\n')
        .trim(),
    }))
    .filter(({ text }) => text !== '');
  return (texts.findLast(({ isRemark }) => !isRemark) ?? texts.at(-1))?.text ?? '';
}

function sum(a: TokenUsage | undefined, b: TokenUsage | undefined): TokenUsage | undefined {
  if (!a || !b) return a ?? b;
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
    total: a.total + b.total,
  };
}
