import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { sampled } from '../support/fullTests.ts';
import { historyList, historyRow, sampleChats } from './historyScenes.ts';
import { stillTimeMs, themes, type PanelOptions, type PanelPage } from './panelPage.ts';
import { snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

/** The list of chats as it stands after the command. */
async function history(list = historyList(), options: PanelOptions = {}): Promise<PanelPage> {
  const panel = await panels.open(options, snapshot({ turns: [turn()] }), { type: 'history/open' });
  await panel.page.locator('.history').waitFor();
  await panel.tell(list);
  return panel;
}

const search = (panel: PanelPage) => panel.page.getByRole('searchbox', { name: 'Search chats' });
const row = (panel: PanelPage, title: string) =>
  panel.page.getByRole('listitem').filter({ hasText: title });
const titleOf = (panel: PanelPage, title: string) =>
  row(panel, title).getByRole('button', { name: title }).first();
const titles = async (panel: PanelPage) => panel.page.locator('.chat-row strong').allInnerTexts();
const headings = (panel: PanelPage) => panel.page.locator('.chats :is(h3, h4)').allInnerTexts();
const many = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    historyRow({ id: `chat-${at}`, title: `Chat ${at}`, updatedAtMs: stillTimeMs - at * 60_000 }),
  );

async function focused(panel: PanelPage): Promise<string> {
  const name = await panel.page.evaluate(
    `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.querySelector('strong')?.innerText ?? document.activeElement.innerText).trim()`,
  );
  return z.string().parse(name);
}

async function heardSince(panel: PanelPage, act: () => Promise<unknown>): Promise<FromWebview[]> {
  const before = (await panel.heard()).length;
  await act();
  return (await panel.heard()).slice(before);
}

const status = (panel: PanelPage) => panel.page.locator('[role="status"]').innerText();

describe('the list of chats', () => {
  test('groups the chats of this workspace by age, and those of others after them', async () => {
    const panel = await history();
    expect(await headings(panel)).toEqual([
      'This workspace',
      'Waiting for you',
      'Pinned',
      'Today',
      'Yesterday',
      'Last 7 days',
      'Older',
      'Elsewhere',
      'Last 7 days',
    ]);
    expect((await titles(panel)).slice(0, 4)).toEqual([
      'Upgrade vitest to 4',
      'Release checklist',
      'Move the mailer to a queue',
      'withRetry gives up one attempt early',
    ]);
  });

  test('says the state, the place, the model, the turns and the time of a chat in words', async () => {
    const panel = await history();
    const detail = (title: string) => row(panel, title).locator('small').innerText();
    expect(await detail('Trace the slow checkout')).toMatch(
      /Stopped by an error · GPT-5\.1-Codex · 6 turns/,
    );
    expect(await detail('Explain the pricing')).toMatch(/^pricing · GPT-5\.1-Codex · 6 turns/);
    expect(await detail('Port the pricing')).toMatch(/^3 damaged records/);
    expect(await detail('Upgrade to Node 22')).toMatch(/^From a newer version, read-only/);
  });

  test('asks for its rows while it is open, and no longer', async () => {
    const panel = await panels.open({}, snapshot());
    expect(await panel.heard()).toEqual([]);
    await panel.tell({ type: 'history/open' });
    await expect.poll(() => panel.heard()).toEqual([{ type: 'history/show' }]);
    await panel.page.keyboard.press('Escape');
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'history/show' }, { type: 'history/hide' }]);
  });

  test('gives the focus back to where it came from with Escape', async () => {
    const panel = await panels.open({}, snapshot());
    await panel.page.getByRole('textbox', { name: 'Message to Codex' }).focus();
    await panel.tell({ type: 'history/open' });
    await expect.poll(() => focused(panel)).toBe('Search chats');
    await panel.page.keyboard.press('Escape');
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
    expect(await panel.page.locator('.history').isVisible()).toBe(false);
  });

  test('opens again as it was left when the panel was hidden', async () => {
    const panel = await history();
    await search(panel).fill('retry');
    await panel.reshow();
    await panel.tell(snapshot({ turns: [turn()] }));
    await expect.poll(() => search(panel).inputValue()).toBe('retry');
  });

  test('opens a chat with Enter and with a click, and leaves the list', async () => {
    const panel = await history();
    await titleOf(panel, 'Release checklist').click();
    await expect.poll(() => panel.heard()).toContainEqual({ type: 'chat/open', chatId: 'pinned' });
    expect(await panel.page.locator('.history').isVisible()).toBe(false);
  });

  test('says that there are none, and offers those of the Codex CLI', async () => {
    const panel = await history(historyList([]));
    await expect
      .poll(() => panel.page.locator('.history-empty').innerText())
      .toContain('No chats yet');
    const heard = await heardSince(panel, () =>
      panel.page.getByRole('button', { name: 'Import from Codex CLI…' }).click(),
    );
    expect(heard).toEqual([{ type: 'history/import' }]);
  });

  test('takes over changes in their place', async () => {
    const panel = await history(historyList(many(3)));
    await panel.tell({
      type: 'history/change',
      rows: [historyRow({ id: 'chat-2', title: 'Renamed', updatedAtMs: stillTimeMs })],
      gone: ['chat-0'],
      deleted: 1,
    });
    expect(await titles(panel)).toEqual(['Renamed', 'Chat 1']);
  });
});

