import { describe, expect, test } from 'vitest';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { themes, type PanelOptions, type PanelPage, type Unnumbered } from './panelPage.ts';
import { running, snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();
const stored = (change: Parameters<typeof snapshot>[0] = {}) =>
  snapshot({
    chat: {},
    queue: [],
    turns: [
      turn({ prompt: 'first', branch: { index: 2, count: 3 } }),
      turn({ id: 'turn-2', prompt: 'second' }),
    ],
    ...change,
  });
const busy = (change: Parameters<typeof snapshot>[0] = {}) =>
  stored({ turns: [running([{ kind: 'text', id: 'text-1', text: 'One.' }])], ...change });
const show = (scene: Unnumbered, options: PanelOptions = {}) => panels.open(options, scene);
const button = (panel: PanelPage, name: string, at = 0) =>
  panel.page.getByRole('button', { name, exact: true }).nth(at);
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });
const editor = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Edit your message' });

async function heardSince(panel: PanelPage, act: () => Promise<unknown>): Promise<FromWebview[]> {
  const before = (await panel.heard()).length;
  await act();
  return (await panel.heard()).slice(before);
}

async function edit(panel: PanelPage, at = 0): Promise<void> {
  await panel.page.locator('.turn').nth(at).hover();
  await button(panel, 'Edit', at).click();
  await editor(panel).waitFor();
}

describe('branches', () => {
  test('a prompt with siblings says which one it is and leads to the others', async () => {
    const panel = await show(stored());
    expect(await panel.page.locator('.branch').allInnerTexts()).toEqual(['2/3']);
    const heard = await heardSince(panel, async () => {
      await button(panel, 'Previous branch').click();
      await button(panel, 'Next branch').click();
    });
    expect(heard).toEqual([
      { type: 'turn/branch', turnId: 'turn-1', index: 1 },
      { type: 'turn/branch', turnId: 'turn-1', index: 3 },
    ]);
  });

  test('the first branch has none before it', async () => {
    const panel = await show(
      stored({ turns: [turn({ branch: { index: 1, count: 2 } }), turn({ id: 'turn-2' })] }),
    );
    expect(await button(panel, 'Previous branch').isDisabled()).toBe(true);
    expect(await button(panel, 'Next branch').isDisabled()).toBe(false);
  });

  test('each answer can be given again, forked from and linked to', async () => {
    const panel = await show(stored());
    await panel.page.locator('.turn').first().hover();
    const heard = await heardSince(panel, async () => {
      for (const name of ['Fork from here', 'Copy link', 'Regenerate'])
        await button(panel, name).click();
    });
    expect(heard).toEqual([
      { type: 'chat/fork', chatId: 'chat-1', turnId: 'turn-1' },
      { type: 'turn/copyLink', turnId: 'turn-1' },
      { type: 'turn/regenerate', turnId: 'turn-1' },
    ]);
  });

  test.each([
    ['that is not stored', {}],
    ['that can only be read', { chat: { readOnly: 'newerVersion' } } as const],
  ])('nothing of a chat %s can be edited or forked', async (_, change) => {
    const panel = await show(snapshot({ turns: [turn()], ...change }));
    await panel.page.locator('.turn').first().hover();
    expect(await button(panel, 'Edit').count()).toBe(0);
    expect(await button(panel, 'Fork from here').count()).toBe(0);
  });
});

describe('a prompt that is edited in its place', () => {
  test('is sent with Enter as a branch, and says what becomes of later turns', async () => {
    const panel = await show(stored());
    await edit(panel);
    expect(await editor(panel).inputValue()).toBe('first');
    expect(await panel.page.locator('.edit-acts').innerText()).toContain(
      '1 later turn is kept as a branch',
    );
    await editor(panel).fill('better');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Enter'));
    expect(heard).toEqual([{ type: 'turn/edit', turnId: 'turn-1', text: 'better' }]);
    expect(await panel.page.locator('.ask-text').first().innerText()).toBe('first');
  });

  test('shows the old text again with Escape, and keeps what was typed for the next time', async () => {
    const panel = await show(stored());
    await edit(panel);
    await editor(panel).fill('half a thou');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Escape'));
    expect(heard).toEqual([]);
    expect(await panel.page.locator('.ask-text').allInnerTexts()).toEqual(['first', 'second']);
    await panel.reshow();
    await panel.tell(stored());
    await edit(panel);
    expect(await editor(panel).inputValue()).toBe('half a thou');
  });

  test('stays open with its text while an answer is under way, and says why', async () => {
    const panel = await show(stored());
    await edit(panel);
    await editor(panel).fill('better');
    await panel.tell({
      type: 'turn/add',
      turn: running([], { id: 'turn-3', prompt: 'third' }),
    });
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Enter'));
    expect(heard).toEqual([]);
    expect(await editor(panel).inputValue()).toBe('better');
    expect(await panel.page.locator('.edit-acts').innerText()).toContain('still responding');
  });
});

