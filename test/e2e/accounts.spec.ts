import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { lastAnswer, openChat, send, signIn, test, type Practice } from './practice.ts';

/*
 * Two accounts as one: the second goes on where the first is spent.
 */
test.describe.configure({ mode: 'serial' });

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ launchOptions: { slowMo: 0, args: [] } });

const [ada, grace] = ['ada@example.com', 'grace@example.com'];
const quota = 'codexChat.quota';
const posts = ({ backend }: Practice) => backend.control.requests('/codex/responses').length;

test('a second account is signed in beside the first', async ({ practice }) => {
  const { workbench } = practice;
  const first = await signIn(practice, ada);
  await expect(first.getByRole('heading')).toContainText(/signed in/i);
  await first.close();
  await workbench.page.bringToFront();
  await workbench.runCommand('Codex: Sign in to Codex');
  const open = workbench.chat().getByRole('button', { name: 'Use the browser on this machine' });
  const page = await workbench.externalPage(() => open.click());
  await page.locator(`input[value="${grace}"]`).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await expect(page.getByRole('heading')).toContainText(/signed in/i);
  await page.close();
  await workbench.page.bringToFront();
  const listed = async () => (await workbench.accountsMenu()).join('\n');
  await expect.poll(listed).toContain(grace);
  expect(await listed()).toContain(ada);
});

test('one question asks whether an account may take over, and the answer becomes the setting', async ({
  practice,
}, info) => {
  const { workbench, server } = practice;
  const question = workbench.notification('may Codex Chat switch to another one automatically?');
  // A question that nobody answers slides away and waits behind the bell.
  await workbench.runCommand('Notifications: Show Notifications');
  await expect(question).toHaveCount(1);
  await expect(question).toContainText(ada);
  await workbench.page.screenshot({ path: info.outputPath('question.png') });
  await question.getByRole('button', { name: 'Switch Automatically' }).click();
  const settings = () => readFile(join(server.dataDir, 'User/settings.json'), 'utf8');
  await expect.poll(settings).toContain('"codexChat.accountRotation": "sequential"');
  await expect(question).toHaveCount(0);
});

test('the account that signed in last is the one in use', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.setUsage(grace, { fiveHourPercent: 21, weeklyPercent: 11 });
  await send(workbench, 'Who am I?');
  await expect(workbench.statusBarItem(quota)).toContainText(/5h \D*2[1-3]%/);
  await expect(await workbench.statusBarTooltip(quota)).toContainText(ada);
});

test('a limit in the middle of an answer moves on with one request, and says so', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  const before = posts(practice);
  backend.control.script(
    {
      kind: 'sse',
      events: [
        { type: 'response.created', response: { id: 'resp_1' } },
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Half' },
        {
          type: 'response.failed',
          response: {
            id: 'resp_1',
            error: { code: 'usage_limit_reached', message: 'The usage limit has been reached' },
          },
        },
      ],
    },
    { kind: 'text', text: 'The whole answer.' },
  );
  await send(workbench, 'Go on whatever happens');
  const answer = lastAnswer(workbench);
  await expect(answer).toContainText('The whole answer.');
  await expect(answer).toContainText(`${grace} has reached its usage limit`);
  await expect(answer).toContainText(`Continuing with ${ada}.`);
  await expect(answer).not.toContainText('Half');
  expect(posts(practice) - before).toBe(2);
});

test('the Usage page lists both, with what each is doing', async ({ practice }) => {
  const { workbench } = practice;
  await workbench.runCommand('Codex: Open Usage Page');
  const page = workbench.chat().getByRole('region', { name: 'Usage' });
  await expect(page).toContainText(ada);
  await expect(page).toContainText(grace);
  await expect(page).toContainText('In use');
  await expect(page).toContainText('Paused');
  await workbench.page.keyboard.press('Escape');
});

test('when no account is left nothing is sent, and the same message can be held', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  backend.control.setUsage(ada, { fiveHourPercent: 100 });
  await openChat(practice);
  await send(workbench, 'One more');
  const chat = workbench.chat();
  await expect(lastAnswer(workbench)).toContainText('Usage limit reached');
  await chat
    .getByRole('button', { name: /^Send at/ })
    .last()
    .click();
  await expect(chat.getByText(`, with ${ada}`)).toBeVisible();
  const before = posts(practice);
  await chat.getByRole('button', { name: 'Cancel' }).last().click();
  await expect(chat.getByText(/^Scheduled for /)).toHaveCount(0);
  expect(posts(practice)).toBe(before);
});
