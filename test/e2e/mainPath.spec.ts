import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { filesWithTokens, holdsToken } from './leaks.ts';
import { composer, lastAnswer, openChat, openSignInPage, send, signIn, test } from './practice.ts';

/*
 * The main job from the first start to signing out, each test going on where the one before ended.
 */
test.describe.configure({ mode: 'serial' });

const ada = 'ada@example.com';
const quota = 'codexChat.quota';

test('nothing goes over the network before the sign-in', async ({ practice }) => {
  const { workbench, backend } = practice;
  await expect(workbench.statusBarItem(quota)).toContainText('Sign in');
  await workbench.runCommand('Codex: Focus Chat');
  await expect(workbench.chat().getByText('Sign in with ChatGPT')).toBeVisible();
  expect(backend.control.requests()).toEqual([]);
});

test('denying on the page says so and leaves one signed out', async ({ practice }) => {
  const { workbench } = practice;
  const page = await openSignInPage(practice);
  await page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByRole('heading')).toBeVisible();
  await page.close();
  await expect(workbench.statusBarItem(quota)).toContainText('Sign in');
  // The open panel tells it, with the way to try again; a notification would say it twice.
  await expect(
    workbench
      .chat()
      .getByText(/not allowed/i)
      .first(),
  ).toBeVisible();
  await expect(workbench.notification(/not allowed/i)).toHaveCount(0);
});

test('signing in goes through the browser and ends in the Accounts menu', async ({ practice }) => {
  const { workbench } = practice;
  const page = await signIn(practice);
  await expect(page.getByRole('heading')).toContainText(/signed in/i);
  await page.close();
  await expect(workbench.statusBarItem(quota)).not.toContainText('Sign');
  // The menu lists what VS Code has heard of by the time it is opened.
  const listed = async () => (await workbench.accountsMenu()).join('\n');
  await expect.poll(listed).toContain(ada);
});

test('a first message streams its answer', async ({ practice }) => {
  const { workbench, backend } = practice;
  await openChat(practice);
  backend.control.script({ kind: 'text', text: 'One two three four five.', pace: 20 });
  await send(workbench, 'Count to five');
  await expect(lastAnswer(workbench)).toContainText('One two');
  await expect(lastAnswer(workbench)).toContainText('One two three four five.');
  await expect(workbench.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
});

test('code is highlighted and named', async ({ practice }) => {
  const { workbench, backend } = practice;
  const text = 'Here:\n\n```ts\nconst answer: number = 42; // all of it\n```\n\nDone.';
  backend.control.script({ kind: 'text', text });
  await send(workbench, 'Show me code');
  const code = lastAnswer(workbench).locator('pre code');
  await expect(code).toHaveText('const answer: number = 42; // all of it');
  await expect(code.locator('[class^="hl-"]').first()).toHaveText('const');
  await expect(lastAnswer(workbench).getByRole('button', { name: 'Copy' }).first()).toBeVisible();
});

test('Stop ends an answer in its middle and keeps what has come', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.script({ kind: 'text', text: 'word '.repeat(2_000), deltas: 2_000, pace: 50 });
  await send(workbench, 'Write for long');
  await expect(lastAnswer(workbench)).toContainText('word word word');
  await workbench.chat().getByRole('button', { name: /^Stop/ }).click();
  await expect(workbench.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
  const text = await lastAnswer(workbench).innerText();
  expect(text).toContain('word word word');
  expect(text.match(/word/g)?.length).toBeLessThan(2_000);
});

test('hiding the panel while an answer comes loses nothing', async ({ practice }) => {
  const { workbench, backend } = practice;
  const numbers = Array.from({ length: 60 }, (_, at) => `n${at}`).join(' ');
  backend.control.script({ kind: 'text', text: numbers, deltas: 60, pace: 30 });
  await send(workbench, 'Count while hidden');
  await expect(lastAnswer(workbench)).toContainText('n1 n2');
  await workbench.runCommand('View: Toggle Secondary Side Bar Visibility');
  await expect(workbench.page.locator('.part.auxiliarybar')).toBeHidden();
  await openChat(practice);
  await expect(lastAnswer(workbench)).toContainText(numbers);
});

test('the quota in the status bar moves with a turn', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.setUsage(ada, { fiveHourPercent: 41, weeklyPercent: 17 });
  await send(workbench, 'Move the quota');
  await expect(workbench.statusBarItem(quota)).toContainText(/5h 4[1-3]% · wk 1[78]%/);
  await expect(await workbench.statusBarTooltip(quota)).toContainText(/week/i);
});

test('a reload keeps the sign-in and shows the panel again', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.clearRequests();
  await workbench.load();
  await expect(workbench.statusBarItem(quota)).not.toContainText('Sign');
  await openChat(practice);
  await send(workbench, 'Are you still there?');
  await expect(lastAnswer(workbench)).toContainText('practice backend');
  expect(backend.control.requests('/oauth/token')).toEqual([]);
});

test('a refused access token is renewed without a word', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.expireAccessTokens(ada);
  backend.control.script({ kind: 'text', text: 'Renewed.' });
  await send(workbench, 'Still me?');
  await expect(lastAnswer(workbench)).toContainText('Renewed.');
  expect(backend.control.requests('/oauth/token')).toHaveLength(1);
});

test('no token is in a log, a setting, a stored file or a message', async ({ practice }) => {
  const { workbench, backend, server, folder, messages } = practice;
  const [sent] = backend.control.requests('/codex/responses').slice(-1);
  const token = sent?.headers['authorization']?.replace('Bearer ', '') ?? '';
  // The search finds what it is to find: as it is, in UTF-16, and in base64.
  const planted = join(folder, 'planted.bin');
  for (const bytes of [
    token,
    Buffer.from(token, 'utf16le'),
    Buffer.from(token).toString('base64'),
  ]) {
    await writeFile(planted, bytes);
    expect(await filesWithTokens(folder)).toEqual([planted]);
  }
  await writeFile(planted, '');

  for (const heard of ['"snapshot"', '"prompt/send"', 'Still me?']) {
    expect(messages.some((message) => message.includes(heard))).toBe(true);
  }
  expect(messages.filter(holdsToken)).toEqual([]);
  for (const place of [server.dataDir, workbench.profileDir, folder]) {
    expect(await filesWithTokens(place)).toEqual([]);
  }
});

test('signing out forgets the account and tells the issuer', async ({ practice }) => {
  const { workbench, backend } = practice;
  await workbench.runCommand('Codex: Sign out of Codex');
  await workbench.answerDialog('Sign Out and Revoke');
  await expect(workbench.statusBarItem(quota)).toContainText('Sign in');
  expect((await workbench.accountsMenu()).join('\n')).not.toContain(ada);
  await expect.poll(() => backend.control.requests('/oauth/revoke').length).toBe(1);
  await expect(composer(workbench)).toBeVisible();
});
