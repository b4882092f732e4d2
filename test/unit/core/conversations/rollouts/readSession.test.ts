import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepareInput } from '../../../../../src/core/responses/request/prepareInput.ts';
import { createRawLines } from '../../../../../src/core/conversations/rollouts/rawLines.ts';
import type { ReadSession } from '../../../../../src/core/conversations/rollouts/readSession.ts';
import {
  readFiles,
  rolloutFiles,
  rolloutFixture,
  shownOf,
} from '../../../../support/rolloutSources.ts';
import { sampled } from '../../../../support/fullTests.ts';
import { asRecord } from '../../../../backend/values.ts';
import { sessionsOf } from '../../../../../src/core/conversations/rollouts/rolloutFiles.ts';

const thread = '01a200df-b0e9-7380-95aa-09ec1d015687';
const fork = '01a200df-b383-70b0-b34c-eccc153fabaa';
const names = {
  first: `sessions/rollout-2026-11-22T01-29-49-${thread}.jsonl`,
  reverted: `sessions/rollout-2026-11-22T01-29-50-${thread}_01a200df-b3f3-7ff3-8d09-575bcfb7b87a.jsonl`,
  fork: `sessions/rollout-2026-11-22T01-29-50-${fork}.jsonl`,
};
const current = {
  [names.first]: rolloutFixture(`49-${thread}`),
  [names.reverted]: rolloutFixture('b87a'),
  [names.fork]: rolloutFixture(fork),
};
const old = { old: rolloutFixture('000000000001') };

/** What the model is told, one line for each item. */
const toldOf = ({ history }: ReadSession) =>
  prepareInput(history.map(({ item }) => item)).map((item) =>
    item.type === 'message'
      ? `${String(item['role'])}: ${/"text":"((?:[^"\\]|\\.){0,40})/.exec(JSON.stringify(item))?.[1] ?? 'image'}`
      : item.type,
  );

const stopped = 'developer: The user stopped this answer before it w';

describe('a session of version 0.169', () => {
  test('is shown and told over its files, without what was taken back', async () => {
    const session = await readFiles(current, { thread });
    expect(shownOf(session)).toEqual([
      'user: first message',
      'reasoning: thinking',
      'text: Hello one.',
      'done',
      'user: run echo',
      'call: echo hi',
      'text: Ran it.',
      'done',
      'user: look',
      'text: Seen image.',
      'done',
      'user: be stopped',
      'stopped',
      'user: after rollback',
      'text: After rollback.',
      'done',
      'user: after compact',
      'text: After compact.',
      'done',
      'user: fails',
      'failed',
    ]);
    expect(toldOf(session).map((line) => line.slice(0, 40))).toEqual([
      'user: first message',
      'user: run echo',
      'user: look',
      'user: be stopped',
      'user: after rollback',
      'user: Another language model started to ',
      'user: after compact',
      'assistant: After compact.',
      'user: fails',
    ]);
    expect({ ordinal: session.ordinal, cwd: session.cwd }).toEqual({
      ordinal: 82,
      cwd: '/home/ada/project',
    });
  });

  test('keeps the model, the times and the token counts of its turns', async () => {
    const [turn] = (await readFiles(current, { thread })).turns;
    expect(turn).toMatchObject({
      id: '01a200df-b135-7f62-b6c1-3d63519c1ad4',
      model: 'gpt-5.5',
      usage: { input: 4552, cached: 0, output: 7, reasoning: 3 },
    });
    const ms = (turn?.endedAtMs ?? 0) - (turn?.startedAtMs ?? 0);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThan(1000);
  });

  test('that is a fork tells its parent up to the place of the fork', async () => {
    const session = await readFiles(current, { thread: fork });
    expect(session.isBaseMissing).toBe(false);
    expect(toldOf(session)).toEqual([
      'user: first message',
      'reasoning',
      'assistant: Hello one.',
      'user: run echo',
      'function_call',
      'function_call_output',
      'assistant: Ran it.',
      'user: look',
      'user: image',
      'assistant: Seen image.',
      'user: be stopped',
      stopped,
      'user: after stop',
      'assistant: After stop.',
      'user: in the fork',
      'assistant: In fork.',
    ]);
  });

  test('that is a fork of a session that is gone holds its own part and says so', async () => {
    const session = await readFiles({ [names.fork]: current[names.fork] ?? '' });
    expect(session.isBaseMissing).toBe(true);
    expect(toldOf(session)).toEqual(['user: in the fork', 'assistant: In fork.']);
  });

  test('of another account is told without what only that account can read', async () => {
    const session = await readFiles(current, { thread: fork, accounts: [] });
    expect(toldOf(session)).not.toContain('reasoning');
    expect(session.history.every(({ account }) => account === undefined)).toBe(true);
  });

  test('with a summary that cannot be read is told in full', async () => {
    const items = [{ type: 'compaction', encrypted_content: 'gAAAA' }];
    const sealed = (current[names.reverted] ?? '')
      .split('\n')
      .map((line) => {
        if (!line.includes('"type":"compacted"')) return line;
        const compacted = asRecord(JSON.parse(line));
        const payload = { ...asRecord(compacted['payload']), replacement_history: items };
        return JSON.stringify({ ...compacted, payload });
      })
      .join('\n');
    const files = { ...current, [names.reverted]: sealed };
    const own = await readFiles(files, { thread });
    const others = await readFiles(files, { thread, accounts: [] });
    expect(toldOf(own)[0]).toBe('compaction');
    expect(toldOf(others).slice(0, 2)).toEqual(['user: first message', 'assistant: Hello one.']);
    expect(toldOf(others).at(-1)).toBe('user: fails');
  });

  test('is one entry in the list, under its name, first words or nothing', () => {
    const { heads } = rolloutFiles(current);
    const list = (known: Map<string, string>) =>
      sessionsOf({ heads, names: known, unreadable: 2 }).sessions.map(({ title }) => title);
    expect(list(new Map())).toEqual(['first message', 'in the fork']);
    expect(list(new Map([[fork, 'My fork']]))).toEqual(['first message', 'My fork']);
  });

  test('that a session started for a part of its work is counted and not listed', () => {
    const { heads } = rolloutFiles({
      part: (current[names.fork] ?? '').replace(
        '"source":"vscode"',
        '"source":{"subagent":"review"}',
      ),
    });
    const { sessions, subagents } = sessionsOf({ heads, names: new Map(), unreadable: 0 });
    expect({ sessions, subagents }).toEqual({ sessions: [], subagents: 1 });
  });
});

