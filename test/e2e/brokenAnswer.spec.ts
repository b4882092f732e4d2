import { expect } from '@playwright/test';
import { completed, created, deltas, done, message } from '../unit/faults/events.ts';
import { composer, lastAnswer, openChat, send, signIn, test, type Practice } from './practice.ts';

/*
 * What becomes of text that was shown before an answer broke, in the panel and for the model. Each
 * test goes on where the one before ended.
 */
test.describe.configure({ mode: 'serial' });

// An option of the worker: with one of its own this file gets a window of its own.
test.use({ launchOptions: { slowMo: 0, args: ['--disable-logging'] } });

/** The last request as it came to the backend. */
function lastBody({ backend }: Practice): string {
  return JSON.stringify(backend.control.requests('/codex/responses').at(-1)?.body ?? '');
}

const occurrences = (text: string, part: string) => text.split(part).length - 1;

test('a half answer turns gray, and is replaced when it has come again', async ({ practice }) => {
  const { workbench, backend } = practice;
  const page = await signIn(practice);
  await page.close();
  await openChat(practice);
  const half = [created, ...deltas('The first half of an answer that bre')];
  const rest = 'The first half of an answer that breaks and comes again.';
  backend.control.script(
    { kind: 'sse', events: half, then: 'drop' },
    { kind: 'httpError', name: 'rate_limit_retry_after' },
    { kind: 'text', text: rest, pace: 20 },
  );
  await send(workbench, 'Break once');
  const stale = workbench.chat().locator('.is-stale');
  await expect(stale).toContainText('The first half of an answer that bre');
  await expect(workbench.chat().getByRole('group', { name: 'Reconnecting' })).toBeVisible();
  await expect(lastAnswer(workbench)).toContainText(rest);
  await expect(stale).toHaveCount(0);
  const text = (await lastAnswer(workbench).textContent()) ?? '';
  expect(occurrences(text, 'The first half')).toBe(1);
  expect(text).not.toMatch(/Resumed|again, so/);
});

test('after a stop in the second request, the model is told of both halves once', async ({
  practice,
}) => {
  const { workbench, backend } = practice;
  const first = [
    created,
    ...deltas('One half.'),
    done(message('One half.')),
    completed({ end_turn: false }),
  ];
  backend.control.script(
    { kind: 'sse', events: first },
    { kind: 'sse', events: [created, ...deltas('Another ha')], then: 'stall' },
    { kind: 'text', text: 'Understood.' },
  );
  await send(workbench, 'Stop in the middle');
  await expect(lastAnswer(workbench)).toContainText('Another ha');
  await composer(workbench).press('Escape');
  await expect(lastAnswer(workbench)).toContainText('Stopped');
  await send(workbench, 'Go on');
  await expect(lastAnswer(workbench)).toContainText('Understood.');
  const body = lastBody(practice);
  expect([occurrences(body, 'One half.'), occurrences(body, 'Another ha')]).toEqual([1, 1]);
});
