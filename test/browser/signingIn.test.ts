import { expect, test } from 'vitest';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import { themes, type PanelPage } from './panelPage.ts';
import { sceneTimeMs, scenes, snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

async function show(account: AccountView, options = {}): Promise<PanelPage> {
  return panels.open(options, snapshot({ account }));
}

type SigningIn = Extract<AccountView, { state: 'signingIn' }>;

const byBrowser: SigningIn = {
  state: 'signingIn',
  startedAtMs: sceneTimeMs,
  endsAtMs: sceneTimeMs + 300_000,
  lead: 'browser',
  codeState: 'none',
  hasPage: true,
  notes: [],
};
const byCode: SigningIn = {
  ...byBrowser,
  endsAtMs: sceneTimeMs + 900_000,
  lead: 'code',
  codeState: 'shown',
  code: {
    text: 'WDJB-40721',
    page: 'https://auth.openai.com/codex/device',
    endsAtMs: sceneTimeMs + 900_000,
  },
};

const button = (panel: PanelPage, name: string) =>
  panel.page.getByRole('button', { name, exact: true });
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Redirect URL' });

test('the code stands there to be read, copied and taken to its page', async () => {
  const panel = await show(byCode);
  const words = await panel.page.locator('.scroller').innerText();
  expect(words).toContain('Open auth.openai.com/codex/device on any device');
  expect(words).toContain('15:00 left');
  await expect.poll(() => panel.page.locator('.secret').innerText()).toBe('WDJB-40721');
  await button(panel, 'Copy code').click();
  await button(panel, 'Copy code and open the page').click();
  await button(panel, 'Use the browser on this machine').click();
  await button(panel, 'Copy the page URL').click();
  await button(panel, 'Cancel').click();
  await expect
    .poll(() => panel.heard())
    .toEqual([
      { type: 'clipboard/write', text: 'WDJB-40721' },
      { type: 'account/openPage', way: 'code' },
      { type: 'account/openPage', way: 'browser' },
      { type: 'account/copyAddress' },
      { type: 'account/cancelSignIn' },
    ]);
});

test('other ways stand beside the browser', async () => {
  const panel = await show(byBrowser);
  await button(panel, 'Use a code instead').click();
  await button(panel, 'Reopen the page').click();
  await expect
    .poll(() => panel.heard())
    .toEqual([
      { type: 'account/signIn', by: 'code' },
      { type: 'account/openPage', way: 'browser' },
    ]);
});

test('what is being pasted stays in the field while the sign-in goes on', async () => {
  const panel = await show(byBrowser);
  await button(panel, 'Paste the redirect URL').click();
  await field(panel).fill('http://127.0.0.1:1455/auth/callback?code=1');
  await panel.tell({ type: 'account', account: { ...byCode, pasteProblem: 'Not this one.' } });
  await panel.page.getByText('Not this one.').waitFor();
  await expect
    .poll(() => field(panel).inputValue())
    .toBe('http://127.0.0.1:1455/auth/callback?code=1');
  await expect.poll(() => field(panel).getAttribute('aria-invalid')).toBe('true');
  await field(panel).press('Enter');
  await button(panel, 'Use').click();
  const paste = { type: 'account/paste', text: 'http://127.0.0.1:1455/auth/callback?code=1' };
  await expect.poll(() => panel.heard()).toEqual([paste, paste]);
});

test('the field is open by itself when nothing else is left, and nothing is offered too early', async () => {
  const panel = await show({ ...byBrowser, hasPage: false, codeState: 'failed' });
  await expect.poll(() => panel.page.getByText('Other options').isVisible()).toBe(false);
  const notes = ['No code.', 'No port.'];
  const account = { ...byBrowser, codeState: 'failed' as const, notes };
  await panel.tell({ type: 'account', account });
  await field(panel).waitFor();
  await expect.poll(() => button(panel, 'Use a code instead').isVisible()).toBe(false);
  await expect.poll(() => panel.page.locator('.note').allInnerTexts()).toEqual(notes);
});

test('beside a chat, the shelf has the code, the way to its page and what went wrong', async () => {
  const panel = await show(byBrowser);
  const turns = [turn({})];
  await panel.tell(snapshot({ account: byBrowser, turns }));
  await button(panel, 'Use a code').click();
  await button(panel, 'Paste the redirect URL').click();
  await panel.tell({ type: 'account', account: { ...byCode, notes: ['No port.'] } });
  await button(panel, 'Copy and open').click();
  await expect
    .poll(() => panel.page.locator('.shelf').innerText())
    .toMatch(/No port\.[^]*Type WDJB-40721 at auth\.openai\.com/);
  await button(panel, 'Cancel').click();
  await expect
    .poll(() => panel.heard())
    .toEqual([
      { type: 'account/signIn', by: 'code' },
      { type: 'account/paste' },
      { type: 'account/openPage', way: 'code' },
      { type: 'account/cancelSignIn' },
    ]);
});

test('the login of the Codex CLI is offered only where there is one', async () => {
  const without = await show({ state: 'signedOut' });
  await expect.poll(() => button(without, 'Use my Codex CLI sign-in').count()).toBe(0);
  const panel = await show({ state: 'signedOut', hasCodexLogin: true });
  await button(panel, 'Use my Codex CLI sign-in').click();
  await button(panel, 'Use a code instead').click();
  await expect
    .poll(() => panel.heard())
    .toEqual([
      { type: 'account/signIn', by: 'codexLogin' },
      { type: 'account/signIn', by: 'code' },
    ]);
});

test('before a sign-in on a remote machine the panel says who can read the token there', async () => {
  const note = 'Programs running there under your account can read the token';
  const local = await show({ state: 'signedOut' });
  expect(await local.page.locator('#app').innerText()).not.toContain(note);
  const remote = await show({ state: 'signedOut', isRemote: true });
  await expect.poll(() => remote.page.locator('#app').innerText()).toContain(note);
});

test.each(themes)('keeps within a narrow panel and the rules for all in %s', async (theme) => {
  const panel = await show(byCode, { theme, width: 300 });
  await panel.tell(scenes['signingInByCode'] ?? snapshot());
  await button(panel, 'Paste the redirect URL').click();
  const scroller = panel.page.locator('.scroller');
  await expect
    .poll(() => scroller.evaluate((element) => element.scrollWidth - element.clientWidth))
    .toBe(0);
  await expect.poll(() => violations(panel)).toEqual([]);
});
