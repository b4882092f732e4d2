import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Backend, startBackend } from '../../backend/backend.ts';
import { createCodexHome, ensureCodexCli } from '../../backend/codexCli.ts';
import { asList } from '../../backend/values.ts';
import { sampled } from '../../support/fullTests.ts';
import {
  chatInput,
  expectedInput,
  importedInput,
  readThread,
  runCli,
  type CliStep,
} from '../../support/rolloutOracle.ts';
import { shownOf } from '../../support/rolloutSources.ts';

let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
  await ensureCodexCli();
}, 900_000);

beforeEach(() => backend.control.reset());

afterAll(() => backend.stop());

async function compare(steps: readonly CliStep[], model = 'gpt-5.5') {
  const home = await createCodexHome(backend, backend.control.mint('ada@example.com'), model);
  try {
    backend.control.reset();
    const run = await runCli(backend, home, steps);
    const imported: unknown = JSON.parse(JSON.stringify(importedInput(run.session)));
    expect(imported, JSON.stringify(steps)).toEqual(expectedInput(run.lastInput));
    const chat: unknown = JSON.parse(JSON.stringify(chatInput(run.session)));
    // A summary of nothing follows the first message, for there is no turn before it.
    const summary = run.session.compactions.at(-1);
    const isFirst = summary !== undefined && summary.after === undefined;
    if (isFirst)
      expect(chat).toHaveLength(run.session.turns.length > 0 ? asList(imported).length : 0);
    else expect(chat, JSON.stringify(steps)).toEqual(imported);
    expect(run.session.damagedLines).toBe(0);
    return run;
  } finally {
    await home.remove();
  }
}

const say = (text: string): CliStep => ({ do: 'turn', text });

test('a session of the real Codex CLI is imported as its next request tells it', async () => {
  const { session } = await compare([
    { do: 'reasoning', text: 'think' },
    { do: 'parallel', text: 'run two' },
    { do: 'image', text: 'look' },
    { do: 'interrupt', text: 'be stopped' },
    { do: 'steer', text: 'be steered' },
    { do: 'fail', text: 'fail' },
  ]);
  expect(shownOf(session)).toEqual([
    'user: think',
    'reasoning: Thought 1.',
    'text: Answer 1.',
    'done',
    'user: run two',
    'call: echo one',
    'call: false',
    'text: Answer 2.',
    'done',
    'user: look',
    'text: Answer 3.',
    'done',
    'user: be stopped',
    'stopped',
    'user: be steered',
    'done',
    'user: steer be steered',
    'text: Answer 5.',
    'done',
    'user: fail',
    'failed',
  ]);
}, 90_000);

test('the Lite shape is imported too', async () => {
  const steps: CliStep[] = [say('one'), { do: 'compact' }, { do: 'reasoning', text: 'two' }];
  await compare(steps, 'gpt-6.1-sol');
}, 90_000);

test.each<[string, CliStep[]]>([
  ['compacted twice', [say('a'), { do: 'compact' }, say('b'), { do: 'compact' }, say('c')]],
  ['forked from a fork', [say('a'), { do: 'fork' }, say('b'), { do: 'fork' }, say('c')]],
  [
    'taken back twice',
    [say('a'), say('b'), { do: 'revert', back: 1 }, say('c'), { do: 'revert', back: 2 }, say('d')],
  ],
  [
    'forked and then taken back to before the fork',
    [say('a'), say('b'), { do: 'fork' }, say('c'), { do: 'revert', back: 2 }, say('d')],
  ],
  [
    'taken back over a compaction',
    [say('a'), say('b'), { do: 'compact' }, { do: 'revert', back: 1 }],
  ],
  ['killed and resumed', [say('a'), { do: 'kill' }, say('b'), { do: 'restart' }, say('c')]],
])(
  'a session that was %s is imported as its next request tells it',
  async (_, steps) => void (await compare(steps)),
  90_000,
);

const text = fc.oneof(
  fc.constantFrom('fix the test', '<b>bold</b>', '# heading', 'ünïcode 👩‍👩‍👧 שלום', '{"a":[1]}'),
  fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }).filter((one) => one.trim() !== ''),
);
const step: fc.Arbitrary<CliStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('turn', 'call', 'reasoning'), text }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('parallel', 'image', 'fail', 'interrupt', 'steer'),
      text,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('compact', 'fork', 'restart', 'kill') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('revert'), back: fc.integer({ min: 1, max: 4 }) }),
  },
);

test(
  'whatever was done in a session, it is imported as its next request tells it',
  async () => {
    // A thread exists as soon as it has had a turn.
    const steps = fc
      .array(step, { minLength: 1, maxLength: 9 })
      .map((rest) => [say('first'), ...rest]);
    await fc.assert(
      fc.asyncProperty(steps, async (some) => void (await compare(some))),
      { numRuns: sampled(4, 150), endOnFailure: true },
    );
  },
  sampled(180_000, 3_600_000),
);

test('sessions of `codex exec` and their continuations are imported', async () => {
  const home = await createCodexHome(backend, backend.control.mint('ada@example.com'));
  try {
    backend.control.script({ kind: 'text', text: 'One.' }, { kind: 'text', text: 'Two.' });
    const first = await home.exec('first');
    const thread = String(
      first.events.find(({ type }) => type === 'thread.started')?.['thread_id'],
    );
    await home.exec('second', thread);
    expect(shownOf(await readThread(home, thread))).toEqual([
      'user: first',
      'text: One.',
      'done',
      'user: second',
      'text: Two.',
      'done',
    ]);
  } finally {
    await home.remove();
  }
}, 90_000);
