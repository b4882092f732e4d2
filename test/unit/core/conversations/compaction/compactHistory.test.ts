import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compactHistory,
  type CompactionDeps,
} from '../../../../../src/core/conversations/compaction/compactHistory.ts';
import type { HistoryEntry } from '../../../../../src/core/conversations/context/historyEntry.ts';
import {
  summaryPrefix,
  summaryPrompt,
} from '../../../../../src/core/conversations/compaction/summaryPrompt.ts';
import { userMessage } from '../../../../../src/core/responses/request/input.ts';
import { prepareInput } from '../../../../../src/core/responses/request/prepareInput.ts';
import type { ResponsesRequest } from '../../../../../src/core/responses/request/request.ts';
import { ResponsesError } from '../../../../../src/core/responses/retry/failure.ts';
import type { Answer } from '../../../../../src/core/responses/stream/turnEvent.ts';
import { refuseItems } from '../../../../backend/refuseItems.ts';
import { accountId, answer, call, histories, output, reasoning, user } from './histories.ts';

const request: CompactionDeps['request'] = {
  model: { slug: 'm', lite: false, supportsVerbosity: true },
  instructions: 'Be brief.',
  tools: [{ name: 'tool', description: 'A tool', parameters: { type: 'object' } }],
  sessionId: 'chat',
};

const summary = 'The user wants the bug fixed. '.repeat(10);
const usage = { input: 100, cached: 80, output: 10, reasoning: 0, total: 110 };

const said = (text: string, more: Partial<Answer> = {}): Answer => ({
  items: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
  status: 'completed',
  endTurn: true,
  usage,
  credentialId: 'c',
  attempts: 1,
  ...more,
});

const overflow = () => new ResponsesError({ kind: 'contextOverflow' });

/** A client that gives these answers in turn, the last one again and again. */
function compaction(...answers: (Answer | Error)[]) {
  const requests: ResponsesRequest[] = [];
  const events: string[] = [];
  const signal = new AbortController();
  const deps: CompactionDeps = {
    request,
    emit: (event) => events.push(event.type),
    responses: {
      async stream(sent) {
        requests.push(sent);
        const given = answers.length > 1 ? answers.shift() : answers[0];
        await Promise.resolve();
        if (!given || given instanceof Error) throw given ?? new Error('no answer');
        return given;
      },
    },
  };
  return {
    requests,
    signal,
    run: (entries: readonly HistoryEntry[], more: Partial<CompactionDeps> = {}) =>
      compactHistory(entries, { ...deps, ...more }, signal.signal),
  };
}

const sized = (tokens: number) => 'word '.repeat(tokens);
/** 20 turns of 5,000 tokens each. */
const long = Array.from({ length: 20 }, (_, at) => [
  user(`question ${at}`),
  reasoning(),
  call(`call_${at}`),
  output(`call_${at}`, sized(5_000)),
  answer(`answer ${at}`),
]).flat();
const items = (entries: readonly HistoryEntry[]) => entries.map(({ item }) => item);

test('the summary is asked for behind the history, with the instructions and tools of the turns', async () => {
  const { run, requests } = compaction(said(summary));
  const { cut } = await run(long);
  expect(cut).toBeLessThan(long.length);
  expect(requests).toEqual([
    { ...request, input: [...items(long.slice(0, cut)), userMessage(summaryPrompt)] },
  ]);
});

test('the new context is the messages of the user, the fresh context before the newest, and the summary', async () => {
  const context = [userMessage('<environment>')];
  const { run } = compaction(said(summary));
  const { bridge, cut, kept } = await run(long, { context });
  const messages = long.slice(0, cut).filter(({ kind }) => kind === 'user');
  expect(kept.map(({ entry }) => entry)).toEqual(messages);
  expect(bridge).toEqual([
    ...items(messages.slice(0, -1)),
    ...context,
    ...items(messages.slice(-1)),
    userMessage(`${summaryPrefix}\n\n${summary.trim()}`),
  ]);
});

test('the figures before and after and the usage are reported', async () => {
  const { run } = compaction(said(summary));
  const result = await run(long);
  expect(result.before).toBeGreaterThan(60_000);
  expect(result.after).toBeLessThan(result.before / 2);
  expect(result).toMatchObject({ usage, dropped: 0, summary: summary.trim() });
});

test.each([
  ['empty', said('')],
  ['empty', said('', { items: [] })],
  ['empty', said('', { items: [call('x').item] })],
  ['filtered', said(summary, { status: 'incomplete', incompleteReason: 'content_filter' })],
])('an answer that is %s is a failure after one request', async (problem, given) => {
  const { run, requests } = compaction(given);
  await expect(run(long)).rejects.toMatchObject({ name: 'CompactionError', problem });
  expect(requests).toHaveLength(1);
});

test('calls in the answer are ignored, and of several messages the last one counts', async () => {
  const given = said(summary);
  const remark = {
    type: 'message',
    role: 'assistant',
    phase: 'commentary',
    content: [{ type: 'output_text', text: 'x'.repeat(500) }],
  };
  const { run } = compaction({ ...given, items: [...given.items, call('x').item, remark] });
  expect((await run(long)).summary).toBe(summary.trim());
});

