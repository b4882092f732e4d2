import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forkRecords } from '../../../../src/core/chat/forkChat.ts';
import { inputOf } from '../../../../src/core/conversations/context/contextEntries.ts';
import { branchOf, settledTurn } from '../../../../src/core/conversations/conversation.ts';
import { createMemoryChatLog } from '../../../../src/core/conversations/memoryChatLog.ts';
import { developerMessage, userMessage } from '../../../../src/core/responses/request/input.ts';

interface Plan {
  readonly text: string;
  readonly back: number;
  readonly items: readonly { readonly text: string; readonly account: string | undefined }[];
  readonly isEnded: boolean;
}

/** A chat with turns, each after one of those before it. */
function chatOf(plans: readonly Plan[]) {
  const log = createMemoryChatLog('chat-1', () => 5);
  log.add({ type: 'title', text: 'Title' });
  const ids: string[] = [];
  for (const [at, { text, back, items, isEnded }] of plans.entries()) {
    const turn = `turn-${at}`;
    const parent = ids[ids.length - 1 - (back % (ids.length + 1))];
    const prompt = { text, attachments: [] };
    log.add({ type: 'turn', turn, startedAtMs: at, prompt, ...(parent && { parent }) });
    for (const [index, { text: words, account }] of items.entries()) {
      const part = { kind: 'text' as const, id: `${index}`, text: words };
      const item = { ...userMessage(words) };
      const owner = account === undefined ? {} : { account };
      const key = `key-${index}`;
      log.add({ type: 'output', turn, key, parts: [part], items: [item], ...owner });
    }
    if (isEnded) {
      const order = items.map((_, index) => `key-${index}`);
      const closing = [{ ...developerMessage('closed') }];
      const end = { order, closing, status: 'stopped', attempt: 2, notes: [] } as const;
      log.add({ type: 'end', turn, ...end, order, closing, notes: [], endedAtMs: at + 1 });
    }
    ids.push(turn);
  }
  return log;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  text: fc.string(),
  back: fc.nat(4),
  items: fc.array(
    fc.record({
      text: fc.string(),
      account: fc.option(fc.constantFrom('ada', 'bob'), { nil: undefined }),
    }),
    { maxLength: 4 },
  ),
  isEnded: fc.boolean(),
});

test('a fork shows and says to the model what its branch does, with the same accounts', () => {
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 8 }), (plans) => {
      const source = chatOf(plans).conversation();
      const branch = branchOf(source).map(settledTurn);
      const copy = createMemoryChatLog('chat-2', () => 9);
      let ids = 0;
      for (const record of forkRecords(branchOf(source), source, () => `new-${ids++}`))
        copy.add(record);
      const forked = copy.conversation();
      const copied = branchOf(forked);
      expect(inputOf(copied)).toEqual(inputOf(branch));
      expect(copied.map(({ parts, status }) => ({ parts, status }))).toEqual(
        branch.map(({ parts, status }) => ({ parts, status })),
      );
      const owners = (turns: typeof branch, accounts: WeakMap<object, string>) =>
        turns.flatMap(({ items }) => items.map((item) => accounts.get(item)));
      expect(owners(copied, forked.accounts)).toEqual(owners(branch, source.accounts));
      expect([forked.title, forked.skipped]).toEqual(['Title', 0]);
    }),
  );
});
