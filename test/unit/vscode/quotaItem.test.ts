import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { windowNames } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../src/core/quota/store/record.ts';
import { readSettings, type Settings } from '../../../src/core/settings/settings.ts';
import { setLanguage } from '../../../src/shared/format.ts';
import { createQuotaItem, type QuotaItemState } from '../../../src/vscode/usage/quotaItem.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import {
  editor,
  MarkdownString,
  statusBarItems,
  window as vscodeWindow,
  windowState,
} from '../../support/vscode.ts';

const startMs = Date.UTC(2026, 10, 20, 10, 55);

beforeAll(() => setLanguage('en', 'Europe/Berlin'));
afterAll(() => setLanguage('en'));

const at1405 = startMs + 130 * 60_000;

const quota = (fiveHour: number, weekly: number, more: Partial<QuotaState> = {}): QuotaState => ({
  credentialId: 'cred',
  observedAtMs: startMs,
  windows: [
    { ...windowNames(300), usedPercent: fiveHour, minutes: 300, resetsAtMs: at1405 },
    { ...windowNames(10_080), usedPercent: weekly, minutes: 10_080 },
  ],
  others: [],
  refused: false,
  ...more,
});

const spentOne = quota(100, 20, { refused: true, availableAtMs: at1405 });

const signedIn = (of: QuotaState | undefined): QuotaItemState => ({
  account: 'signedIn',
  accounts: [{ quota: of }],
});

function show(first: QuotaItemState, settings: Partial<Settings> = {}) {
  const clock = steppedClock(startMs);
  const changes = createEmitter<void>();
  let state = first;
  const shown = createQuotaItem({
    state: () => state,
    onDidChange: changes.event,
    settings: () => ({ ...readSettings({}), ...settings }),
    clock,
  });
  return {
    clock,
    shown,
    item: () => statusBarItems[0]!,
    tooltip: () => {
      const { tooltip } = statusBarItems[0]!;
      return tooltip instanceof MarkdownString ? tooltip : new MarkdownString(tooltip);
    },
    change: (next: QuotaItemState) => {
      state = next;
      changes.fire();
    },
  };
}

beforeEach(() => editor.reset());

test('is one item on the right by the language, with a name to hide it by', () => {
  const { shown } = show(signedIn(quota(42, 18)));
  expect(statusBarItems).toMatchObject([
    {
      id: 'codexChat.quota',
      name: 'Codex usage',
      alignment: 2,
      priority: 100.15,
      visible: true,
      text: '$(comment-discussion) 5h 42% · wk 18%',
      command: 'codexChat.showQuota',
      accessibilityInformation: {
        label: 'Codex usage. 5-hour limit 42% used, resets at 14:05. Weekly limit 18% used.',
        role: 'button',
      },
    },
  ]);
  shown.dispose();
  expect(statusBarItems).toEqual([]);
});

describe('it looks', () => {
  const waiting = quota(100, 31, { refused: true, availableAtMs: at1405 });
  const old = quota(42, 18, { observedAtMs: startMs - 3_600_000 });
  test.each([
    ['calm below 90 %', quota(89, 75), {}, '$(comment-discussion) 5h 89% · wk 75%', undefined],
    ['warned from 90 %', quota(42, 90), {}, '$(warning) 5h 42% · wk 90%', 'warning'],
    [
      'warned by a spent window that answers',
      quota(100, 1),
      {},
      '$(warning) 5h 100% · wk \u20071%',
      'warning',
    ],
    [
      'calm when warnings are off',
      quota(42, 95),
      { statusBarWarning: false },
      '$(comment-discussion) 5h 42% · wk 95%',
      undefined,
    ],
    [
      'alarmed when refused until nobody knows when',
      quota(100, 31, { refused: true }),
      {},
      '$(error) 5h 100% · wk 31%',
      'error',
    ],
    ['alarmed when spent and refused', waiting, {}, '$(clock) 5h resets 14:05', 'error'],
    [
      'marked when the figures are old',
      old,
      {},
      '$(comment-discussion) 5h 42% · wk 18% $(plug)',
      undefined,
    ],
    [
      'like the tighter window alone',
      quota(42, 18),
      { statusBarText: 'tighter' },
      '$(comment-discussion) 5h 42%',
      undefined,
    ],
    [
      'like the icon alone',
      quota(42, 18),
      { statusBarText: 'icon' },
      '$(comment-discussion)',
      undefined,
    ],
    [
      'like the icon alone while nothing is known',
      undefined,
      {},
      '$(comment-discussion)',
      undefined,
    ],
  ] as const)('%s', (_, of, settings, text, background) => {
    const { item } = show(signedIn(of), settings);
    expect(item().text).toBe(text);
    expect(item().backgroundColor?.id).toBe(background && `statusBarItem.${background}Background`);
  });
});