test('an answer that is too short is asked for once more with a later cut', async () => {
  const { run, requests } = compaction(said('Done.'), said(summary));
  const { cut, usage: counted } = await run(long);
  const lengths = requests.map(({ input }) => input.length);
  expect(lengths).toHaveLength(2);
  expect(lengths[1]).toBeGreaterThan(lengths[0] ?? 0);
  expect(cut).toBe((lengths[1] ?? 0) - 1);
  expect(counted).toMatchObject({ input: 200, total: 220 });
});

test('two answers that are too short are a failure', async () => {
  const { run, requests } = compaction(said('Done.'));
  await expect(run(long)).rejects.toMatchObject({ problem: 'tooShort' });
  expect(requests).toHaveLength(2);
});

test('a short history may have a short summary', async () => {
  const { run } = compaction(said('They said hello.'));
  const entries = [user('hello'), answer(sized(800)), user('again'), answer(sized(800))];
  expect((await run(entries)).summary).toBe('They said hello.');
});

test('a summary that leaves more than half of the context is a failure after a second try', async () => {
  const { run, requests } = compaction(said(sized(60_000)));
  await expect(run(long)).rejects.toMatchObject({ problem: 'noGain' });
  expect(requests).toHaveLength(2);
});

test('nothing is asked of an empty history', async () => {
  const { run, requests } = compaction(said(summary));
  await expect(run([])).rejects.toMatchObject({ problem: 'nothing' });
  expect(requests).toEqual([]);
});

test('a history that is too long for the request loses its oldest items, and their number is told', async () => {
  const { run, requests } = compaction(overflow(), overflow(), overflow(), said(summary));
  const { dropped, cut, kept } = await run(long);
  const lengths = requests.map(({ input }) => input.length - 1);
  expect(lengths[0]).toBe(cut);
  // The prompt, then the call with its thoughts and its output, then half of the rest.
  expect(lengths.slice(1, 3)).toEqual([cut - 1, cut - 4]);
  expect(lengths[3]).toBeLessThanOrEqual((cut - 3) / 2);
  expect(dropped).toBe(cut - (lengths[3] ?? 0));
  // The messages of the user come back in the new context.
  expect(kept[0]?.entry).toBe(long[0]);
  for (const { input } of requests) {
    expect(refuseItems(input, accountId, false)).toBeUndefined();
  }
});

test('what says what is the case is never left out, and the last item neither', async () => {
  const context: HistoryEntry = { kind: 'context', item: userMessage('<environment>') };
  const { run, requests } = compaction(overflow());
  await expect(run([context, ...long])).rejects.toMatchObject({
    failure: { kind: 'contextOverflow' },
  });
  const last = requests.at(-1)?.input ?? [];
  expect(last).toHaveLength(3);
  expect(last[0]).toBe(context.item);
  expect(requests.length).toBeLessThan(12);
});

test('another failure of the client ends it', async () => {
  const { run, requests } = compaction(new ResponsesError({ kind: 'usageLimit' }));
  await expect(run(long)).rejects.toMatchObject({ failure: { kind: 'usageLimit' } });
  expect(requests).toHaveLength(1);
});

test('an abort while the answer comes rejects with the reason', async () => {
  const { run, signal } = compaction(said(summary));
  const running = run(long);
  signal.abort(new DOMException('stopped', 'AbortError'));
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

test('a second compaction summarizes the first summary and keeps the messages again', async () => {
  const first = await compaction(said(summary)).run(long);
  const entries: HistoryEntry[] = [
    ...first.kept.map(({ item }) => ({ kind: 'user' as const, item })),
    ...first.bridge.slice(-1).map((item) => ({ kind: 'summary' as const, item })),
    ...long.slice(first.cut),
    ...long,
  ];
  const { run, requests } = compaction(said(summary));
  const second = await run(entries);
  expect(requests[0]?.input).toContain(first.bridge.at(-1));
  expect(second.bridge).not.toContain(first.bridge.at(-1));
  expect(second.bridge.slice(0, first.kept.length)).toEqual(first.kept.map(({ item }) => item));
});

test('the request after a compaction of any history is accepted, with every pair complete', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.nat({ max: 4 }), async (entries, overflows) => {
      const before = structuredClone(items(entries));
      const { run, requests } = compaction(
        ...Array.from({ length: overflows }, overflow),
        said(summary),
      );
      let problem: unknown;
      const result = await run(entries).catch((error: unknown) => void (problem = error));
      expect(items(entries)).toEqual(before);
      for (const { input } of requests) {
        expect(refuseItems(prepareInput(input), accountId, false)).toBeUndefined();
      }
      if (!result) {
        const name = expect.stringMatching(/^(Compaction|Responses)Error$/);
        expect(problem).toMatchObject({ name });
        return;
      }
      const { bridge, cut, after, before: old } = result;
      const tail = items(entries.slice(cut));
      const next = [...bridge, ...tail, userMessage('next')];
      // Nothing has to be mended: what goes out is what was built.
      expect(refuseItems(next, accountId, false)).toBeUndefined();
      expect(new Set(next).size).toBe(next.length);
      expect(after).toBeLessThanOrEqual(old / 2);
    }),
    { numRuns: 100 },
  );
});