describe('the message field while an answer is under way', () => {
  test.each([
    ['Enter', 'steer'],
    ['Alt+Enter', 'queue'],
    ['Control+Alt+Enter', 'stopAndSend'],
  ])('%s sends as %s', async (key, mode) => {
    const panel = await show(busy());
    await field(panel).fill('And then?');
    await field(panel).press(key);
    await expect
      .poll(() => panel.heard())
      .toEqual([{ type: 'prompt/send', text: 'And then?', mode }]);
    expect(await field(panel).inputValue()).toBe('');
  });

  test('Ctrl+Enter keeps its meaning when it is the key that sends', async () => {
    const panel = await show(busy({ settings: { sendWith: 'ctrlEnter', reasoning: 'collapsed' } }));
    await field(panel).fill('And then?');
    await field(panel).press('Control+Enter');
    await expect.poll(() => panel.heard()).toMatchObject([{ mode: 'steer' }]);
  });

  test('says what the key will do, and offers all ways in a menu once there is text', async () => {
    const panel = await show(busy());
    expect(await field(panel).getAttribute('placeholder')).toBe('Enter adds to this response');
    expect(await button(panel, 'Ways to send').isVisible()).toBe(false);
    await field(panel).fill('And then?');
    await button(panel, 'Ways to send').click();
    const items = panel.page.getByRole('menuitem');
    await expect
      .poll(() => items.allInnerTexts())
      .toEqual([
        expect.stringMatching(/Add to this response\s*Enter/),
        expect.stringMatching(/Send after this response\s*Alt\+Enter/),
        expect.stringMatching(/Stop and send\s*Ctrl\+Alt\+Enter/),
      ]);
    await items.nth(2).click();
    await expect.poll(() => panel.heard()).toMatchObject([{ mode: 'stopAndSend' }]);
  });
});

describe('messages that wait', () => {
  const prompts = [
    { id: 'a', waitsFor: 'step', text: 'Also cover negative totals' },
    { id: 'b', waitsFor: 'turn', text: 'Then update the changelog\nand the docs' },
    { id: 'c', waitsFor: 'turn', text: 'And commit' },
  ] as const;
  const waiting = async (options: PanelOptions = {}) => {
    const panel = await show(busy({ queue: [...prompts] }), options);
    await panel.page.locator('.queue li').first().waitFor();
    return panel;
  };
  const row = (panel: PanelPage, at: number) => panel.page.locator('.queue li').nth(at);

  test('are shown in their order with what they wait for', async () => {
    const panel = await waiting();
    const lines = await panel.page.locator('.queue-text').allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
      'Also cover negative totals Next step',
      'Then update the changelog Queued',
      'And commit Queued',
    ]);
  });

  test('are sent at once, and removed, by their buttons', async () => {
    const panel = await waiting();
    const heard = await heardSince(panel, async () => {
      await row(panel, 1).getByRole('button', { name: 'Send now' }).click();
      await row(panel, 1).getByRole('button', { name: 'Remove' }).click();
    });
    expect(heard).toEqual([
      { type: 'queue/send', id: 'b' },
      { type: 'queue/remove', id: 'b' },
    ]);
  });

  test('move with Alt and the arrow keys; the focus goes along', async () => {
    const panel = await waiting();
    await row(panel, 2).locator('.queue-text').focus();
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Alt+ArrowUp'));
    expect(heard).toEqual([{ type: 'queue/move', id: 'c', before: 'b' }]);
    await panel.tell({ type: 'queue', prompts: [prompts[0], prompts[2], prompts[1]] });
    expect(await panel.page.evaluate('document.activeElement.innerText')).toContain('And commit');
    const down = await heardSince(panel, () => panel.page.keyboard.press('Alt+ArrowDown'));
    expect(down).toEqual([{ type: 'queue/move', id: 'c' }]);
  });

  test('move by dragging', async () => {
    const panel = await waiting();
    const heard = await heardSince(panel, () => row(panel, 2).dragTo(row(panel, 0)));
    expect(heard).toEqual([{ type: 'queue/move', id: 'c', before: 'a' }]);
  });

  test('are edited in place, and keep what is typed while the list changes', async () => {
    const panel = await waiting();
    await row(panel, 1).locator('.queue-text').focus();
    await panel.page.keyboard.press('F2');
    const text = panel.page.getByRole('textbox', { name: 'Edit the waiting message' });
    expect(await text.inputValue()).toBe(prompts[1].text);
    await text.fill('Then the docs');
    await panel.tell({ type: 'queue', prompts: prompts.slice(1) });
    expect(await text.inputValue()).toBe('Then the docs');
    const heard = await heardSince(panel, () => panel.page.keyboard.press('Enter'));
    expect(heard).toEqual([{ type: 'queue/edit', id: 'b', text: 'Then the docs' }]);
    await expect.poll(() => panel.page.locator('.queue li').count()).toBe(2);
  });

  test('give the focus to the message field when the last one is gone', async () => {
    const panel = await waiting();
    await row(panel, 0).locator('.queue-text').focus();
    await panel.tell({ type: 'queue', prompts: [] });
    await expect
      .poll(() => panel.page.evaluate('document.activeElement.getAttribute("aria-label")'))
      .toBe('Message to Codex');
    expect(await panel.page.locator('.queue').isVisible()).toBe(false);
  });

  test.each(themes.map((theme) => [theme]))('break no rule of accessibility: %s', async (theme) => {
    const panel = await waiting({ theme, width: 300 });
    expect(await violations(panel)).toEqual([]);
    const width = await panel.page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(300);
  });
});

