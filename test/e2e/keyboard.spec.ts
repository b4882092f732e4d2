import { expect, type Page } from '@playwright/test';
import { composer, lastAnswer, test, type Practice } from './practice.ts';
import { hasFocus, noViolations, record, violationsByTheme } from './walk.ts';

/*
 * A first session by keyboard alone. After each step the focus is where the next key is expected,
 * and the panel's accessibility tree and picture are kept in test-results/walk.
 */
test.describe.configure({ mode: 'serial' });
test.setTimeout(60_000);

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ launchOptions: { slowMo: 1, args: [] } });

const [ada, grace] = ['ada@example.com', 'grace@example.com'];

/** Types the title of a command into the palette. */
async function runByKeys({ workbench: { page } }: Practice, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await expect(input).toBeFocused();
  await page.keyboard.type(title);
  const first = page.locator('.quick-input-list .monaco-list-row').first();
  await expect(first).toContainText(title);
  await page.keyboard.press('Enter');
}

/** The name of the element that has the focus in the panel, as its label or text says. */
async function focused(practice: Practice): Promise<string> {
  const body = practice.workbench.chat().locator('body');
  return body.evaluate(
    ({ ownerDocument: { activeElement } }) =>
      activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '',
  );
}

/** Presses a key until the focus is on the element of this name, and no more than 20 times. */
async function tabTo(practice: Practice, name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let at = 0; at < 20; at += 1) {
    const now = await focused(practice);
    passed.push(now.slice(0, 40));
    if (name.test(now)) return;
    await practice.workbench.page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${String(name)}, but to ${passed.join(' | ')}`);
}

/** From the message field into the latest answer, whose controls Tab reaches from there. */
async function toLastAnswer(practice: Practice): Promise<void> {
  const { page } = practice.workbench;
  const isThere = () =>
    lastAnswer(practice.workbench).evaluate((one) => one === one.ownerDocument.activeElement);
  for (let at = 0; at < 5 && !(await isThere()); at += 1) await page.keyboard.press('Shift+Tab');
  await expect(lastAnswer(practice.workbench)).toBeFocused();
  await page.keyboard.press('Enter');
}

/** Chooses an account on a page of the practice issuer, and allows the sign-in. */
async function chooseByKeys(page: Page, email: string): Promise<void> {
  const choice = page.locator(`input[value="${email}"]`);
  await choice.waitFor();
  await choice.focus();
  await page.keyboard.press('Space');
  const allow = page.getByRole('button', { name: 'Allow' });
  for (let at = 0; at < 10; at += 1) {
    await page.keyboard.press('Tab');
    if (await allow.evaluate((button) => button === button.ownerDocument.activeElement)) break;
  }
  await page.keyboard.press('Enter');
}

test('the first page leads to the sign-in', async ({ practice }) => {
  await runByKeys(practice, 'Codex: Focus Chat');
  await practice.workbench.chat().getByText('Sign in with ChatGPT').waitFor();
  await expect.poll(() => hasFocus(practice)).toBe(true);
  const tree = await record(practice, '01-signed-out');
  expect(tree).toContain('button "Sign in with ChatGPT"');
  expect(await violationsByTheme(practice, '01-signed-out')).toEqual(noViolations);
});

test('a sign-in keeps the focus in the panel and ends in the message field', async ({
  practice,
}) => {
  const { workbench } = practice;
  await runByKeys(practice, 'Codex: Focus Chat');
  await tabTo(practice, /^Sign in with ChatGPT/);
  await workbench.page.keyboard.press('Enter');
  await expect(workbench.dialog().getByRole('button', { name: 'Allow' })).toBeFocused();
  await workbench.page.keyboard.press('Enter');
  const open = workbench.chat().getByRole('button', { name: 'Use the browser on this machine' });
  await open.waitFor();
  await expect.poll(() => hasFocus(practice)).toBe(true);
  await record(practice, '02-signing-in');
  expect(await violationsByTheme(practice, '02-signing-in')).toEqual(noViolations);
  await tabTo(practice, /^Use the browser on this machine/);
  const page = await workbench.externalPage(() => workbench.page.keyboard.press('Enter'));
  await chooseByKeys(page, ada);
  await page.getByRole('heading', { name: /signed in/i }).waitFor();
  await page.close();
  await workbench.page.bringToFront();
  await expect(composer(workbench)).toBeFocused();
  const tree = await record(practice, '03-start');
  expect(tree).not.toContain('Signed out');
  expect(await violationsByTheme(practice, '03-start')).toEqual(noViolations);
});

test('an answer that a suggestion began is followed, and the field keeps the focus', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  const long = Array.from({ length: 60 }, (_, at) => `Line ${at} of the answer.`).join('\n\n');
  backend.control.script({ kind: 'text', text: `${long}\n\nThe end.`, deltas: 120, pace: 60 });
  await runByKeys(practice, 'Codex: Focus Chat');
  await expect(composer(workbench)).toBeFocused();
  await tabTo(practice, /^What can you do here/, 'Shift+Tab');
  await workbench.page.keyboard.press('Enter');
  await expect(lastAnswer(workbench)).toContainText('Line 20');
  await expect(composer(workbench)).toBeFocused();
  await record(practice, '04-streaming');
  await expect(lastAnswer(workbench).getByText('The end.')).toBeInViewport();
});

test('Enter while an answer runs keeps the text, and Enter after it sends the text', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  const { keyboard } = workbench.page;
  // It still runs when it has been seen in every theme.
  test.setTimeout(180_000);
  backend.control.script({
    kind: 'text',
    text: `# One\n\n${'word '.repeat(300)}\n\n\`\`\`ts\nconst a = 1;\n\`\`\`\n\n| a | b |\n| - | - |\n| 1 | 2 |`,
    deltas: 500,
    pace: 10,
    reasoning: '**Counting words**\n\nEighty of them.',
  });
  await keyboard.type('First');
  await keyboard.press('Enter');
  await expect(lastAnswer(workbench)).toContainText('word');
  await keyboard.type('Second');
  await keyboard.press('Enter');
  await expect(composer(workbench)).toHaveValue('Second');
  const tree = await record(practice, '05-streaming');
  expect(tree).toMatch(/Your message is kept here|after the response/);
  expect(await violationsByTheme(practice, '05-streaming')).toEqual(noViolations);
  await expect(workbench.chat().getByRole('button', { name: /^Stop/ })).toBeVisible();
  await workbench.chat().getByRole('button', { name: /^Send/ }).waitFor({ timeout: 100_000 });
  await composer(workbench).focus();
  await keyboard.press('Enter');
  await expect(composer(workbench)).toHaveValue('');
  await expect(workbench.chat().getByRole('article')).toHaveCount(6);
  await workbench.chat().getByRole('button', { name: /^Send/ }).waitFor();
});