describe('the keyboard in the list', () => {
  test('goes from the field to the rows and back with the arrows', async () => {
    const panel = await history(historyList(many(3)));
    const seen: string[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'End', 'Home', 'ArrowUp']) {
      await panel.page.keyboard.press(key);
      seen.push(await focused(panel));
    }
    expect(seen).toEqual(['Chat 0', 'Chat 1', 'Chat 2', 'Chat 0', 'Search chats']);
  });

  test('leads with Tab from a row to its tools and on', async () => {
    const panel = await history(historyList(many(3)));
    await panel.page.keyboard.press('ArrowDown');
    const seen: string[] = [];
    for (let at = 0; at < 3; at++) {
      await panel.page.keyboard.press('Tab');
      seen.push(await focused(panel));
    }
    expect(seen).toEqual(['Rename Chat 0', 'Delete Chat 0', 'More actions for Chat 0']);
  });

  test('reaches the last of 5,000 rows with End', async () => {
    const panel = await history(historyList(many(5_000)));
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('End');
    await expect.poll(() => focused(panel)).toBe('Chat 4999');
    await panel.page.keyboard.press('PageUp');
    expect(await focused(panel)).toMatch(/^Chat 49[89]\d$/);
  });

  test('deletes with Delete; the row that takes its place has the focus then', async () => {
    const panel = await history(historyList(many(3)));
    await panel.page.keyboard.press('ArrowDown');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Delete'));
    expect(heard).toEqual([{ type: 'chat/delete', chatId: 'chat-0' }]);
    await panel.tell(
      { type: 'history/change', rows: [], gone: ['chat-0'], deleted: 1 },
      { type: 'history/deleted', chatId: 'chat-0', title: 'Chat 0' },
    );
    await expect.poll(() => focused(panel)).toBe('Chat 1');
    await expect.poll(() => status(panel)).toBe('“Chat 0” deleted');
  });
});

describe('what can be done with a chat', () => {
  test('a deletion can be undone for eight seconds', async () => {
    const panel = await history(historyList(many(3)), { fakeTime: true });
    const bar = panel.page.locator('.toast');
    await panel.tell({ type: 'history/deleted', chatId: 'gone', title: 'Old' });
    const heard = await heardSince(panel, () => bar.getByRole('button', { name: 'Undo' }).click());
    expect(heard).toEqual([{ type: 'chat/undoDelete', chatId: 'gone' }]);
    expect(await bar.isVisible()).toBe(false);
    await panel.tell({ type: 'history/deleted', chatId: 'gone', title: 'Old' });
    await search(panel).focus();
    await panel.page.mouse.move(5, 5);
    await panel.page.clock.runFor(7_000);
    expect(await bar.isVisible()).toBe(true);
    await panel.page.clock.runFor(1_100);
    expect(await bar.isVisible()).toBe(false);
  });

  test('the bar stays while the keyboard is in it', async () => {
    const panel = await history(historyList(many(3)), { fakeTime: true });
    await panel.tell({ type: 'history/deleted', chatId: 'gone', title: 'Old' });
    await panel.page.locator('.toast button').focus();
    await panel.page.clock.runFor(30_000);
    expect(await panel.page.locator('.toast').isVisible()).toBe(true);
  });

  test('F2 renames in place; Enter keeps the new title and Escape the old one', async () => {
    const panel = await history(historyList(many(3)));
    const name = panel.page.getByRole('textbox', { name: 'Title of the chat' });
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('F2');
    await name.fill('Another');
    await panel.page.keyboard.press('Escape');
    expect(await titles(panel)).toContain('Chat 0');
    expect(await focused(panel)).toBe('Chat 0');
    await panel.page.keyboard.press('F2');
    await name.fill('  Better ');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Enter'));
    expect(heard).toEqual([{ type: 'chat/rename', chatId: 'chat-0', title: 'Better' }]);
    expect(await focused(panel)).toBe('Chat 0');
  });

  test('a title that is being typed stays while rows change', async () => {
    const panel = await history(historyList(many(3)));
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('F2');
    const name = panel.page.getByRole('textbox', { name: 'Title of the chat' });
    await name.fill('Half a ti');
    await panel.tell(historyList(many(4)));
    expect(await name.inputValue()).toBe('Half a ti');
    await panel.page.keyboard.press('Escape');
    expect(await titles(panel)).toHaveLength(4);
  });

  test.each([
    ['Pin', { type: 'chat/pin', chatId: 'chat-1', pinned: true }],
    ['Fork', { type: 'chat/fork', chatId: 'chat-1' }],
    ['Export as Markdown', { type: 'chat/export', chatId: 'chat-1', format: 'markdown' }],
    ['Export as JSON', { type: 'chat/export', chatId: 'chat-1', format: 'json' }],
  ])('its menu offers %s', async (name, message) => {
    const panel = await history();
    await row(panel, 'withRetry').hover();
    await row(panel, 'withRetry')
      .getByRole('button', { name: 'More actions for withRetry' })
      .click();
    const heard = await heardSince(panel, () =>
      panel.page.getByRole('menuitem', { name, exact: true }).click(),
    );
    expect(heard[0]).toEqual(message);
  });
});