test('takes the colour back when a window resets', () => {
  const { item, change } = show(signedIn(quota(95, 18)));
  change(signedIn(quota(0, 18)));
  expect(item().backgroundColor).toBeUndefined();
});

test('offers to sign in, unless the setting hides it', () => {
  const first = show({ account: 'signedOut', accounts: [] });
  expect(first.item()).toMatchObject({
    visible: true,
    text: '$(account) Codex: Sign in',
    command: 'codexChat.signIn',
  });
  first.shown.dispose();
  const second = show({ account: 'signedOut', accounts: [] }, { statusBarWhenSignedOut: false });
  expect(second.item().visible).toBe(false);
  second.change(signedIn(undefined));
  expect(second.item().visible).toBe(true);
});

describe('the tooltip', () => {
  test('shows the windows with bars, and links to our own commands alone', () => {
    const { tooltip } = show({
      account: 'signedIn',
      accounts: [
        {
          label: 'mira@home.example',
          quota: quota(42, 18, { plan: 'plus' }),
          runway: 'At this pace: 74% when it resets.',
        },
      ],
    });
    expect(tooltip()).toMatchObject({
      supportThemeIcons: true,
      isTrusted: {
        enabledCommands: [
          'codexChat.showQuota',
          'codexChat.signIn',
          'codexChat.refreshQuota',
          'codexChat.redeemReset',
        ],
      },
    });
    const lines = tooltip().value.replaceAll('\u00a0', ' ').split('\n');
    expect(lines).toContain('**Codex** · mira&#64;home.example · Plus');
    expect(lines).toContain('`5-hour ██████░░░░░░░░  42%` resets 14:05 (in 2 hr 10 min)  ');
    expect(lines).toContain('`Weekly ███░░░░░░░░░░░  18%`');
    expect(lines.at(-1)).toContain('(command:codexChat.refreshQuota)');
    expect(lines.at(-1)).toContain('just now');
  });

  test('takes names from elsewhere for plain text', () => {
    const evil =
      '[x](command:workbench.action.quit) $(bug) `** https://evil.example www.evil.example a@evil.example';
    const account = {
      label: evil,
      role: evil,
      remark: evil,
      runway: evil,
      quota: quota(42, 18, {
        plan: evil,
        problem: evil,
        promo: evil,
        credits: { hasCredits: true, unlimited: false, balance: evil },
        spend: { reached: true, limit: evil },
        resets: { available: 1 },
        others: [{ id: 'x', name: evil, windows: quota(1, 2).windows }],
      }),
    };
    const { tooltip } = show({ account: 'signedIn', accounts: [account, account] });
    expect(tooltip().value).not.toMatch(/\]\(command:workbench/);
    expect(tooltip().value).not.toMatch(/(?<!\\)\$\(bug\)/);
    expect(tooltip().value).not.toMatch(/@|:\/\/|www\./);
    expect(tooltip().value.match(/\]\(command:[\w.]+\)/g)).toEqual([
      '](command:codexChat.showQuota)',
      '](command:codexChat.refreshQuota)',
      '](command:codexChat.redeemReset)',
    ]);
  });

  test('shows every account, with what it is to the others, the one in use first', () => {
    const { tooltip, item } = show({
      account: 'signedIn',
      accounts: [
        { label: 'home', quota: quota(42, 18, { plan: 'plus' }) },
        { label: 'work', role: 'next', quota: quota(92, 78, { plan: 'business' }) },
        { label: 'new', plan: 'pro', remark: 'Off.' },
      ],
    });
    const text = tooltip().value.replaceAll('\u00a0', ' ').replaceAll('&nbsp;', ' ');
    expect(text).toMatch(
      /home · Plus[^]*5-hour [█░]+ +42%[^]*---[^]*work · Business · next[^]*5-hour [█░]+ +92%[^]*---[^]*new · Pro[^]*Off\. [^]*---[^]*Usage\]/,
    );
    expect(item().text).toBe('$(comment-discussion) 5h 42% · wk 18%');
    expect(item().backgroundColor).toBeUndefined();
  });

  test.each([
    ['the same', 5_000, ['just now']],
    ['another', 240_000, ['4 min ago', 'just now']],
  ])('tells the age of an account with %s age as that of the one in use', (_, olderMs, ages) => {
    const account = (observedAtMs: number) => ({ quota: quota(42, 18, { observedAtMs }) });
    const accounts = [account(startMs), account(startMs - olderMs)];
    const { tooltip } = show({ account: 'signedIn', accounts });
    expect(tooltip().value.match(/just now|4 min ago/g)).toEqual(ages);
  });

  test('names how many accounts it leaves out', () => {
    const accounts = Array.from({ length: 9 }, (_, index) => ({ label: `account${index}` }));
    const { tooltip } = show({ account: 'signedIn', accounts });
    expect(tooltip().value).toContain('3 more under Usage');
    expect(tooltip().value).not.toContain('account6');
  });

  test('tells what is left where the setting says so', () => {
    const { tooltip, item } = show(signedIn(quota(42, 18)), { statusBarPercent: 'left' });
    expect(item().text).toBe('$(comment-discussion) 5h 58% · wk 82% left');
    expect(item().accessibilityInformation?.label).toContain('58% left');
    expect(tooltip().value.replaceAll('\u00a0', ' ')).toContain('58% left');
  });

  test('says why the figures could not be renewed and offers to try again', () => {
    const { tooltip } = show(signedIn(quota(42, 18, { problem: 'unknown' })));
    expect(tooltip().value).toContain('Usage could not be read. ');
    expect(tooltip().value).toContain('$(refresh) Retry](command:codexChat.refreshQuota)');
  });
});

