import { expect } from '@playwright/test';
import { composer, lastAnswer, openChat, send, signIn, test } from './practice.ts';

/*
 * Two chats from their first message to the trash and back, each test going on where the one before
 * ended.
 */
test.describe.configure({ mode: 'serial' });

test.use({ windowName: 'history' });

type Workbench = Parameters<typeof send>[0];

const rows = (workbench: Workbench) => workbench.chat().locator('.chat-row');
const row = (workbench: Workbench, title: string) => rows(workbench).filter({ hasText: title });

async function showHistory(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Codex: Show Chats');
  await workbench.chat().locator('.history').waitFor();
}

test('two chats are in the list, the newest first', async ({ practice }) => {
  const { workbench, backend } = practice;
  await (await signIn(practice)).close();
  await openChat(practice);
  backend.control.script({ kind: 'text', text: 'Rounding is half-up.' });
  await send(workbench, 'Explain the totals');
  await expect(lastAnswer(workbench)).toContainText('Rounding is half-up.');
  await workbench.runCommand('Codex: New Chat');
  backend.control.script({ kind: 'text', text: 'The mailer waits.' });
  await send(workbench, 'Queue the mailer');
  await expect(lastAnswer(workbench)).toContainText('The mailer waits.');
  await showHistory(workbench);
  await expect(rows(workbench)).toHaveCount(2);
});

test('a search finds what an answer says, and opens the chat at it', async ({ practice }) => {
  const { workbench } = practice;
  await workbench.chat().getByRole('searchbox', { name: 'Search chats' }).fill('half-up');
  await expect(rows(workbench)).toHaveCount(1);
  await rows(workbench).locator('.item-body').click();
  await expect(lastAnswer(workbench)).toContainText('Rounding is half-up.');
});

test('a prompt is edited as a branch, and the other branch is still there', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  await workbench.chat().locator('.turn').first().hover();
  await workbench.chat().getByRole('button', { name: 'Edit', exact: true }).click();
  const editor = workbench.chat().getByRole('textbox', { name: 'Edit your message' });
  await editor.fill('Explain the totals of last year');
  backend.control.script({ kind: 'text', text: 'Last year it was half-even.' });
  await editor.press('Enter');
  await expect(lastAnswer(workbench)).toContainText('half-even');
  await workbench.chat().getByRole('button', { name: 'Previous branch' }).click();
  await expect(lastAnswer(workbench)).toContainText('half-up');
});

test('a chat is renamed, deleted and put back', async ({ practice }) => {
  const { workbench } = practice;
  await showHistory(workbench);
  await workbench.chat().getByRole('searchbox', { name: 'Search chats' }).fill('');
  const chat = row(workbench, 'mailer');
  await chat.hover();
  await chat.getByRole('button', { name: /^Rename/ }).click();
  const name = workbench.chat().getByRole('textbox', { name: 'Title of the chat' });
  await name.fill('Mail');
  await name.press('Enter');
  await expect(row(workbench, 'Mail')).toHaveCount(1);
  await row(workbench, 'Mail').hover();
  await row(workbench, 'Mail')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(rows(workbench)).toHaveCount(1);
  await workbench.chat().getByRole('button', { name: 'Undo' }).click();
  await expect(row(workbench, 'Mail')).toHaveCount(1);
});

test('a fork goes on by itself', async ({ practice }) => {
  const { workbench, backend } = practice;
  const chat = row(workbench, 'Mail');
  await chat.hover();
  await chat.getByRole('button', { name: /^More actions/ }).click();
  await workbench.chat().getByRole('menuitem', { name: 'Fork' }).click();
  await expect(lastAnswer(workbench)).toContainText('The mailer waits.');
  backend.control.script({ kind: 'text', text: 'In the copy.' });
  await send(workbench, 'And now?');
  await expect(lastAnswer(workbench)).toContainText('In the copy.');
  await showHistory(workbench);
  await expect(rows(workbench)).toHaveCount(3);
  await workbench.chat().locator('.history').press('Escape');
  await expect(composer(workbench)).toBeVisible();
});

test('a reload in the middle of an answer brings the chat back with what was written', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  const numbers = Array.from({ length: 600 }, (_, at) => `n${at}`).join(' ');
  backend.control.script({ kind: 'text', text: numbers, deltas: 600, pace: 50 });
  await send(workbench, 'Count over a reload');
  await expect(lastAnswer(workbench)).toContainText('n40 n41');
  await workbench.load();
  await workbench.runCommand('Codex: Focus Chat');
  // The list may be open again: VS Code stores a moment later what a view remembers.
  const list = workbench.chat().locator('.history');
  const isUp = async () => (await composer(workbench).isVisible()) || (await list.isVisible());
  await expect.poll(isUp).toBe(true);
  if (await list.isVisible()) await list.press('Escape');
  await composer(workbench).waitFor();
  const answer = lastAnswer(workbench);
  await expect(answer).toContainText('n40 n41');
  await expect(answer).toContainText('This turn was interrupted by a reload');
  await expect(answer).not.toContainText('n599');
  await expect(workbench.chat().getByText('In the copy.')).toBeVisible();
  backend.control.clearRequests();
  backend.control.script({ kind: 'text', text: 'n42 and so on.' });
  await workbench.chat().getByRole('button', { name: 'Continue' }).click();
  await expect(lastAnswer(workbench)).toContainText('n42 and so on.');
  const [request] = backend.control.requests('/codex/responses');
  expect(JSON.stringify(request?.body)).toContain('n40 n41');
});