test('all turns are in the accessibility tree wherever the view stands', async ({ practice }) => {
  const tree = await record(practice, '06-finished');
  expect(tree.match(/article/g)).toHaveLength(6);
  expect(tree).toContain('heading "One"');
  expect(await violationsByTheme(practice, '06-finished')).toEqual(noViolations);
});

test('Escape stops an answer, and ArrowUp brings its prompt back', async ({ practice }) => {
  const { workbench, backend } = practice;
  const { keyboard } = workbench.page;
  backend.control.script({ kind: 'text', text: 'slow '.repeat(500), deltas: 500, pace: 20 });
  await composer(workbench).focus();
  await keyboard.type('Stop me');
  await keyboard.press('Enter');
  await expect(lastAnswer(workbench)).toContainText('slow slow slow');
  await keyboard.press('Escape');
  await workbench.chat().getByRole('button', { name: /^Send/ }).waitFor();
  await expect(composer(workbench)).toBeFocused();
  await keyboard.press('ArrowUp');
  await expect(composer(workbench)).toHaveValue('Stop me');
  await record(practice, '07-stopped');
  await keyboard.press('Control+A');
  await keyboard.press('Delete');
});

test('the Usage page opens and closes by keys, and gives the focus back', async ({ practice }) => {
  const { workbench } = practice;
  await composer(workbench).focus();
  await runByKeys(practice, 'Codex: Open Usage Page');
  await workbench.chat().getByRole('heading', { name: /usage/i }).first().waitFor();
  await expect.poll(() => hasFocus(practice)).toBe(true);
  await record(practice, '08-usage');
  expect(await violationsByTheme(practice, '08-usage')).toEqual(noViolations);
  await runByKeys(practice, 'Codex: Open Usage Page');
  await expect.poll(() => hasFocus(practice)).toBe(true);
  await workbench.page.keyboard.press('Escape');
  await expect(composer(workbench)).toBeFocused();
});

