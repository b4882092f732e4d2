import { expect } from '@playwright/test';
import { beginSignIn, openSignInPage, test, type Practice } from './practice.ts';

/*
 * The other ways to sign in, in a window that runs in a browser. Each test ends signed out.
 */
test.describe.configure({ mode: 'serial' });

const quota = 'codexChat.quota';

async function signOut({ workbench }: Practice): Promise<void> {
  await expect(workbench.statusBarItem(quota)).not.toContainText('Sign');
  await workbench.runCommand('Codex: Sign out of Codex');
  await workbench.answerDialog('Sign Out Here');
  await expect(workbench.statusBarItem(quota)).toContainText('Sign in');
}

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ headless: true });

test('a browser window leads by a code, which signs in from any page', async ({ practice }) => {
  const { workbench, backend } = practice;
  await beginSignIn(practice);
  const chat = workbench.chat();
  const open = chat.getByRole('button', { name: 'Copy code and open the page' });
  const page = await workbench.externalPage(() => open.click());
  const code = await chat.locator('.secret > span').innerText();
  expect(code).toMatch(/^[A-Z]{4}-\d{5}$/);
  await page.locator('[name=user_code]').fill(code);
  await page.getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByText('is connected')).toBeVisible();
  await page.close();
  expect(backend.control.requests('/deviceauth/usercode')).toHaveLength(1);
  await signOut(practice);
});

test('the pasted address signs in where the browser cannot come back', async ({ practice }) => {
  const { workbench } = practice;
  const page = await openSignInPage(practice);
  // The person allows it, and the browser ends at an address that it cannot reach.
  const answer = await fetch(page.url(), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ decision: 'allow', account: 'ada@example.com' }),
  });
  const address = answer.headers.get('location') ?? '';
  await page.close();
  const chat = workbench.chat();
  await chat.getByRole('button', { name: 'Paste the redirect URL' }).click();
  const field = chat.getByRole('textbox', { name: 'Redirect URL' });
  await field.fill(address.replace(/state=[^&]*/, 'state=other'));
  await field.press('Enter');
  await expect(chat.getByRole('alert').filter({ hasText: 'another sign-in' })).toBeVisible();
  await field.fill(address);
  await field.press('Enter');
  await signOut(practice);
});

test('cancelling ends the wait and frees the port', async ({ practice }) => {
  const { workbench } = practice;
  await beginSignIn(practice);
  await workbench.chat().getByRole('button', { name: 'Cancel' }).click();
  await expect(workbench.chat().getByText('Sign in with ChatGPT')).toBeVisible();
  await expect(fetch('http://127.0.0.1:1455/')).rejects.toThrow();
});