describe('the search', () => {
  const hit = (chatId: string, turnId?: string) => ({
    chatId,
    marks: [[0, 4] as [number, number]],
    ...(turnId === undefined ? {} : { turnId, excerpt: 'Half-up rounding is why' }),
  });

  test('asks with each change and shows titles, then messages, as they come', async () => {
    const panel = await history();
    await search(panel).fill('half');
    const asked = (await panel.heard()).findLast(({ type }) => type === 'history/search');
    expect(asked).toMatchObject({ query: 'half' });
    const number = asked?.type === 'history/search' ? asked.search : 0;
    await panel.tell({ type: 'history/hits', search: number, hits: [hit('pinned')], done: false });
    expect(await titles(panel)).toEqual(['Release checklist']);
    expect(await panel.page.locator('.history-head').innerText()).toContain(
      '1 result, still searching…',
    );
    await panel.tell({
      type: 'history/hits',
      search: number,
      hits: [hit('unread', 'turn-3')],
      done: true,
    });
    expect(await headings(panel)).toEqual(['Titles', 'Messages']);
    expect(await panel.page.locator('.chat-row mark').allInnerTexts()).toEqual(['Rele', 'Half']);
    await expect.poll(() => status(panel)).toBe('2 results');
    const heard = await heardSince(panel, () => titleOf(panel, 'Why is the order').click());
    expect(heard[0]).toEqual({ type: 'chat/open', chatId: 'unread', turnId: 'turn-3' });
  });

  test('passes over the answers to an earlier search and says when nothing was found', async () => {
    const panel = await history();
    await search(panel).fill('h');
    await search(panel).fill('half');
    await panel.tell({ type: 'history/hits', search: 1, hits: [hit('pinned')], done: true });
    expect(await titles(panel)).toEqual([]);
    await panel.tell({ type: 'history/hits', search: 2, hits: [], done: true });
    await expect
      .poll(() => panel.page.locator('.history-empty').innerText())
      .toBe('No chat has “half” in its title or its messages.');
  });

  test('says what could not be searched', async () => {
    const panel = await history();
    await search(panel).fill('half');
    const problem = 'Two chats could not be read. See the log for details.';
    await panel.tell({ type: 'history/hits', search: 1, hits: [], done: true, problem });
    expect(await panel.page.locator('.history-head').innerText()).toContain(problem);
  });

  test('ends with Escape, which shows all chats again before it leaves the list', async () => {
    const panel = await history();
    await search(panel).fill('half');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Escape'));
    expect(heard).toEqual([{ type: 'history/cancelSearch' }]);
    expect(await titles(panel)).toHaveLength(sampleChats.length);
  });
});

describe('5,000 chats', () => {
  test('cost as many elements as fit into the view, wherever it stands', async () => {
    const panel = await history(historyList(many(5_000)));
    const count = () => panel.page.locator('.chat-row').count();
    expect(await count()).toBeLessThan(60);
    await panel.page.evaluate(`document.querySelector('.history-scroll').scrollTop = 100_000`);
    await expect.poll(() => titles(panel)).toContain('Chat 2275');
    expect(await count()).toBeLessThan(60);
  });

  test('tell screen readers the true number and place of a row', async () => {
    const panel = await history(historyList(many(5_000)));
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('End');
    const last = row(panel, 'Chat 4999');
    await expect
      .poll(() => last.getAttribute('aria-posinset'))
      .toBe(await last.getAttribute('aria-setsize'));
  });
});

const looks = themes.flatMap((theme) => [300, 420].map((width) => ({ theme, width })));
const someLooks = looks.filter(({ theme, width }) => width === 300 || theme === 'dark-modern');

test.each(sampled(someLooks, looks))(
  'the list breaks no rule of accessibility: %o',
  async (options) => {
    const panel = await history(historyList(), options);
    expect(await violations(panel)).toEqual([]);
    await row(panel, 'withRetry').hover();
    await panel.tell({ type: 'history/deleted', chatId: 'gone', title: 'Fix flaky cart test' });
    expect(await violations(panel)).toEqual([]);
    const width = await panel.page.evaluate(
      'document.querySelector(".history-scroll").scrollWidth',
    );
    expect(width).toBeLessThanOrEqual(options.width);
  },
);
