import { expect, test } from 'vitest';
import { createCompactionUsage } from '../../../../../src/core/chat/compaction/compactionUsage.ts';
import { createLedgerTracker } from '../../../../../src/core/ledger/tracker.ts';
import { chatWorld } from './chatWorld.ts';

test('the ledger has an entry of its own kind for a compaction', async () => {
  const clock = { now: () => 1_795_219_200_000 };
  const tracker = createLedgerTracker(clock);
  const plan = () => ({ model: 'gpt-5.5', effort: 'medium' });
  const compactionUsage = createCompactionUsage({ chatId: 'chat-1', tracker, plan, clock });
  const world = chatWorld({ compactionUsage });
  for (let turn = 0; turn < 12; turn++) await world.ask(`question ${turn}`);
  await world.session.compaction.start('command');
  expect(tracker.entries()).toMatchObject([
    {
      kind: 'compaction',
      chatId: 'chat-1',
      model: 'gpt-5.5',
      outcome: 'done',
      requests: 1,
      tokens: { output: 100 },
    },
  ]);
});
