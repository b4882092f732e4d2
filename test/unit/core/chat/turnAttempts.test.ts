import { notesOf } from '../../../support/chats.ts';
import { describe, expect, test } from 'vitest';
import type { TurnView } from '../../../../src/shared/protocol/turn.ts';
import {
  added,
  answer,
  completed,
  created,
  deltas,
  done,
  message,
  thought,
  type Json,
} from '../../faults/events.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { followInPanel } from '../../../support/panelState.ts';
import { createTurnWorld } from './turnWorld.ts';

const cut = (...events: Json[]) => streamOf(sseBytes([created, ...events]), 40);
const whole = (text: string) => streamOf(sseBytes(answer(text)), 40);
const busy = () => statusOf(503, 'busy');
const shownParts = (turn: Pick<TurnView, 'parts'> | undefined) =>
  (turn?.parts ?? []).map((part) => ({
    text: 'text' in part ? part.text : part.tool,
    stale: part.stale === true,
  }));

/** Each state of the first turn's parts in the panel, without repetitions. */
function watchParts(world: ReturnType<typeof createTurnWorld>) {
  const panel = followInPanel(world.session);
  const states: string[] = [];
  world.session.onDidChange(() => {
    const [turn] = panel.turns();
    const state = shownParts(turn).map(({ text, stale }) => (stale ? `(${text})` : text));
    if (states.at(-1) !== state.join('|')) states.push(state.join('|'));
  });
  return { panel, states };
}

describe('the panel', () => {
  test('shows both halves and ends when the first of two requests was repeated', async () => {
    const half = { ...completed(), response: { id: 'r', output: [], end_turn: false } };
    const world = createTurnWorld([
      busy,
      busy,
      () => streamOf(sseBytes([created, ...deltas('First.'), done(message('First.')), half])),
      () => whole('Second.'),
    ]);
    const panel = followInPanel(world.session);
    world.send('Why?');
    await world.rest();
    expect(panel.differences()).toEqual([]);
    const [turn] = panel.turns();
    expect(turn).toMatchObject({ status: 'done', attempt: 4 });
    expect(shownParts(turn).map(({ text }) => text)).toEqual(['First.', 'Second.']);
  });
});

describe('text of a broken attempt', () => {
  test('stays greyed until as much is written again, and is replaced in one step', async () => {
    const world = createTurnWorld([
      () => cut(...deltas('Half an ans')),
      () => whole('Half an answer.'),
    ]);
    const { states, panel } = watchParts(world);
    world.send('Why?');
    await world.rest();
    const greyed = states.indexOf('(Half an ans)');
    expect(states.slice(0, greyed)).toEqual(['', 'Half', 'Half an ', 'Half an ans']);
    expect(states.slice(greyed + 1)).toEqual(['Half an answ', 'Half an answer.']);
    expect(panel.differences()).toEqual([]);
    expect(panel.turns()[0]?.parts.map(({ id }) => id)).toEqual(['1.1.0.text']);
  });

  test('is never empty in between, whatever is written instead', async () => {
    const world = createTurnWorld([
      () => cut(...deltas('A long first try')),
      () => whole('Short.'),
    ]);
    const { states } = watchParts(world);
    world.send('Why?');
    await world.rest();
    expect(states.slice(-2)).toEqual(['(A long first try)', 'Short.']);
    expect(notesOf(world.session.turns()[0])).toEqual([
      'This response was interrupted, so Codex wrote part of it again.',
    ]);
  });

  test('stays when no attempt gets as far again, and is no longer greyed', async () => {
    const world = createTurnWorld([
      () => cut(...deltas('The longest of all')),
      () => cut(...deltas('Short')),
      busy,
    ]);
    const { states } = watchParts(world);
    world.send('Why?');
    await world.rest();
    expect(states.slice(-2)).toEqual(['(The longest of all)', 'The longest of all']);
    expect(world.session.turns()[0]).toMatchObject({ status: 'failed', notes: [] });
  });

  test('is the clean beginning where the attempt was garbled', async () => {
    const leak = 'Well now.\nassistant to=functions.read_file code {"path":"a.ts"}';
    const world = createTurnWorld([
      () => cut(...deltas(leak), done(message(leak)), completed()),
      () => whole('Well now. I read the file.'),
    ]);
    const { states } = watchParts(world);
    world.send('Why?');
    await world.rest();
    expect(states.join('\n')).not.toContain('functions');
    expect(states.find((state) => state.startsWith('('))).toMatch(/^\(Well now\.\s*\)$/);
    expect(states.at(-1)).toBe('Well now. I read the file.');
  });

  test('keeps its place below thoughts that only the next attempt shows', async () => {
    const world = createTurnWorld([
      () => cut(...deltas('Half')),
      () =>
        streamOf(
          sseBytes([
            created,
            done(thought('Hm.')),
            ...deltas('Half.', 1),
            done(message('Half.'), 1),
            completed(),
          ]),
        ),
    ]);
    const { states, panel } = watchParts(world);
    world.send('Why?');
    await world.rest();
    expect(states).toContain('Hm.|(Half)');
    expect(states.at(-1)).toBe('Hm.|Half.');
    expect(panel.differences()).toEqual([]);
  });
});