describe('a session of version 0.63', () => {
  test('is shown and told by its tags and its old events', async () => {
    const session = await readFiles(old);
    expect(shownOf(session)).toEqual([
      'user: fix the test',
      'reasoning: **Reading the test**',
      'call: npm test',
      'text: Fixed.',
      'done',
      'user: <environment_context> is a strange tag',
      'call: ls',
      'stopped',
      'user: go on',
      'text: Going on.',
      'done',
    ]);
    expect(toldOf(session)).toEqual([
      'user: fix the test',
      'user: Another language model started to solve ',
      'user: go on',
      'assistant: Going on.',
    ]);
    expect(session.turns.map(({ model, effort }) => [model, effort])).toContainEqual([
      'gpt-5.1-codex',
      'medium',
    ]);
  });

  test('that is a fork holds a copy of its parent, and is a session of its own', async () => {
    const session = await readFiles({ fork: rolloutFixture('000000000002') });
    expect({ thread: session.thread, cwd: session.cwd }).toEqual({
      thread: '019ab2c0-2222-7000-8000-000000000002',
      cwd: '/home/ada/other',
    });
    expect(shownOf(session).filter((line) => line.startsWith('user'))).toEqual([
      'user: fix the test',
      'user: in the fork',
    ]);
  });

  test('loses the turns that were rolled back', async () => {
    const back = '{"type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":1}}\n';
    const session = await readFiles({ old: `${old.old}${back}` });
    expect(session.turns.at(-1)?.text).toBe('<environment_context> is a strange tag');
  });
});

