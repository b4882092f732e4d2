import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ToWebview } from '../../../src/shared/protocol/messages.ts';
import type { PartChange, TurnPart, TurnView } from '../../../src/shared/protocol/turn.ts';
import { applyPartChange } from '../../../src/shared/partChanges.ts';
import { reduce, runningTurn, type ViewState } from '../../../webview/panel/state.ts';
import { running, snapshot, turn } from './views.ts';

const text = (id: string, words: string): TurnPart => ({ kind: 'text', id, text: words });

function play(first: ViewState | undefined, ...messages: ToWebview[]): ViewState | undefined {
  return messages.reduce<ViewState | undefined>((state, message) => reduce(state, message), first);
}

const changes = (list: PartChange[], attempt = 1, turnId = 'turn-1'): ToWebview => ({
  type: 'turn/changes',
  seq: 9,
  turnId,
  attempt,
  changes: list,
});

test('knows nothing before the first snapshot', () => {
  expect(play(undefined, { type: 'turn/add', seq: 1, turn: turn() })).toBeUndefined();
});

test('forgets everything of before with a snapshot', () => {
  const state = play(undefined, snapshot({ turns: [turn()] }), snapshot({ chatId: 'chat-2' }));
  expect(state).toMatchObject({ chatId: 'chat-2', turns: [] });
});

test('grows, opens, replaces and takes back parts in the order told', () => {
  const state = play(
    undefined,
    snapshot({ turns: [running([text('a', 'One')])] }),
    changes([
      { type: 'append', id: 'a', text: ' two' },
      { type: 'put', part: text('b', 'next') },
      { type: 'put', part: text('a', 'anew') },
      { type: 'drop', id: 'b' },
    ]),
  );
  expect(state?.turns[0]?.parts).toEqual([text('a', 'anew')]);
});

test('opens a part before the one that is named, or at the end when that is gone', () => {
  const state = play(
    undefined,
    snapshot({ turns: [running([text('a', 'One')])] }),
    changes([
      { type: 'put', part: text('b', 'Zero'), before: 'a' },
      { type: 'put', part: text('c', 'Two'), before: 'gone' },
    ]),
  );
  expect(state?.turns[0]?.parts.map((part) => part.id)).toEqual(['b', 'a', 'c']);
});

test('passes over what comes late from an attempt that was given up', () => {
  const before = play(undefined, snapshot({ turns: [running([text('a', 'x')], { attempt: 2 })] }));
  const after = play(before, changes([{ type: 'append', id: 'a', text: ' stale' }], 1));
  expect(after).toBe(before);
});

test('keeps the identity of all that a message does not touch', () => {
  const before = play(
    undefined,
    snapshot({ turns: [turn(), running([text('a', '')], { id: 't2' })] }),
  );
  const after = play(before, changes([{ type: 'append', id: 'a', text: 'x' }], 1, 't2'));
  expect(after).not.toBe(before);
  expect(after?.turns[0]).toBe(before?.turns[0]);
  expect(after?.quota).toBe(before?.quota);
});

test('begins a retried turn anew in its place', () => {
  const before = play(undefined, snapshot({ turns: [turn(), turn({ id: 'turn-2' })] }));
  const after = play(before, { type: 'turn/add', seq: 2, turn: running([], { attempt: 2 }) });
  expect(after?.turns.map(({ id, status }) => [id, status])).toEqual([
    ['turn-1', 'running'],
    ['turn-2', 'done'],
  ]);
});

test('drops the retry, the failure and the usage that a state no longer names', () => {
  const retry = { attempt: 1, maxAttempts: 5, reason: '', atMs: 0 };
  const before = play(undefined, snapshot({ turns: [running([text('a', 'x')], { retry })] }));
  const after = play(before, {
    type: 'turn/state',
    seq: 2,
    turnId: 'turn-1',
    status: 'running',
    attempt: 1,
    notes: ['noted'],
  });
  expect(after?.turns[0]).toEqual({ ...running([text('a', 'x')]), notes: ['noted'] });
});