describe('a repair', () => {
  test.each([
    ['a token that is renewed in passing', [() => statusOf(401, {}), () => whole('Yes.')]],
    ['a retry before any text', [busy, busy, () => whole('Yes.')]],
    ['a retry that writes on where it was', [() => cut(...deltas('Ye')), () => whole('Yes.')]],
  ])('leaves no line behind: %s', async (_, script) => {
    const world = createTurnWorld(script);
    world.send('Why?');
    await world.rest();
    expect(world.session.turns()[0]).toMatchObject({ status: 'done', notes: [] });
  });

  test('that has changed what could be read is told once, in the words of its cause', async () => {
    const leak = 'Well.\nassistant to=functions.read_file code {"path":"a.ts"}';
    const world = createTurnWorld([
      () => cut(...deltas(leak), done(message(leak)), completed()),
      () => cut(...deltas('Another beginning')),
      () => whole('And yet another one.'),
    ]);
    world.send('Why?');
    await world.rest();
    expect(notesOf(world.session.turns()[0])).toEqual([
      'Part of this response was garbled, so Codex wrote it again.',
    ]);
  });
});

describe('text that only leads up to the answer', () => {
  const lead = message('I look.', { phase: 'commentary' });

  test('is marked from its first word on, and so is the item in the history', async () => {
    const opened = { ...lead, content: [] };
    const events = [created, added(opened), ...deltas('I look.'), done(lead)];
    const end = [...deltas('Done.', 1), done(message('Done.', { phase: 'final_answer' }), 1)];
    const world = createTurnWorld([() => streamOf(sseBytes([...events, ...end, completed()]), 30)]);
    const marks = new Set<unknown>();
    world.session.onDidChange(() => {
      const [first] = world.session.turns()[0]?.parts ?? [];
      if (first?.kind === 'text') marks.add(first.commentary);
    });
    world.send('Why?');
    await world.rest();
    expect([...marks]).toEqual([true]);
    expect(world.session.turns()[0]?.parts).toMatchObject([
      { text: 'I look.', commentary: true },
      { text: 'Done.' },
    ]);
    world.send('And?');
    await world.rest();
    expect(world.inputOf(1).map(({ phase }) => phase)).toEqual([
      undefined,
      'commentary',
      'final_answer',
      undefined,
    ]);
  });

  test('is marked at its end where the beginning did not say it', async () => {
    const world = createTurnWorld([
      () => streamOf(sseBytes([created, ...deltas('I look.'), done(lead), completed()])),
    ]);
    world.send('Why?');
    await world.rest();
    expect(world.session.turns()[0]?.parts).toMatchObject([{ text: 'I look.', commentary: true }]);
  });
});

test('two parts of a summary are two paragraphs, while they come and in the snapshot', async () => {
  const delta = (summaryIndex: number, text: string): Json => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index: summaryIndex,
    delta: text,
  });
  const summary = ['**One**', '**Two**'].map((text) => ({ type: 'summary_text', text }));
  const item = { type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'gAAAA' };
  const events = [created, delta(0, '**On'), delta(0, 'e**'), delta(1, '**Two'), delta(1, '**')];
  const world = createTurnWorld([
    () =>
      streamOf(
        sseBytes([
          ...events,
          done(item),
          ...deltas('Yes.', 1),
          done(message('Yes.'), 1),
          completed(),
        ]),
        60,
      ),
  ]);
  const { states, panel } = watchParts(world);
  world.send('Why?');
  await world.rest();
  expect(states).toContain('**One**');
  expect(states).toContain('**One**\n\n**Two**');
  expect(states.at(-1)).toBe('**One**\n\n**Two**|Yes.');
  expect(panel.differences()).toEqual([]);
});
