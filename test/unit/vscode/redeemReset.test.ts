import { beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { BankedReset, RedeemOutcome } from '../../../src/core/quota/poll/resets.ts';
import { createRedeemReset } from '../../../src/vscode/usage/redeemReset.ts';
import { registerRedeemReset } from '../../../src/vscode/commands.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';

const nowMs = Date.UTC(2026, 10, 20, 10, 55);

function open(
  told: {
    banked?: BankedReset[] | Error;
    outcome?: RedeemOutcome | Error;
    accounts?: string[];
  } = {},
) {
  const did: string[] = [];
  const give = <T>(value: T | Error): T => {
    if (value instanceof Error) throw value;
    return value;
  };
  const redeem = createRedeemReset({
    resets: {
      async list(id) {
        did.push(`list ${id}`);
        return give(told.banked ?? [{ id: 'a', title: 'One free reset' }, { id: 'b' }]);
      },
      async redeemReset(id) {
        did.push(`redeem ${id}`);
        return give(told.outcome ?? 'reset');
      },
    },
    accounts: () =>
      (told.accounts ?? ['cred', 'work']).map((id) => ({
        credentialId: id,
        label: `${id}@home.example`,
      })),
    refresh: async (id) => void did.push(`refresh ${id}`),
    now: () => nowMs,
    log: silentLog,
  });
  return { redeem, did };
}

beforeEach(() => editor.reset());

test('asks first, redeems, and asks for the figures that follow', async () => {
  const { redeem, did } = open();
  const done = redeem();
  await settled();
  expect(did).toEqual(['list cred']);
  expect(editor.messages.map(({ text, buttons }) => [text, buttons])).toEqual([
    [
      'Redeem a usage reset of cred@home.example? Its limits restart from zero. 2 are left.',
      ['Redeem'],
    ],
  ]);
  editor.messages[0]!.answer('Redeem');
  await done;
  expect(did).toEqual(['list cred', 'redeem cred', 'refresh cred']);
  expect(editor.messages).toHaveLength(1);
});

test('redeems nothing when the question is put away', async () => {
  const { redeem, did } = open({ banked: [{ id: 'a' }] });
  const done = redeem('work');
  await settled();
  expect(editor.messages[0]?.text).toBe(
    'Redeem the last usage reset of work@home.example? Its limits restart from zero.',
  );
  editor.messages[0]!.answer(undefined);
  await done;
  expect(did).toEqual(['list work', 'refresh work']);
});

test('asks no second time while a question is open', async () => {
  const { redeem, did } = open();
  const first = redeem();
  const second = redeem('cred');
  await settled();
  expect(editor.messages).toHaveLength(1);
  editor.messages[0]!.answer('Redeem');
  await Promise.all([first, second]);
  expect(did.filter((one) => one.startsWith('redeem'))).toEqual(['redeem cred']);
});

test.each<[string, Parameters<typeof open>[0], string]>([
  ['there is none', { banked: [] }, 'cred@home.example has no usage resets left.'],
  ['nobody is signed in', { accounts: [] }, 'Sign in to Codex first.'],
  ['Codex isn’t responding', { banked: new Error('down') }, 'Codex did not confirm'],
])('says so when %s', async (_, told, text) => {
  await open(told).redeem();
  expect(editor.messages.map((message) => message.text.startsWith(text))).toEqual([true]);
});

test.each([
  ['nothingToReset', 'cred@home.example has no used limits, so the reset wasn’t redeemed.'],
  ['unknown', 'Codex did not say whether'],
  [new Error('cut'), 'Codex did not confirm the usage reset. You can try again'],
] as const)('says what became of it: %s', async (outcome, text) => {
  const { redeem, did } = open({ outcome });
  const done = redeem();
  await settled();
  editor.messages[0]!.answer('Redeem');
  await done;
  expect(editor.messages[1]?.text.startsWith(text)).toBe(true);
  expect(did.at(-1)).toBe('refresh cred');
});

test('is a command that takes an account, and anything else for none', async () => {
  const { redeem, did } = open({ banked: [] });
  registerRedeemReset(redeem);
  await editor.commands.get('codexChat.redeemReset')?.('work');
  await editor.commands.get('codexChat.redeemReset')?.({ odd: true });
  expect(did.filter((one) => one.startsWith('list'))).toEqual(['list work', 'list cred']);
});
