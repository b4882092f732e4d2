import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import type { PartChange } from '../../src/shared/protocol/turn.ts';
import type { PanelOptions, PanelPage, Unnumbered } from './panelPage.ts';
import { running, sceneTimeMs, snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';

const panels = usePanels();

async function show(scene: Unnumbered, options: PanelOptions = {}): Promise<PanelPage> {
  return panels.open(options, scene);
}

const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });
const button = (panel: PanelPage, name: string) => panel.page.getByRole('button', { name });

/** Name of what has the focus; `nothing` when nothing has. */
async function focused(panel: PanelPage): Promise<string> {
  const name = await panel.page.evaluate(`{
    const active = document.activeElement;
    active === document.body ? 'nothing' : (active.getAttribute('aria-label') ?? active.innerText).trim();
  }`);
  return z.string().parse(name);
}

const codeAccount: AccountView = {
  state: 'signingIn',
  startedAtMs: sceneTimeMs,
  endsAtMs: sceneTimeMs + 900_000,
  lead: 'code',
  codeState: 'shown',
  code: {
    text: 'WDJB-40721',
    page: 'https://auth.openai.com/codex/device',
    endsAtMs: sceneTimeMs + 900_000,
  },
  hasPage: true,
  notes: [],
};
const account = (view: AccountView): Unnumbered => ({ type: 'account', account: view });

describe('the focus', () => {
  test('stays in the panel through a whole sign-in by keyboard', async () => {
    const panel = await show(snapshot({ account: { state: 'signedOut' } }));
    await button(panel, 'Sign in with ChatGPT').focus();
    await panel.page.keyboard.press('Enter');
    await panel.tell(account({ ...codeAccount, codeState: 'asking', code: undefined }));
    expect(await focused(panel)).not.toBe('nothing');
    await panel.tell(account(codeAccount));
    await button(panel, 'Copy code and open the page').focus();
    await panel.tell(account({ state: 'signedIn', label: 'ada@example.com' }));
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });

  test('moves on when the control that has it is hidden', async () => {
    const panel = await show(snapshot({ account: { ...codeAccount, lead: 'browser' } }));
    await button(panel, 'Use a code instead').focus();
    await panel.tell(account(codeAccount));
    expect(await focused(panel)).not.toBe('nothing');
  });

  test('is taken from no other part of the window, and found again on the way back', async () => {
    const panel = await show(snapshot({ account: { state: 'signedOut' } }));
    await button(panel, 'Sign in with ChatGPT').focus();
    await panel.page.evaluate('document.hasFocus = () => false');
    await panel.tell(account(codeAccount));
    await expect.poll(() => focused(panel)).toBe('nothing');
    await panel.page.evaluate('window.dispatchEvent(new FocusEvent("focus"))');
    expect(await focused(panel)).not.toBe('nothing');
  });

  test('is left where it is while an answer grows', async () => {
    const panel = await show(snapshot({ turns: [turn(), running([], { id: 'turn-2' })] }));
    await panel.page.locator('.answer').first().focus();
    const part: PartChange = { type: 'put', part: { kind: 'text', id: 'text-1', text: 'More.' } };
    await panel.tell({ type: 'turn/changes', turnId: 'turn-2', attempt: 1, changes: [part] });
    const isKept = 'document.activeElement === document.querySelector(".answer")';
    await expect.poll(() => panel.page.evaluate(isKept)).toBe(true);
  });

  test('goes to the field with a suggestion, whose answer is followed', async () => {
    const suggestions = [
      { id: 'explain', icon: 'file' as const, label: 'Explain cart.ts', detail: 'open file' },
    ];
    const panel = await show(snapshot({ start: { workspace: '', suggestions } }));
    await button(panel, 'Explain cart.ts').focus();
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
    await expect.poll(() => panel.heard()).toEqual([{ type: 'suggestion/pick', id: 'explain' }]);
    const text = Array.from({ length: 80 }, (_, at) => `Paragraph ${at}.`).join('\n\n');
    await panel.tell({ type: 'turn/add', turn: running([{ kind: 'text', id: 'text-1', text }]) });
    const isAtEnd = `{
      const { scrollTop, scrollHeight, clientHeight } = document.querySelector('.scroller');
      scrollHeight > clientHeight && scrollHeight - clientHeight - scrollTop < 33;
    }`;
    await expect.poll(() => panel.page.evaluate(isAtEnd)).toBe(true);
  });

  test('goes back to the field from a Usage page that was opened from elsewhere', async () => {
    const panel = await show(snapshot({ turns: [turn()] }));
    await panel.tell({ type: 'usage/open' });
    const page = panel.page.getByRole('region', { name: 'Usage' });
    await page.waitFor();
    await panel.page.keyboard.press('Escape');
    await expect.poll(() => focused(panel)).toBe('Message to Codex');
  });
});

