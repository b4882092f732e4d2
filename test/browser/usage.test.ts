import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import {
  emptyPlot,
  sampleAccounts,
  sampleHeld,
  sampleLedger,
  samplePlot,
  sampleWarning,
  usageSamples,
} from '../support/usageSample.ts';
import { sampled } from '../support/fullTests.ts';
import { stillTimeMs, themes, type PanelOptions, type PanelPage } from './panelPage.ts';
import { running, scenes, snapshot, turn } from './panelScenes.ts';
import { usageScene } from './usageScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

async function panelOf(options: PanelOptions = {}): Promise<PanelPage> {
  return panels.open(options, snapshot({ turns: [turn()] }));
}

/** The page as it stands after a click in the foot. */
async function usage(
  name: Parameters<typeof usageScene>[0] = 'one',
  options: PanelOptions = {},
): Promise<PanelPage> {
  const panel = await panelOf(options);
  await foot(panel).click();
  await panel.page.locator('.usage').waitFor();
  await panel.tell(...usageScene(name));
  return panel;
}

const foot = (panel: PanelPage) => panel.page.locator('.foot button');
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });
const button = (panel: PanelPage, name: string | RegExp) =>
  panel.page.getByRole('button', { name, exact: true });
const show = { type: 'usage/show', span: 'day', scope: 'window' } as const;

/** Name of what has the focus: its label, else its visible words. */
async function focused(panel: PanelPage): Promise<string> {
  const name = await panel.page.evaluate(
    '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText).trim()',
  );
  return z.string().parse(name);
}

async function heardSince(panel: PanelPage, act: () => Promise<unknown>): Promise<FromWebview[]> {
  const before = (await panel.heard()).length;
  await act();
  return (await panel.heard()).slice(before);
}

