import { expect } from '@playwright/test';
import { createCodexHome, type CodexHome } from '../backend/codexCli.ts';
import { lastAnswer, openChat, send, startPractice, test as plain } from './practice.ts';

/*
 * The login of the real Codex CLI is used beside it, and never refreshed from here.
 */
plain.describe.configure({ mode: 'serial' });

const ada = 'ada@example.com';
const minuteS = 60;
let home: CodexHome;

const test = plain.extend<object>({
  practice: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern.
    async ({}, use) => {
      const practice = await startPractice({
        async environment(backend) {
          const tokens = backend.control.mint(ada, { accessLifetimeS: 10 * minuteS });
          home = await createCodexHome(backend, tokens);
          return { CODEX_HOME: home.folder };
        },
      });
      await use(practice);
      await practice.stop();
      await home.remove();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

test('the login of the Codex CLI is offered, and taken over after a question', async ({
  practice,
}) => {
  const { workbench } = practice;
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText('Use my Codex CLI sign-in').click();
  await expect(workbench.dialog()).toContainText(`Use the Codex CLI sign-in for ${ada}?`);
  await workbench.answerDialog('Use This Sign-in');
  await expect(workbench.statusBarItem('codexChat.quota')).toContainText(/5h \D*\d+%/);
  await openChat(practice);
  await send(workbench, 'With a borrowed login');
  await expect(lastAnswer(workbench)).toContainText(/\w/);
});

test('a token that the Codex CLI has refreshed is taken over, and none is refreshed from here', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  backend.control.expireAccessTokens(ada);
  backend.control.clearRequests();
  const turn = await home.exec('say hi');
  expect(turn.code).toBe(0);
  const refreshes = () => backend.control.requests('/oauth/token').length;
  const byCli = refreshes();
  expect(byCli).toBeGreaterThan(0);
  await send(workbench, 'With the next one');
  await expect(lastAnswer(workbench)).toContainText(/\w/);
  await expect(workbench.chat().getByRole('button', { name: /^Send/ })).toBeVisible();
  expect(refreshes()).toBe(byCli);
});

test('a borrowed login that has run out ends with words about it, not with a refresh', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  backend.control.expireAccessTokens(ada);
  backend.control.clearRequests();
  await send(workbench, 'With none');
  await expect(workbench.chat().getByText('Your sign-in has ended')).toBeVisible();
  await expect(workbench.statusBarItem('codexChat.quota')).toContainText('Sign in');
  expect(backend.control.requests('/oauth/token')).toEqual([]);
});
