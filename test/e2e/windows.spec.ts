import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Workbench } from '../support/workbench.ts';
import { lastAnswer, openChat, send, signIn, test } from './practice.ts';

/*
 * Two windows of one profile share the sign-in and the quota. In this editor each window keeps a
 * copy of the secrets of its own, which is the hardest case there is.
 */
test.describe.configure({ mode: 'serial' });

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ launchOptions: { slowMo: 0 } });

const ada = 'ada@example.com';
const quota = 'codexChat.quota';
let second: Workbench;

test('signing in in one window signs the other one in', async ({ practice }) => {
  const { workbench, folder } = practice;
  const other = join(folder, '..', 'other');
  await mkdir(other, { recursive: true });
  await workbench.runCommand('Codex: Focus Chat');
  await expect(workbench.chat().getByText('Sign in with ChatGPT').first()).toBeVisible();
  second = await workbench.openWindow(other);
  await expect(second.statusBarItem(quota)).toContainText('Sign in');
  await workbench.page.bringToFront();
  const page = await signIn(practice);
  await expect(page.getByRole('heading')).toContainText(/signed in/i);
  await page.close();
  await expect(workbench.statusBarItem(quota)).not.toContainText('Sign');
  await expect(second.statusBarItem(quota)).not.toContainText('Sign', { timeout: 10_000 });
  await second.page.bringToFront();
  await expect.poll(async () => (await second.accountsMenu()).join('\n')).toContain(ada);
});

test('the quota that one window hears of is shown in the other one', async ({ practice }) => {
  const { workbench, backend } = practice;
  await workbench.page.bringToFront();
  await openChat(practice);
  backend.control.setUsage(ada, { fiveHourPercent: 33, weeklyPercent: 12 });
  await send(workbench, 'Move the quota');
  await expect(lastAnswer(workbench)).toContainText(/\w/);
  const figures = /5h \D*3[3-9]% · wk \D*1[2-9]%/;
  await expect(workbench.statusBarItem(quota)).toContainText(figures);
  await expect(second.statusBarItem(quota)).toContainText(figures, { timeout: 2_000 });
});

test('a token is refreshed once for both windows', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.expireAccessTokens(ada);
  backend.control.clearRequests();
  await send(workbench, 'With an old token');
  await expect(lastAnswer(workbench)).toContainText(/\w/);
  await second.page.bringToFront();
  const inSecond = { ...practice, workbench: second };
  await openChat(inSecond);
  await send(second, 'And here');
  await expect(lastAnswer(second)).toContainText(/\w/);
  await expect(second.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
  const refreshes = backend.control
    .requests('/oauth/token')
    .filter(({ body }) => JSON.stringify(body).includes('refresh_token'));
  expect(refreshes).toHaveLength(1);
});

test('signing out in one window signs the other one out', async ({ practice }) => {
  const { workbench } = practice;
  await second.page.bringToFront();
  await second.runCommand('Codex: Sign out of Codex');
  await second.answerDialog('Sign Out Here');
  await expect(second.statusBarItem(quota)).toContainText('Sign in');
  await expect(workbench.statusBarItem(quota)).toContainText('Sign in', { timeout: 10_000 });
  await second.close();
});