test('hides the context again when the host no longer knows it', () => {
  const before = play(undefined, snapshot({ context: { usedTokens: 1, windowTokens: 2 } }));
  expect(play(before, { type: 'context', seq: 2 })).not.toHaveProperty('context');
});

test('names the turn that is being answered', () => {
  expect(runningTurn(play(undefined, snapshot({ turns: [turn()] })))).toBeUndefined();
  const state = play(undefined, snapshot({ turns: [running([], { id: 'now' })] }));
  expect(runningTurn(state)?.id).toBe('now');
});

/** The host's own picture, kept in the plainest way: a list of ids and a text for each. */
function hostPicture(list: readonly PartChange[]): [id: string, text: string][] {
  const picture: [string, string][] = [];
  for (const change of list) {
    const id = change.type === 'put' ? change.part.id : change.id;
    const at = picture.findIndex(([other]) => other === id);
    const known = picture[at];
    if (change.type === 'drop' && known !== undefined) picture.splice(at, 1);
    if (change.type === 'append' && known !== undefined) known[1] += change.text;
    if (change.type === 'put' && change.part.kind === 'text') {
      if (known === undefined) picture.push([id, change.part.text]);
      else known[1] = change.part.text;
    }
  }
  return picture;
}

const someId = fc.constantFrom('a', 'b', 'c', 'd');
const someChange: fc.Arbitrary<PartChange> = fc.oneof(
  fc.record({ type: fc.constant('append' as const), id: someId, text: fc.string() }),
  fc.record({
    type: fc.constant('put' as const),
    part: fc.record({ kind: fc.constant('text' as const), id: someId, text: fc.string() }),
  }),
  fc.record({ type: fc.constant('drop' as const), id: someId }),
);

test('shows the picture of the host whatever the order of appends, puts and drops', () => {
  fc.assert(
    fc.property(fc.array(someChange, { maxLength: 40 }), (list) => {
      const parts: TurnPart[] = [];
      for (const change of list) applyPartChange(parts, change);
      expect(parts.map((part) => [part.id, part.kind === 'text' ? part.text : ''])).toEqual(
        hostPicture(list),
      );
    }),
  );
});

test('shows the same however the changes are cut into messages', () => {
  fc.assert(
    fc.property(fc.array(fc.array(someChange, { maxLength: 6 }), { maxLength: 8 }), (messages) => {
      const first = play(undefined, snapshot({ turns: [running([])] }));
      const apart = play(first, ...messages.map((list) => changes(list)));
      const joined = play(first, changes(messages.flat()));
      expect(partsOf(apart)).toEqual(partsOf(joined));
    }),
  );
});

function partsOf(state: ViewState | undefined): TurnView['parts'] | undefined {
  return state?.turns[0]?.parts;
}

test('keeps of a turn that is told anew what says the same, so that only the rest is drawn', () => {
  const failure = {
    kind: 'cut' as const,
    title: 'Cut',
    message: 'It broke.',
    actions: ['retry' as const],
  };
  const usage = { input: 4, cached: 3, output: 2, reasoning: 1 };
  const failed = turn({ status: 'failed', notes: ['Noted.'], failure, usage });
  const before = play(undefined, snapshot({ turns: [failed] }))?.turns[0];
  const told = structuredClone({
    status: 'failed',
    attempt: 1,
    notes: ['Noted.'],
    failure,
    usage,
  });
  const receipt = {
    requests: 2,
    failed: ['cut'],
    shares: [{ label: '5h', points: 0.6, certainty: 'measured' as const }],
  };
  const after = play(play(undefined, snapshot({ turns: [failed] })), {
    type: 'turn/state',
    seq: 2,
    turnId: 'turn-1',
    ...told,
    status: 'failed',
    receipt,
  })?.turns[0];
  expect(after).toEqual({ ...before, receipt });
  expect(after?.failure).toBe(before?.failure);
  expect(after?.notes).toBe(before?.notes);
  expect(after?.usage).toBe(before?.usage);
});
