import { expect, type Locator } from '@playwright/test';
import {
  bareWords,
  pseudoBundle,
  pseudoLanguage,
  pseudoText,
  shownTexts,
} from '../support/pseudo.ts';
import { test, type Practice } from './practice.ts';

/*
 * A first session in an editor whose display language is the pseudo translation. Each text of ours
 * that stays in English is found by its letters. Prompts and answers have none, since they are data.
 */
test.describe.configure({ mode: 'serial' });

test.use({ language: { id: pseudoLanguage, translate: pseudoBundle } });

const quota = 'codexChat.quota';
const ada = 'ada@example.com';
const button = (text: string) => ({ name: new RegExp(pseudoText(text)) });

/** Names, and what the service or the workspace says: accounts, models, its own words, a folder. */
const data = [
  /\S+@\S+/g,
  /(?:https?:|127\.0\.0\.1)\S+/g,
  /\bGPT-[\d.]+(?:[- ][A-Z]\w+)?(?:, as the practice backend plays it)?/gi,
  /“[^”]*”/g,
  /\b(?:Codex Chat|Codex|ChatGPT|Plus)\b/g,
  /\b[A-Z]{4}-\d{5}\b/g,
  /\bshop\b/g,
];

/** Words in English among the texts, which must have been drawn and translated. */
function bareIn(texts: readonly string[]): string[] {
  expect(texts.join(' ')).toMatch(/[áéíóúšť]/);
  return [...new Set(texts.flatMap((text) => bareWords(text, data)))];
}

async function bareInPanel({ workbench }: Practice): Promise<string[]> {
  return bareIn(await workbench.chat().locator('body').evaluate<string[], null>(shownTexts, null));
}

/** What the locator shows and what is read aloud of it. */
async function textsOf(locator: Locator): Promise<string[]> {
  const labels = await locator.locator('[aria-label]').all();
  const read = await Promise.all(labels.map((label) => label.getAttribute('aria-label')));
  return [...(await locator.allInnerTexts()), ...read.map((text) => text ?? '')];
}

async function bareInStatusBar({ workbench }: Practice): Promise<string[]> {
  const item = await textsOf(workbench.statusBarItem(quota));
  const tooltip = await (await workbench.statusBarTooltip(quota)).innerText();
  await workbench.page.mouse.move(640, 300);
  return bareIn([...item, tooltip]);
}

/** Our commands in the palette, without "Codex:" and the English title that VS Code adds. */
async function bareInPalette({ workbench: { page } }: Practice): Promise<string[]> {
  await page.evaluate('document.activeElement?.blur()');
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.fill('>Codex: ');
  const titles = page.locator('.quick-input-list-row:first-child .label-name');
  await expect.poll(() => titles.count()).toBeGreaterThan(5);
  const texts = await titles.allInnerTexts();
  await page.keyboard.press('Escape');
  // VS Code makes a command of its own from the name of each view.
  return bareIn(texts.filter((text) => !/^Codex: Focus on .* View$/.test(text)));
}

function composer({ workbench }: Practice) {
  return workbench.chat().getByRole('textbox').last();
}

async function send(practice: Practice, text: string): Promise<void> {
  await composer(practice).fill(text);
  await composer(practice).press('Enter');
}

test('signed out, panel, status bar and palette are in the language of the editor', async ({
  practice,
}) => {
  const { workbench } = practice;
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText(pseudoText('Sign in with ChatGPT')).first().waitFor();
  expect(await bareInPanel(practice)).toEqual([]);
  expect(await bareInStatusBar(practice)).toEqual([]);
  expect(await bareInPalette(practice)).toEqual([]);
});

test('the sign-in is in the language of the editor, and so is the page at its end', async ({
  practice,
}) => {
  const { workbench } = practice;
  const chat = workbench.chat();
  await chat.getByRole('button', button('Sign in with ChatGPT')).first().click();
  await workbench.dialog().waitFor();
  await workbench.answerDialog('Allow');
  const open = chat.getByRole('button', button('Use the browser on this machine'));
  await open.waitFor();
  expect(await bareInPanel(practice)).toEqual([]);
  expect(await bareInPalette(practice)).toEqual([]);
  const page = await workbench.externalPage(() => open.click());
  await page.locator(`input[value="${ada}"]`).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: /[áéíóú]/ }).waitFor();
  expect(bareIn([await page.title(), await page.locator('body').innerText()])).toEqual([]);
  await page.close();
});