test('the label of the status bar says the figures of its text', async ({ practice }) => {
  const { workbench, backend } = practice;
  const item = workbench.statusBarItem('codexChat.quota');
  for (const [fiveHourPercent, text, words] of [
    [42, '5h 42%', /42% used/],
    [97, '97%', /97% used/],
    [100, '5h resets', /Limit reached.*100% used/],
  ] as const) {
    backend.control.setUsage(ada, { fiveHourPercent, weeklyPercent: 20 });
    await runByKeys(practice, 'Codex: Refresh Usage');
    await expect(item).toContainText(text);
    await expect(item.locator('[aria-label]').first()).toHaveAttribute('aria-label', words);
  }
});

test('a used-up limit is said once, and the keys reach each way on', async ({ practice }) => {
  const { workbench } = practice;
  const { keyboard } = workbench.page;
  await runByKeys(practice, 'Codex: Focus Chat');
  await expect(composer(workbench)).toBeFocused();
  await keyboard.type('One more');
  await keyboard.press('Enter');
  const card = workbench.chat().getByRole('article').last().getByLabel('Error');
  await card.waitFor();
  const tree = await record(practice, '09-limit');
  expect(tree).toMatch(/limit/i);
  expect(await violationsByTheme(practice, '09-limit')).toEqual(noViolations);
  await composer(workbench).focus();
  await toLastAnswer(practice);
  await tabTo(practice, /^(Retry|Send at)/);
});

test('a second account is offered to the message that the first one could not send', async ({
  practice,
}) => {
  const { workbench } = practice;
  await runByKeys(practice, 'Codex: Sign in to Codex');
  await workbench.chat().getByRole('button', { name: 'Copy and open' }).waitFor();
  const tree = await record(practice, '10-second-sign-in');
  const code = /[A-Z]{4}-\d{5}/.exec(tree)?.[0] ?? '';
  await runByKeys(practice, 'Codex: Focus Chat');
  await expect(composer(workbench)).toBeFocused();
  await tabTo(practice, /^Copy and open/, 'Shift+Tab');
  const page = await workbench.externalPage(() => workbench.page.keyboard.press('Enter'));
  await page.locator('[name=user_code]').focus();
  await page.keyboard.type(code);
  await chooseByKeys(page, grace);
  await page.getByText('is connected').waitFor();
  await page.close();
  await workbench.page.bringToFront();
  await expect(workbench.statusBarItem('codexChat.quota')).not.toContainText('resets');
  await runByKeys(practice, 'Codex: Focus Chat');
  await expect(composer(workbench)).toBeFocused();
  await record(practice, '11-second-account');
  await tabTo(practice, /^Continue on/, 'Shift+Tab');
  await workbench.page.keyboard.press('Enter');
  await expect(lastAnswer(workbench)).toContainText('practice backend');
  await record(practice, '12-answered-by-second');
});

test('a new chat empties what was read aloud before', async ({ practice }) => {
  const { workbench } = practice;
  await runByKeys(practice, 'Codex: New Chat');
  await expect(composer(workbench)).toBeFocused();
  const tree = await record(practice, '13-new-chat');
  expect(tree).not.toMatch(/limit reached|Response ready|Your code/i);
  expect(await violationsByTheme(practice, '13-new-chat')).toEqual(noViolations);
});
