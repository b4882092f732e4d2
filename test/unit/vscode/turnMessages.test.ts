import { expect, test } from 'vitest';
import { toReceipt } from '../../../src/core/chat/turn/receipt.ts';
import type { Turn } from '../../../src/core/chat/turn/turn.ts';
import { toWebview } from '../../../src/shared/protocol/messages.ts';
import { toTurnState, toTurnView } from '../../../src/vscode/chat/turnMessages.ts';

const turn: Turn = {
  id: 'turn-1',
  prompt: { text: 'One', attachments: [] },
  status: 'done',
  attempt: 1,
  parts: [{ kind: 'text', id: 'a', text: 'Half' }],
  notes: [{ kind: 'rerouted', model: 'gpt-5.5' }],
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
  turn.notes.push({ kind: 'usageUnknown' });
  expect(told.notes).toEqual(['Answered by gpt-5.5 instead.']);
});

test('the panel receives the receipt in either message, and nothing else that the ledger has of it', () => {
  const share = { credentialId: 'one', kind: 'fiveHour', startsAtMs: 1, points: 0.6 } as const;
  const receipt = toReceipt({
    version: 1,
    id: 'turn-1',
    revision: 1,
    atMs: 1,
    endedAtMs: 2,
    chatId: 'chat',
    credentialId: 'one',
    spans: [],
    model: 'gpt-5.5',
    effort: 'medium',
    requests: 3,
    failed: ['cut', 'overloaded'],
    shares: [{ ...share, label: '5h', certainty: 'shared' }],
    kind: 'turn',
    outcome: 'done',
  });
  const paid: Turn = { ...turn, receipt };
  const sent = [
    { type: 'turn/add', seq: 1, turn: toTurnView(paid) },
    { ...toTurnState(paid), seq: 2 },
  ];
  expect(sent.map((message) => toWebview.parse(message))).toEqual(sent);
  expect(toTurnState(paid)).toMatchObject({
    receipt: {
      requests: 3,
      failed: ['cut', 'overloaded'],
      shares: [{ label: '5h', points: 0.6, certainty: 'shared' }],
    },
  });
  expect(JSON.stringify(sent)).not.toContain('credentialId');
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