test('start and answer are in the language of the editor', async ({ practice }) => {
  const { workbench, backend } = practice;
  const chat = workbench.chat();
  await workbench.runCommand('Codex: Focus Chat');
  await chat.getByText(pseudoText('What’s next')).first().waitFor();
  expect(await bareInPanel(practice)).toEqual([]);
  backend.control.setUsage(ada, { fiveHourPercent: 41, weeklyPercent: 17 });
  backend.control.script({ kind: 'text', text: '一 二 三。', reasoning: '**考**\n\n一二三' });
  await send(practice, '一二三');
  await chat.getByRole('button', button('Send')).first().waitFor();
  await expect(chat.locator('article').last()).toContainText('一 二 三');
  expect(await bareInPanel(practice)).toEqual([]);
  expect(await bareInStatusBar(practice)).toEqual([]);
  expect(await bareInPalette(practice)).toEqual([]);
});

for (const name of ['overloaded', 'ctx', 'model_not_supported'] as const) {
  test(`a failed answer is in the language of the editor: ${name}`, async ({ practice }) => {
    const { workbench, backend } = practice;
    backend.control.script(
      ...Array.from({ length: 8 }, () => ({ kind: 'httpError', name }) as const),
    );
    await send(practice, '四五六');
    const chat = workbench.chat();
    await chat.locator('article').last().getByRole('button').first().waitFor({ timeout: 60_000 });
    expect(await bareInPanel(practice)).toEqual([]);
    await chat.getByRole('button', button('Send')).first().waitFor({ timeout: 60_000 });
    expect(await bareInPanel(practice)).toEqual([]);
    backend.control.reset();
  });
}

test('a reached limit is in the language of the editor in panel, status bar and Usage page', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  backend.control.setUsage(ada, { fiveHourPercent: 100, weeklyPercent: 60 });
  await workbench.runCommand('Codex: Refresh Usage');
  await send(practice, '七八九');
  await workbench.chat().getByRole('button', button('Send at')).first().waitFor();
  expect(await bareInPanel(practice)).toEqual([]);
  expect(await bareInStatusBar(practice)).toEqual([]);
  await workbench.runCommand('Codex: Open Usage Page');
  await workbench.chat().getByRole('region').first().waitFor();
  expect(await bareInPanel(practice)).toEqual([]);
  await workbench.page.keyboard.press('Escape');
});

test('lists and notifications are in the language of the editor', async ({ practice }) => {
  const { workbench } = practice;
  const { page } = workbench;
  const list = page.locator('.quick-input-widget');
  await workbench.runCommand('View: Toggle Secondary Side Bar Visibility');
  for (const [command, title] of [
    ['Codex: Show Usage Summary', 'Codex usage'],
    ['Codex: Manage Accounts', 'Codex accounts'],
  ] as const) {
    await workbench.runCommand(command);
    await list.getByText(pseudoText(title)).waitFor();
    const rows = await list.locator('.monaco-list-row').allInnerTexts();
    const placeholder = await list.locator('input.input').getAttribute('placeholder');
    expect(bareIn([...rows, placeholder ?? ''])).toEqual([]);
    await page.keyboard.press('Escape');
  }
  await workbench.runCommand('Notifications: Show Notifications');
  const messages = page.locator('.notification-list-item-message');
  expect((await messages.allInnerTexts()).flatMap((text) => bareWords(text, data))).toEqual([]);
});

test('each setting is described in the language of the editor', async ({ practice }) => {
  const { workbench } = practice;
  const { page } = workbench;
  // The list draws what is in sight alone.
  await page.setViewportSize({ width: 1280, height: 8_000 });
  await workbench.runCommand('Codex: Open Settings');
  const editor = page.locator('.settings-editor');
  const descriptions = editor.locator('.setting-item-description');
  const texts: string[] = [];
  // Those of the whole machine stand on a tab of their own.
  for (const tab of ['User', 'Remote']) {
    await editor.locator('.settings-target-container .action-label', { hasText: tab }).click();
    await expect.poll(() => descriptions.count()).toBeGreaterThan(5);
    texts.push(...(await descriptions.allInnerTexts()));
  }
  // All but the advanced ones, which this list leaves out.
  expect(new Set(texts).size).toBeGreaterThan(15);
  expect(bareIn(texts)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('the question before signing out is in the language of the editor', async ({ practice }) => {
  const { workbench } = practice;
  await workbench.runCommand('Codex: Sign out of Codex');
  await workbench.dialog().waitFor();
  const dialog = workbench.dialog().locator('.dialog-message-container, .dialog-buttons');
  // The button that VS Code adds is in its own language.
  const texts = await dialog.allInnerTexts();
  expect(bareIn(texts.map((text) => text.replace('Cancel', '')))).toEqual([]);
  await workbench.page.keyboard.press('Escape');
});