describe('time', () => {
  test('moves the words once a minute while somebody is there, and stands still otherwise', async () => {
    const { clock, tooltip } = show(signedIn(quota(42, 18)));
    expect(clock.timers).toEqual([startMs + 60_000]);
    await clock.advance(60_000);
    expect(tooltip().value).toContain('in 2 hr 9 min');

    vscodeWindow.state = { focused: true, active: false };
    windowState.fire(vscodeWindow.state);
    expect(clock.timers).toEqual([]);
    vscodeWindow.state = { focused: true, active: true };
    await clock.advance(9 * 60_000);
    windowState.fire(vscodeWindow.state);
    expect(tooltip().value).toContain('in 2 hr)');
  });

  test('runs no timer while nothing is known', () => {
    expect(show(signedIn(undefined)).clock.timers).toEqual([]);
    expect(show({ account: 'signedOut', accounts: [] }).clock.timers).toEqual([]);
  });

  test('says at once what the text shows, and what stands in the label alone once a minute', async () => {
    const { clock, item, change } = show(signedIn(quota(42, 18)));
    vscodeWindow.state = { focused: false, active: false };
    const label = () => item().accessibilityInformation?.label;
    await clock.advance(1_000);
    change(signedIn(quota(44, 18)));
    expect(label()).toContain('44%');
    const later = quota(44, 18);
    const windows = later.windows.map((window) => ({ ...window, resetsAtMs: at1405 + 600_000 }));
    change(signedIn({ ...later, windows }));
    expect(label()).toContain('14:05');
    await clock.advance(58_000);
    expect(label()).toContain('14:05');
    await clock.advance(2_000);
    expect(label()).toContain('14:15');
    change({ account: 'signedOut', accounts: [] });
    expect(label()).toBe('Codex: Sign in');
  });

  test.each<[string, QuotaItemState, QuotaItemState, string]>([
    ['the first figures', signedIn(undefined), signedIn(quota(0, 0)), '0% used'],
    [
      'another account',
      { account: 'signedIn', accounts: [{ credentialId: 'ada', quota: spentOne }] },
      { account: 'signedIn', accounts: [{ credentialId: 'grace', quota: quota(0, 0) }] },
      '5-hour limit 0% used',
    ],
    ['a level that is near the end', signedIn(quota(0, 0)), signedIn(quota(97, 0)), '97%'],
    ['a limit that is reached', signedIn(quota(0, 0)), signedIn(spentOne), 'Limit reached'],
    ['the end of a refusal', signedIn(spentOne), signedIn(quota(0, 0)), '5-hour limit 0%'],
    ['figures that are gone', signedIn(quota(5, 5)), signedIn(undefined), 'Not known yet'],
    [
      'a key of the API',
      signedIn(quota(5, 5)),
      { account: 'signedIn', accounts: [{ credentialId: 'cred', isBilled: true }] },
      'API key',
    ],
  ])('tells %s to a screen reader at once', async (_what, before, after, words) => {
    const { clock, item, change } = show(before);
    await clock.advance(1_000);
    change(after);
    const { label = '' } = item().accessibilityInformation ?? {};
    expect(label).toContain(words);
    // What was true of the state before is not said any more.
    if (!words.includes('limit is reached')) expect(label).not.toContain('limit is reached');
  });

  test('ends with the item', async () => {
    const { clock, shown, change } = show(signedIn(quota(42, 18)));
    shown.dispose();
    change(signedIn(quota(43, 18)));
    await settled();
    expect([clock.timers, statusBarItems]).toEqual([[], []]);
  });
});
