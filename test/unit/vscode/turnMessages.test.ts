import { expect, test } from 'vitest';
import type { Turn } from '../../../src/core/chat/turn/turn.ts';
import { toWebview } from '../../../src/protocol.ts';
import { toTurnState, toTurnView } from '../../../src/vscode/chat/turnMessages.ts';

const turn: Turn = {
  id: 'turn-1',
  prompt: { text: 'One', attachments: [] },
  status: 'done',
  attempt: 1,
  parts: [{ kind: 'text', id: 'a', text: 'Half' }],
  notes: ['It was cut.'],
  startedAtMs: 1,
};

test('the view is told that the rest of an answer can be asked for, in either message', () => {
  const cut = { ...turn, mayContinue: true };
  const told = [
    { type: 'turn/add', seq: 1, turn: toTurnView(cut) },
    { ...toTurnState(cut), seq: 2 },
  ];
  expect(told.map((message) => toWebview.parse(message))).toEqual(told);
  expect(told).toMatchObject([{ turn: { mayContinue: true } }, { mayContinue: true }]);
  expect(toTurnState(turn)).not.toHaveProperty('mayContinue');
});

test('a turn that is told is a copy: what happens later does not change it', () => {
  const told = toTurnView(turn);
  turn.notes.push('Later.');
  expect(told.notes).toEqual(['It was cut.']);
});

test('the view is told of the receipt in either message, and of nothing else that the host keeps with it', () => {
  const receipt = {
    requests: 3,
    failed: ['cut', 'overloaded'],
    shares: [{ label: '5h', points: 0.6, certainty: 'shared' as const, credentialId: 'one' }],
    others: [{ label: '5h', points: 0.2 }],
  };
  const paid: Turn = { ...turn, receipt };
  const told = [
    { type: 'turn/add', seq: 1, turn: toTurnView(paid) },
    { ...toTurnState(paid), seq: 2 },
  ];
  expect(told.map((message) => toWebview.parse(message))).toEqual(told);
  const shares = [{ label: '5h', points: 0.6, certainty: 'shared' }];
  expect(toTurnState(paid)).toMatchObject({ receipt: { ...receipt, shares } });
  expect(JSON.stringify(told)).not.toContain('credentialId');
});

test('the view is told since when an answer is silent, in either message', () => {
  const silent: Turn = { ...turn, status: 'running', silentSinceMs: 7_000 };
  const told = [
    { type: 'turn/add', seq: 1, turn: toTurnView(silent) },
    { ...toTurnState(silent), seq: 2 },
  ];
  expect(told.map((message) => toWebview.parse(message))).toEqual(told);
  expect(told).toMatchObject([{ turn: { silentSinceMs: 7_000 } }, { silentSinceMs: 7_000 }]);
  expect(toTurnState(turn)).not.toHaveProperty('silentSinceMs');
});