describe('a damaged session', () => {
  const lines = (current[names.first] ?? '').trimEnd().split('\n');

  test('is read without the damaged lines, which are counted', async () => {
    const damaged = lines.toSpliced(2, 1, '{"torn', '\0\0\0\0').join('\n');
    const session = await readFiles({ file: damaged });
    expect(session.damagedLines).toBe(2);
    expect(session.turns).toHaveLength(5);
  });

  test('never fails, and never loses a turn whose lines are whole', async () => {
    const cut = fc.record({
      at: fc.nat(lines.length - 2),
      bytes: fc.uint8Array({ maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cut, { maxLength: 8 }), async (cuts) => {
        const encoder = new TextEncoder();
        const parts: Uint8Array[] = lines.map((line) => encoder.encode(`${line}\n`));
        for (const { at, bytes } of cuts) parts[at + 1] = Uint8Array.from([...bytes, 0x0a]);
        const session = await readFiles({ file: Buffer.concat(parts) });
        const whole = lines.filter((_, at) => !cuts.some((one) => one.at + 1 === at));
        for (const word of ['first message', 'run echo', 'look', 'be stopped', 'after stop']) {
          const isTold = whole.some(
            (line) => line.includes('"response_item"') && line.includes(`"text":"${word}"`),
          );
          expect(session.turns.some(({ text }) => text === word)).toBe(isTold);
        }
      }),
      { numRuns: sampled(30, 1000) },
    );
  });

  test('never fails over lines of any JSON', async () => {
    const payload = fc.dictionary(
      fc.constantFrom(
        'type',
        'role',
        'content',
        'item',
        'message',
        'replacement_history',
        'turn_id',
      ),
      fc.oneof(
        fc.constantFrom('message', 'user', 'item_completed', 'task_started', 'turn_aborted', 'x'),
        fc.jsonValue({ maxDepth: 3 }),
        fc.constant([{ type: 'input_text', text: 'hi' }]),
      ),
    );
    const type = fc.constantFrom(
      'response_item',
      'event_msg',
      'compacted',
      'turn_context',
      'other',
    );
    const line = fc.record({ type, payload, ordinal: fc.option(fc.nat()) });
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (some) => {
        const all = [lines[0], ...some.map((one) => JSON.stringify(one))].join('\n');
        const session = await readFiles({ file: all });
        expect(() => prepareInput(session.history.map(({ item }) => item))).not.toThrow();
        expect(session.damagedLines).toBe(0);
      }),
      { numRuns: sampled(150, 5000) },
    );
  });
});

describe('a session that goes on', () => {
  test('has the same ids for its turns in each reading, but for one that was not over', async () => {
    const whole = (current[names.first] ?? '').trimEnd().split('\n');
    const ids = async (count: number) =>
      (await readFiles({ file: whole.slice(0, count).join('\n') })).turns.map(({ id, status }) => ({
        id,
        status,
      }));
    const all = await ids(whole.length);
    for (let count = 1; count < whole.length; count++) {
      const some = await ids(count);
      some.forEach((turn, at) => {
        const isOver = turn.status !== 'interrupted';
        expect(turn.id === all[at]?.id).toBe(isOver);
      });
    }
  });
});

describe('a long session', () => {
  const meta = (current[names.fork] ?? '').split('\n', 1)[0] ?? '';
  const line = (text: string, role: 'user' | 'assistant') =>
    JSON.stringify({
      type: 'response_item',
      payload: { type: 'message', role, content: [{ type: 'input_text', text }] },
    });
  const long = (turns: number) =>
    [
      meta,
      ...Array.from({ length: turns }, (_, at) => [
        line(`question ${at}`, 'user'),
        line('x'.repeat(10_000), 'assistant'),
      ]).flat(),
    ].join('\n');

  test('is kept up to a bound from its end, and what was left out is counted', async () => {
    const session = await readFiles({ file: long(200) }, { mostKept: 200_000 });
    const size = JSON.stringify(session.history).length;
    expect(size).toBeLessThan(220_000);
    expect(size).toBeGreaterThan(100_000);
    expect(session.cut.turns).toBe(200 - session.turns.length);
    expect(session.turns.at(-1)?.text).toBe('question 199');
  });

  test('loses what a summary has replaced before it loses a turn', async () => {
    const compacted = JSON.stringify({
      type: 'compacted',
      payload: { replacement_history: [], message: '' },
    });
    const file = `${long(30)}\n${compacted}\n${line('after it', 'user')}\n${line('yes', 'assistant')}`;
    const session = await readFiles({ file }, { mostKept: 150_000 });
    expect(session.turns.at(-1)?.text).toBe('after it');
    expect(toldOf(session)).toEqual(['user: after it', 'assistant: yes']);
  });

  test('with a line that is too long is read without that line', () => {
    const lines = createRawLines(10);
    const bytes = new TextEncoder().encode('short\nmuch too long for this\nend');
    expect([...lines.push(bytes), lines.end()]).toEqual([
      { text: 'short', at: 0 },
      { text: undefined, at: 6 },
      { text: 'end', at: 29 },
    ]);
  });
});
