import { expect } from '@playwright/test';
import { practiceApiKey } from '../backend/world.ts';
import { lastAnswer, openChat, send, test } from './practice.ts';

/*
 * A key of the OpenAI API beside a ChatGPT account: used when it is chosen, and at no other time.
 */
test.describe.configure({ mode: 'serial' });

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ launchOptions: { slowMo: 0, args: ['--mute-audio'] } });

const quota = 'codexChat.quota';

test('a key that the API does not know is asked for again', async ({ practice }) => {
  const { workbench } = practice;
  await workbench.runCommand('Codex: Use an OpenAI API Key');
  const input = workbench.page.locator('.quick-input-widget input.input');
  await expect(workbench.page.locator('.quick-input-widget')).toContainText('127.0.0.1');
  await input.fill('sk-practice-of-somebody-else');
  await input.press('Enter');
  await expect(workbench.page.locator('.quick-input-widget')).toContainText('rejected this key');
  await input.fill(practiceApiKey);
  await input.press('Enter');
  await expect(workbench.notification('Now using')).toBeVisible();
});

test('a question goes to the API, and the status bar shows no quota', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.clearRequests();
  await openChat(practice);
  await send(workbench, 'By the key');
  await expect(lastAnswer(workbench)).toContainText(/\w/);
  await expect(workbench.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
  expect(backend.control.requests('/responses').map(({ path }) => path)).toEqual(['/v1/responses']);
  expect(backend.control.requests('/wham/usage')).toEqual([]);
  await expect(workbench.statusBarItem(quota)).not.toContainText('%');
  await expect(await workbench.statusBarTooltip(quota)).toContainText('billed per use');
  await workbench.page.mouse.move(500, 300);
});

test('an account that signs in takes over, and the key rests until it is chosen', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  await workbench.runCommand('Codex: New Chat');
  await workbench.runCommand('Codex: Sign in to Codex');
  const open = workbench.chat().getByRole('button', { name: 'Use the browser on this machine' });
  const page = await workbench.externalPage(() => open.click());
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: /signed in/i }).waitFor();
  await page.close();
  await workbench.page.bringToFront();
  await expect(workbench.statusBarItem(quota)).toContainText('%');
  backend.control.clearRequests();
  await send(workbench, 'By the account');
  const path = () => backend.control.requests('/responses').at(-1)?.path;
  await expect.poll(path).toBe('/backend-api/codex/responses');
  await expect(workbench.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
});