describe('the way to the page and back', () => {
  test('leads from the foot to the heading, and Escape back to the foot and to the same chat', async () => {
    const panel = await panelOf();
    await field(panel).fill('half a thought');
    await foot(panel).focus();
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('.usage').waitFor();
    const names = [await focused(panel)];
    await expect.poll(() => field(panel).isEditable()).toBe(true);
    await expect
      .poll(() => panel.page.evaluate('document.querySelector(".dock").inert'))
      .toBe(true);
    await panel.page.keyboard.press('Escape');
    names.push(await focused(panel));
    expect(names).toEqual(['Usage', await foot(panel).innerText()]);
    await expect.poll(() => field(panel).inputValue()).toBe('half a thought');
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(false);
    await expect.poll(() => panel.heard()).toEqual([show, { type: 'usage/hide' }]);
  });

  test('is shown by a button too, and opens once more', async () => {
    const panel = await usage();
    await button(panel, 'Back to the chat').click();
    await foot(panel).click();
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(true);
    await expect.poll(() => panel.heard()).toEqual([show, { type: 'usage/hide' }, show]);
  });

  test('is left when a sign-in begins, which shows how to go on in the place of the chat', async () => {
    const panel = await usage();
    const { account } = scenes['signingIn'] ?? snapshot();
    await panel.tell({ type: 'account', account });
    await panel.page.getByRole('button', { name: 'Cancel' }).waitFor();
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(false);
    // Who opens it again meanwhile keeps it.
    await panel.tell({ type: 'usage/open' }, { type: 'account', account });
    await panel.page.locator('.usage').waitFor();
  });

  test('is opened by the host, and left when the host wants the message field', async () => {
    const panel = await panelOf();
    await panel.tell({ type: 'usage/open' });
    await panel.page.locator('.usage').waitFor();
    await panel.tell({ type: 'focus' });
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(false);
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('is found open as it was when the view is shown anew', async () => {
    const panel = await usage();
    await panel.page.getByRole('radio', { name: 'Week' }).first().click();
    await panel.reshow();
    await panel.tell(snapshot());
    await panel.page.locator('.usage').waitFor();
    await expect.poll(() => panel.heard()).toEqual([{ ...show, span: 'week' }]);
  });

  test('asks again when the host has started anew', async () => {
    const panel = await usage();
    await expect.poll(() => heardSince(panel, () => panel.tell(snapshot()))).toEqual([show]);
  });

  test('keeps the answer streaming behind the page', async () => {
    const panel = await panels.open();
    const part = { kind: 'text', id: 'text-1', text: 'One' } as const;
    await panel.tell(snapshot({ turns: [running([part])] }), { type: 'usage/open' });
    await panel.page.locator('.usage').waitFor();
    await panel.tell({
      type: 'turn/changes',
      turnId: 'turn-1',
      attempt: 1,
      changes: [{ type: 'append', id: 'text-1', text: ' two' }],
    });
    await panel.page.keyboard.press('Escape');
    await expect.poll(() => panel.page.locator('.answer .md').innerText()).toBe('One two');
  });

  test('says so when the page cannot be loaded, and tries again when asked', async () => {
    const panel = await panelOf();
    const address = /usage\.js/;
    await panel.page.route(address, (route) => route.abort());
    await foot(panel).click();
    await panel.page.getByText('The Usage page could not be loaded.').waitFor();
    await button(panel, 'Back to the chat').click();
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(false);
    await foot(panel).click();
    await panel.page.getByText('The Usage page could not be loaded.').waitFor();
    expect((await panel.heard()).map(({ type }) => type)).toEqual(['view/error', 'view/error']);
    await panel.page.unroute(address);
    await button(panel, 'Try again').click();
    await panel.page.getByRole('heading', { name: 'Usage', exact: true }).waitFor();
    panel.faults.length = 0;
  });
});

describe('the accounts', () => {
  test('are drawn from the gauge until the host has told of them', async () => {
    const panel = await panelOf();
    await foot(panel).click();
    const meters = panel.page.locator('.usage').getByRole('meter');
    await meters.first().waitFor();
    await expect
      .poll(() => meters.allInnerTexts())
      .toEqual([expect.stringMatching(/^5-hour\n42%/), expect.stringMatching(/^Weekly\n18%/)]);
  });

  test('say for each bar what it is, how much is used and when it resets', async () => {
    const panel = await usage();
    const bar = panel.page.getByRole('meter', { name: '5-hour' });
    await expect
      .poll(() => bar.getAttribute('aria-valuetext'))
      .toBe('42% used, Resets 19:56 (in 2 hr 10 min)');
  });

  test('have a menu for the keyboard, from which the focus comes back', async () => {
    const panel = await usage('rich');
    await button(panel, 'Actions for mira@home.example').focus();
    await panel.page.keyboard.press('ArrowDown');
    const names = [await focused(panel)];
    for (const key of ['ArrowDown', 'End', 'ArrowDown', 's', 'Escape']) {
      await panel.page.keyboard.press(key);
      names.push(await focused(panel));
    }
    expect(names).toEqual([
      'Use Now',
      'Rename…',
      'Redeem a Usage Reset…',
      'Use Now',
      'Set Usage Cap…',
      'Actions for mira@home.example',
    ]);
    await expect.poll(() => panel.page.locator('.usage').isVisible()).toBe(true);
  });

  test.each([
    ['Use Now', 'use'],
    ['Rename…', 'rename'],
    ['Move Up', 'moveUp'],
    ['Move Down', 'moveDown'],
    ['Set Usage Cap…', 'setCeiling'],
    ['Turn Off', 'turnOff'],
    ['Use in This Workspace', 'useInWorkspace'],
    ['Sign out…', 'signOut'],
    ['Redeem a Usage Reset…', 'redeem'],
  ])('offer %s, which the host does', async (name, action) => {
    const panel = await usage('rich');
    await button(panel, 'Actions for mira@home.example').click();
    const item = panel.page.getByRole('menuitem', { name });
    const heard = await heardSince(panel, () => item.press('Enter'));
    expect(heard).toEqual([{ type: 'usage/act', accountId: 'home', action }]);
    await expect.poll(() => focused(panel)).toBe('Actions for mira@home.example');
  });

  test('offer a sign-in and a redemption as buttons where they are due', async () => {
    const panel = await usage('three');
    const signIn = await heardSince(panel, () => button(panel, 'Sign In').click());
    await panel.tell(...usageScene('rich'));
    const redeem = await heardSince(panel, () => button(panel, 'Redeem…').click());
    expect([...signIn, ...redeem]).toEqual([
      { type: 'usage/act', accountId: 'old', action: 'signIn' },
      { type: 'usage/act', accountId: 'home', action: 'redeem' },
    ]);
  });

  test('keep the focus when new figures come', async () => {
    const panel = await usage('rich');
    await button(panel, 'Redeem…').focus();
    await panel.tell(...usageScene('rich'));
    await expect.poll(() => focused(panel)).toBe('Redeem…');
  });

  test('close a menu whose actions have changed, before a wrong one is pressed', async () => {
    const panel = await usage('rich');
    await button(panel, 'Actions for mira@home.example').click();
    await panel.tell(...usageScene('one'));
    await expect.poll(() => panel.page.getByRole('menu').count()).toBe(0);
  });

  test('show the plot and the table of the one that is chosen', async () => {
    const panel = await usage('three');
    await button(panel, /Account shown/).click();
    const item = panel.page.getByRole('menuitemradio', { name: 'mira@work.example' });
    const heard = await heardSince(panel, () => item.click());
    expect(heard).toEqual([{ ...show, accountId: 'work' }]);
    await expect.poll(() => panel.page.getByText('Loading usage…').count()).toBe(2);
    const answer = { ...emptyPlot(stillTimeMs, 'day'), accountId: 'work' };
    await panel.tell({ type: 'usage/plot', plot: answer });
    await expect.poll(() => panel.page.getByText('Loading usage…').count()).toBe(1);
  });

  test('are asked for with the button at the top, once at a time', async () => {
    const panel = await usage();
    const refresh = button(panel, 'Refresh');
    const first = await heardSince(panel, () => refresh.click());
    await panel.tell({ type: 'usage/accounts', accounts: sampleAccounts('asking', stillTimeMs) });
    const second = await heardSince(panel, () => refresh.click({ force: true }));
    expect([first, second, await focused(panel)]).toEqual([
      [{ type: 'usage/refresh' }],
      [],
      'Refresh',
    ]);
  });

  test.each([
    ['Add an account', { type: 'usage/addAccount' }],
    ['Export all as CSV', { type: 'usage/export' }],
    ['Settings', { type: 'usage/settings' }],
  ] as const)('are managed from the menu at the top: %s', async (name, message) => {
    const panel = await usage();
    await button(panel, 'More').click();
    const item = panel.page.getByRole('menuitem', { name });
    await expect.poll(() => heardSince(panel, () => item.click())).toEqual([message]);
  });
});

describe('the plot', () => {
  const face = (panel: PanelPage) => panel.page.getByRole('slider');

  test('is read by the arrow keys, and says in words what it shows', async () => {
    const panel = await usage();
    await face(panel).focus();
    const read: (string | null)[] = [];
    for (const key of ['ArrowLeft', 'Home', 'End']) {
      await panel.page.keyboard.press(key);
      read.push(await face(panel).getAttribute('aria-valuetext'));
    }
    expect(read).toEqual([
      '17:30 · 5-hour 37% · Weekly 17%',
      'Sat 18:00 · 5-hour 14% · Weekly 3%',
      '21:30 · 5-hour – · Weekly – · guess',
    ]);
    await expect.poll(() => panel.page.locator('.plot-read').innerText()).toBe(read.at(-1));
    await expect
      .poll(() => face(panel).getAttribute('aria-label'))
      .toBe(
        'Usage over the last 24 hours. 5-hour: 42% now, 64% at most, 74% at this pace. Weekly: 18% now, 18% at most, 23% at this pace.',
      );
    await expect
      .poll(() => panel.page.getByRole('table', { name: 'Usage over time' }).count())
      .toBe(1);
  });

  test('marks the first figures with a dot, for a line would have no length', async () => {
    const panel = await usage();
    const dots = () => panel.page.locator('.plot-svg circle').count();
    const before = await dots();
    const plot = samplePlot(stillTimeMs, 'day');
    const series = plot.series.map(({ points, ...one }) => ({
      ...one,
      points: points.slice(-1).map((point) => ({ ...point, atMs: stillTimeMs - 30_000 })),
      resetsAtMs: [],
    }));
    await panel.tell({ type: 'usage/plot', plot: { ...plot, series } });
    expect([before, await dots()]).toEqual([0, 2]);
  });

  test('is read under the pointer, and shows its legend again when that leaves', async () => {
    const panel = await usage();
    await face(panel).hover({ position: { x: 60, y: 40 } });
    const during = await panel.page.locator('.plot-read').isVisible();
    await panel.page.mouse.move(5, 5);
    expect([during, await panel.page.locator('.plot-read').isVisible()]).toEqual([true, false]);
  });

  test('asks for the week by arrow key and waits in words', async () => {
    const panel = await usage();
    const week = panel.page.getByRole('radio', { name: 'Week' }).first();
    await panel.page.getByRole('radio', { name: 'Day' }).first().focus();
    const heard = await heardSince(panel, () => panel.page.keyboard.press('ArrowRight'));
    expect([heard, await week.getAttribute('aria-checked'), await focused(panel)]).toEqual([
      [{ ...show, span: 'week' }],
      'true',
      'Week',
    ]);
    await expect.poll(() => panel.page.getByText('Loading usage…').isVisible()).toBe(true);
    await panel.tell({ type: 'usage/plot', plot: samplePlot(stillTimeMs, 'week') });
    await expect.poll(() => face(panel).isVisible()).toBe(true);
  });

  test('says in words that nothing is known', async () => {
    const panel = await usage('unused');
    await expect.poll(() => panel.page.getByText(/^No data for/).isVisible()).toBe(true);
    await expect.poll(() => panel.page.getByText(/^No usage/).isVisible()).toBe(true);
  });

  test.each([200, 240, 300, 360, 520])('has labels that never touch at %i px', async (width) => {
    const panel = await usage('one', { width });
    for (const span of ['day', 'week'] as const) {
      await panel.tell({ type: 'usage/plot', plot: samplePlot(stillTimeMs, span) });
      const boxes = z
        .array(z.tuple([z.number(), z.number()]))
        .parse(
          await panel.page.evaluate(
            '[...document.querySelectorAll(".plot-svg text[text-anchor=middle]")].map((t) => { const { left, right } = t.getBoundingClientRect(); return [left, right]; }).sort((a, b) => a[0] - b[0])',
          ),
        );
      const touching = boxes.filter(([left], at) => left < (boxes[at - 1]?.[1] ?? 0));
      expect([span, boxes.length > 0, touching]).toEqual([span, true, []]);
    }
  });
});

describe('the table', () => {
  const rows = (panel: PanelPage) => panel.page.locator('.ledger tbody tr');

  test('marks tries and compactions, names other devices, and sums up to the bar', async () => {
    const panel = await usage();
    const texts = await rows(panel).allInnerTexts();
    expect(texts.map((text) => text.split(/\s+/).filter(Boolean).slice(-2).join(' '))).toEqual([
      '0.6 0.1',
      '21.4 3.6',
      '4.2 0.7',
      '4.0 0.7',
      '11.8 2.0',
    ]);
    expect(texts.join('\n')).toMatch(/3 tries[\s\S]*Compaction[\s\S]*Other devices/);
    await expect
      .poll(() => panel.page.locator('.ledger tfoot').innerText())
      .toMatch(/Total\s+844K\s+42.0\s+7.1/);
  });

  test('opens a row by key and keeps it open and focused when figures come', async () => {
    const panel = await usage();
    await panel.page.locator('.row-open').nth(1).press('Enter');
    await panel.tell(...usageScene('one'));
    await expect
      .poll(() => panel.page.locator('.row-more').innerText())
      .toContain('470K, 300K of them cached');
    await expect.poll(() => focused(panel)).toContain('Move the mailer');
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => panel.page.locator('.row-more').count()).toBe(0);
  });

  test('draws 200 rows and then 200 more, with the focus on the first new one', async () => {
    const panel = await usage();
    const ledger = sampleLedger(stillTimeMs, 'window', 450);
    await panel.tell({ type: 'usage/ledger', ledger });
    const counts = [await panel.page.locator('.row').count()];
    await button(panel, 'Show 200 more').press('Enter');
    counts.push(await panel.page.locator('.row').count());
    const at = 'Array.from(document.querySelectorAll(".row-open")).indexOf(document.activeElement)';
    expect([...counts, await panel.page.evaluate(at)]).toEqual([200, 400, 200]);
    await button(panel, 'Show 50 more').click();
    await expect.poll(() => button(panel, /^Show/).count()).toBe(0);
  });

  test('asks for another stretch, and exports the one that is shown', async () => {
    const panel = await usage();
    const chat = panel.page.getByRole('radio', { name: 'Chat' });
    const heard = await heardSince(panel, async () => {
      await chat.click();
      await panel.page.locator('.sect').getByRole('button', { name: 'Export CSV' }).click();
    });
    expect(heard).toEqual([
      { ...show, scope: 'chat' },
      { type: 'usage/export', scope: 'chat' },
    ]);
  });

  test.each([
    [300, ['Time', 'Chat', '5h %', 'wk %']],
    [360, ['Time', 'Chat', 'Tokens', '5h %', 'wk %']],
    [520, ['Time', 'Chat', 'In', 'Cached', 'Out', 'Reasoning', '5h %', 'wk %']],
  ])('shows what fits into %i px', async (width, names) => {
    const panel = await usage('one', { width });
    const heads = panel.page.locator('.ledger thead th:visible');
    await expect.poll(() => heads.allInnerTexts()).toEqual(names);
  });
});

describe('a limit in the way', () => {
  const until = stillTimeMs + 130 * 60_000;

  test('is asked about before sending, and each answer goes to the host', async () => {
    const panel = await panelOf();
    await panel.tell({ type: 'warning', warning: sampleWarning(stillTimeMs) });
    const shelf = panel.page.getByRole('group', { name: 'Before sending' });
    await expect
      .poll(() => shelf.locator('.shelf-text').innerText())
      .toBe('This message will likely use 8–14% of the 5-hour limit. 6% is left until 19:56.');
    const names = [
      'Use mira@work.example',
      'Lower effort to low',
      'Wait until 19:56',
      'Send anyway',
      'Cancel',
    ];
    for (const name of names) await shelf.getByRole('button', { name }).click();
    await shelf.getByRole('button', { name: 'Cancel' }).press('Escape');
    const { actions } = sampleWarning(stillTimeMs);
    await expect
      .poll(() => panel.heard())
      .toEqual(
        [...actions, actions.at(-1)].map((action) => ({
          type: 'warning/answer',
          id: 'warning-1',
          action,
        })),
      );
    await panel.tell({ type: 'warning' });
    await expect.poll(() => shelf.count()).toBe(0);
  });

  test('is announced once and takes no focus', async () => {
    const panel = await panelOf();
    await field(panel).focus();
    await panel.tell({ type: 'warning', warning: sampleWarning(stillTimeMs) });
    const said = () => panel.page.locator('[role=status]').textContent();
    await expect.poll(said).toMatch(/^This message will likely use 8–14% of/);
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('holds a message that can be sent or cancelled, and counts down by the minute', async () => {
    const panel = await panelOf({ fakeTime: true });
    await panel.tell({ type: 'scheduled', prompts: sampleHeld(stillTimeMs) });
    const row = panel.page.getByRole('group', { name: 'Scheduled message' });
    const before = await row.innerText();
    await panel.page.clock.runFor(60_000);
    expect([before, await row.innerText()]).toEqual([
      expect.stringContaining('Scheduled for 19:56 (in 2 hr 10 min)'),
      expect.stringContaining('Scheduled for 19:56 (in 2 hr 9 min)'),
    ]);
    await row.getByRole('button', { name: 'Send now' }).click();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await expect
      .poll(() => panel.heard())
      .toEqual([
        { type: 'scheduled/send', id: 'held-1' },
        { type: 'scheduled/cancel', id: 'held-1' },
      ]);
  });

  test('offers the limit actions under the failed turn, one of them as the main button', async () => {
    const panel = await panelOf();
    const limitActions = [
      { kind: 'useAccount', accountId: 'work', label: 'mira@work.example' },
      { kind: 'wait', untilMs: until },
    ] as const;
    const failure = {
      kind: 'usageLimit' as const,
      title: '5-hour limit reached',
      message: 'Nothing is lost.',
      actions: ['retry' as const],
      limitActions: [...limitActions],
    };
    await panel.tell(snapshot({ turns: [turn({ status: 'failed', failure })] }));
    await button(panel, 'Continue on mira@work.example').click();
    await button(panel, 'Send at 19:56').click();
    await expect
      .poll(() => panel.heard())
      .toEqual(
        limitActions.map((action) => ({ type: 'failure/limitAction', turnId: 'turn-1', action })),
      );
    const main = panel.page.locator('.note vscode-button[appearance=primary]');
    await expect.poll(() => main.allInnerTexts()).toEqual(['Continue on mira@work.example']);
  });
});

describe('a quiet page', () => {
  const watch = `{
    globalThis.scheduled = [];
    for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
      const real = globalThis[name];
      globalThis[name] = (...args) => { scheduled.push(name + ' ' + (args[1] ?? '')); return real(...args); };
    }
  }`;

  test('renews its words once a minute while it is open, and does nothing once it is closed', async () => {
    const panel = await usage('one', { fakeTime: true });
    await panel.page.clock.runFor(10_000);
    await panel.page.evaluate(watch);
    await panel.page.clock.runFor(120_000);
    const during = await panel.page.evaluate('scheduled.splice(0)');
    await expect
      .poll(() => panel.page.getByText('Resets 19:56 (in 2 hr 8 min)').isVisible())
      .toBe(true);
    await panel.page.keyboard.press('Escape');
    await panel.page.clock.runFor(1_000);
    await panel.page.evaluate('scheduled.splice(0)');
    await panel.page.clock.runFor(120_000);
    expect([during, await panel.page.evaluate('scheduled')]).toEqual([
      ['setTimeout 60000', 'setTimeout 60000'],
      [],
    ]);
  });

  test('stands still under reduced motion, even while figures are asked for', async () => {
    const panel = await usage('asking', { reducedMotion: true });
    const moving = 'document.getAnimations().filter((a) => a.playState === "running").length';
    await expect.poll(() => panel.page.evaluate(moving)).toBe(0);
  });
});

describe('the keyboard', () => {
  test('goes through everything in reading order and does not reach the chat', async () => {
    const panel = await usage();
    const names = [await focused(panel)];
    for (let at = 0; at < 14; at += 1) {
      await panel.page.keyboard.press('Tab');
      names.push((await focused(panel)).split('\n')[0]?.slice(0, 30) ?? '');
    }
    expect(names).toEqual([
      'Usage',
      'Refresh',
      'More',
      'Actions for mira@home.example',
      'Day',
      'Usage over the last 24 hours. ',
      'Export CSV',
      '5 hours',
      'withRetry gives up one attempt',
      'Move the mailer to a queue and',
      'Move the mailer to a queue and',
      'Why is the order total off by ',
      expect.anything(),
      expect.anything(),
      expect.anything(),
    ]);
    expect(names).not.toContain('Message to Codex');
  });
});

describe.each(themes)('in %s', (theme) => {
  // The width changes places, not colors: one theme shows what it does to the rules.
  const widths = theme === 'dark-modern' || sampled(false, true) ? [300, 520] : [300];
  test.each(widths)(
    'every state passes axe at %i px',
    async (width) => {
      const panel = await usage('one', { theme, width });
      for (const name of usageSamples) {
        await panel.tell(...usageScene(name));
        expect([name, await violations(panel)]).toEqual([name, []]);
      }
      await panel.tell(...usageScene('rich'));
      await button(panel, 'Actions for mira@home.example').click();
      expect(['menu', await violations(panel)]).toEqual(['menu', []]);
      await panel.page.keyboard.press('Escape');
      await panel.page.locator('.row-open').first().click();
      await panel.page.getByRole('slider').press('ArrowLeft');
      expect(['reading', await violations(panel)]).toEqual(['reading', []]);
      await panel.page.keyboard.press('Escape');
      await panel.tell(
        { type: 'warning', warning: sampleWarning(stillTimeMs) },
        { type: 'scheduled', prompts: sampleHeld(stillTimeMs) },
      );
      expect(['shelf', await violations(panel)]).toEqual(['shelf', []]);
    },
    120_000,
  );
});

test.each([
  [200, 1],
  [240, 1],
  [300, 1],
  [360, 1],
  [520, 1],
  [360, 2],
])('needs no sideways scroll at %i px with type of size %i', async (width, zoom) => {
  const panel = await usage('one', { width });
  await panel.page.evaluate(
    `document.documentElement.style.setProperty('--vscode-font-size', '${13 * zoom}px')`,
  );
  const wide = `[...document.querySelectorAll('.usage, .dock')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.className)`;
  for (const name of usageSamples) {
    await panel.tell(...usageScene(name));
    expect([name, await panel.page.evaluate(wide)]).toEqual([name, []]);
  }
  await panel.page.keyboard.press('Escape');
  await panel.tell(
    { type: 'warning', warning: sampleWarning(stillTimeMs) },
    { type: 'scheduled', prompts: sampleHeld(stillTimeMs) },
  );
  expect(['shelf', await panel.page.evaluate(wide)]).toEqual(['shelf', []]);
});