describe('what must be known of a chat', () => {
  test('damaged records are counted at its head', async () => {
    const panel = await show(stored({ chat: { damaged: 2 } }));
    await expect
      .poll(() => panel.page.locator('.chat-head').innerText())
      .toBe('2 records of this chat are damaged and left out. Everything else is here.');
  });

  test('a chat of a newer version is read-only: nothing is sent, and a copy can be made', async () => {
    const panel = await show(stored({ chat: { readOnly: 'newerVersion' } }));
    await field(panel).fill('Why?');
    await field(panel).press('Enter');
    expect(await panel.heard()).toEqual([]);
    expect(await field(panel).inputValue()).toBe('Why?');
    const heard = await heardSince(panel, () => button(panel, 'Fork a copy').click());
    expect(heard).toEqual([{ type: 'chat/fork', chatId: 'chat-1' }]);
  });

  test('a full disk is said with what to do, until there is room', async () => {
    const panel = await show(stored({ chat: { unsaved: { count: 3, code: 'ENOSPC' } } }));
    const shelf = panel.page.getByRole('group', { name: 'About this chat' });
    await expect.poll(() => shelf.innerText()).toMatch(/^The disk is full\. .* Free some space/);
    await panel.tell({ type: 'chat', chat: {} });
    await expect.poll(() => shelf.count()).toBe(0);
  });

  test('a turn that a reload has cut says so and can go on', async () => {
    const cut = turn({ status: 'interrupted', mayContinue: true });
    const panel = await show(stored({ turns: [cut] }));
    expect(await panel.page.locator('.answer').innerText()).toContain(
      'This turn was interrupted by a reload',
    );
    const heard = await heardSince(panel, () => button(panel, 'Continue').click());
    expect(heard).toEqual([{ type: 'turn/continue', turnId: 'turn-1' }]);
  });

  test('a turn that is revealed stands at the upper edge and has the focus', async () => {
    const turns = Array.from({ length: 60 }, (_, at) =>
      turn({ id: `turn-${at}`, prompt: `prompt ${at}` }),
    );
    const panel = await show(stored({ turns }));
    await panel.tell({ type: 'turn/reveal', turnId: 'turn-5' });
    await expect
      .poll(() => panel.page.evaluate('document.activeElement.innerText'))
      .toContain('prompt 5');
    const box = await panel.page.getByText('prompt 5', { exact: true }).boundingBox();
    expect(box?.y).toBeLessThan(40);
  });
});

test.each(themes.map((theme) => [theme]))(
  'branches and the editor break no rule of accessibility: %s',
  async (theme) => {
    const panel = await show(stored({ chat: { damaged: 2, readOnly: undefined } }), {
      theme,
      width: 300,
    });
    await panel.page.locator('.turn').nth(1).hover();
    expect(await violations(panel)).toEqual([]);
    await edit(panel);
    expect(await violations(panel)).toEqual([]);
  },
);
