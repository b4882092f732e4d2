import { afterEach, beforeEach, expect, test } from 'vitest';
import { windowNames } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import { readSettings } from '../../../src/core/settings/settings.ts';
import { showQuotaDetails } from '../../../src/vscode/usage/quotaDetails.ts';
import type { QuotaItemState } from '../../../src/vscode/usage/quotaItem.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());
afterEach(() => editor.reset());

const nowMs = Date.UTC(2026, 10, 20, 10, 55);

const signedIn: QuotaItemState = {
  account: 'signedIn',
  accounts: [
    {
      credentialId: 'ada',
      label: 'ada@example.com',
      quota: {
        credentialId: 'ada',
        observedAtMs: nowMs,
        windows: [
          {
            ...windowNames(300),
            usedPercent: 42,
            minutes: 300,
            resetsAtMs: nowMs + 3_600_000,
          },
          { ...windowNames(10_080), usedPercent: 18, minutes: 10_080 },
        ],
        others: [],
        refused: false,
        resets: { available: 2 },
      },
    },
  ],
};

/** The list as it is shown, and what a pick of the entry with this label runs. */
async function show(state: QuotaItemState, label?: string) {
  const ran: unknown[][] = [];
  for (const { command } of commands) {
    editor.commands.set(command, (...args) => ran.push([command, ...args]));
  }
  const shown = showQuotaDetails(state, readSettings({}), nowMs);
  const [pick] = editor.picks;
  pick?.answer(label);
  await shown;
  return { labels: pick?.items.map((item) => item.label) ?? [], ran };
}

const commands = [
  { label: 'Open Usage Page', command: 'codexChat.showUsage' },
  { label: 'Refresh', command: 'codexChat.refreshQuota' },
  { label: 'Manage Accounts', command: 'codexChat.accounts' },
  { label: 'Sign out of Codex', command: 'codexChat.signOut' },
  { label: 'Sign in to Codex', command: 'codexChat.signIn' },
  { label: 'Redeem a Usage Reset', command: 'codexChat.redeemReset' },
];

test('lists both windows with their figures before what can be done', async () => {
  const { labels, ran } = await show(signedIn);
  const text = labels.join('\n');
  expect(text).toMatch(/ada@example\.com/);
  expect(text).toMatch(/5-hour.* 42%/);
  expect(text).toMatch(/Weekly.* 18%/);
  expect(text.indexOf('42%')).toBeLessThan(text.indexOf('Open Usage Page'));
  expect(ran).toEqual([]);
});

test.each(commands.filter(({ command }) => !/signIn|redeem/.test(command)))(
  '"$label" runs its command',
  async ({ label, command }) => {
    expect((await show(signedIn, label)).ran).toEqual([[command]]);
  },
);

test('a usage reset is used for the account that has it', async () => {
  const { ran } = await show(signedIn, 'Redeem a Usage Reset');
  expect(ran).toEqual([['codexChat.redeemReset', 'ada']]);
});

test('while signed out it offers the sign-in and no figures', async () => {
  const { labels, ran } = await show({ account: 'signedOut', accounts: [] }, 'Sign in to Codex');
  expect(labels.filter((label) => label.includes('%'))).toEqual([]);
  expect(ran).toEqual([['codexChat.signIn']]);
});