const tree = z.object({
  nodes: z.array(
    z.object({
      ignored: z.boolean(),
      role: z.optional(z.object({ value: z.unknown() })),
      name: z.optional(z.object({ value: z.optional(z.string()) })),
    }),
  ),
});

/** Names of the articles that a screen reader finds, in order. */
async function articles(panel: PanelPage): Promise<(string | undefined)[]> {
  const session = await panel.page.context().newCDPSession(panel.page);
  const { nodes } = tree.parse(await session.send('Accessibility.getFullAXTree'));
  return nodes
    .filter(({ ignored, role }) => !ignored && role?.value === 'article')
    .map(({ name }) => name?.value);
}

test('every turn is in the accessibility tree under its name, wherever the scroll stands', async () => {
  const long = Array.from({ length: 60 }, (_, at) => `Paragraph ${at}.`).join('\n\n');
  const turns = [1, 2, 3].map((at) =>
    turn({ id: `turn-${at}`, parts: [{ kind: 'text', id: `text-${at}`, text: long }] }),
  );
  const panel = await show(snapshot({ turns }));
  const all = ['You', 'Codex', 'You', 'Codex, answer 2', 'You', 'Codex, answer 3'];
  for (const top of ['scrollHeight', '0', 'scrollHeight / 2']) {
    await panel.page.evaluate(
      `{ const s = document.querySelector('.scroller'); s.scrollTop = ${top.replace('scrollHeight', 's.scrollHeight')}; }`,
    );
    await panel.page.waitForTimeout(100);
    await expect.poll(() => articles(panel)).toEqual(all);
  }
});

const regions = (panel: PanelPage) =>
  panel.page.locator('[role=status], [role=alert]').allTextContents();

describe('what was said aloud', () => {
  test('is gone with its chat', async () => {
    const failure = {
      kind: 'network' as const,
      title: 'You are offline',
      message: 'Retry.',
      actions: [],
    };
    const panel = await show(snapshot({ turns: [running([])] }));
    const end = {
      type: 'turn/state',
      turnId: 'turn-1',
      attempt: 1,
      notes: [] as string[],
    } as const;
    await panel.tell({ ...end, status: 'failed', failure });
    await expect.poll(() => regions(panel)).toContain('You are offline. Retry.');
    await panel.tell(snapshot({ chatId: 'chat-2' }));
    expect((await regions(panel)).join('')).toBe('');
  });

  test('of a sign-in is gone when it has ended, and "Signed out" is not said on the way', async () => {
    const panel = await show(snapshot({ account: { state: 'signedOut' } }));
    await panel.tell(account(codeAccount));
    await expect.poll(async () => (await regions(panel)).join('')).toMatch(/^Your code is/);
    await panel.tell(account({ state: 'signedOut' }));
    // Longer than a sentence waits for its turn.
    await panel.page.waitForTimeout(1_200);
    await panel.tell(account({ state: 'signedIn', label: 'ada@example.com' }));
    await expect.poll(async () => (await regions(panel)).join('')).toBe('Signed in');
  });
});

describe('the send key while an answer is under way', () => {
  test('sends nothing, loses nothing, and says so below the text until the answer ends', async () => {
    const panel = await show(snapshot({ turns: [running([])] }));
    await expect
      .poll(() => field(panel).getAttribute('placeholder'))
      .toContain('after the response');
    await field(panel).fill('And then?');
    await field(panel).press('Enter');
    const note = panel.page.locator('.composer-note');
    await expect.poll(() => note.innerText()).toContain('Not sent: Codex is still responding.');
    await expect.poll(() => field(panel).inputValue()).toBe('And then?');
    await panel.tell({
      type: 'turn/state',
      turnId: 'turn-1',
      attempt: 1,
      notes: [],
      status: 'done',
    });
    await expect.poll(() => note.isVisible()).toBe(false);
    await field(panel).press('Enter');
    await expect.poll(() => panel.heard()).toEqual([{ type: 'prompt/send', text: 'And then?' }]);
  });
});
