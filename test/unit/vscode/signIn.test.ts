import { beforeEach, expect, test } from 'vitest';
import type { HttpResponse } from '../../../src/base/http.ts';
import type { OpenListener, Redirect } from '../../../src/core/auth/signIn/redirect.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';
import { createSignIn } from '../../../src/vscode/signIn/signIn.ts';
import { jwt, memoryStore, recordingLog } from '../../support/credentials.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../support/streams.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());

const claims = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acct-1' } };
const tokens = () => statusOf(200, { access_token: jwt(claims), refresh_token: 'canary-refresh' });

function setUp(answer: () => HttpResponse = tokens) {
  const store = memoryStore();
  const clock = steppedClock(1000);
  const log = recordingLog();
  const redirects: ((redirect: Redirect) => void)[] = [];
  let retries = 0;
  const panel = { isVisible: false };
  const openListener: OpenListener = async () => ({
    redirectUri: 'http://127.0.0.1:1455/auth/callback',
    redirect: new Promise((resolve) => redirects.push(resolve)),
    close: async () => {},
  });
  const signIn = createSignIn({
    store,
    http: scriptedHttp(answer).http,
    clock,
    issuer: () => 'https://issuer.test',
    openListener,
    log,
    tryAgain: () => void retries++,
    isToldInPanel: () => panel.isVisible,
  });
  const states: string[] = [];
  signIn.onDidChangeState(() => void states.push(signIn.state().kind));
  const comesBack = (redirect: Redirect) => redirects.at(-1)?.(redirect);
  return {
    store,
    clock,
    log,
    signIn,
    states,
    comesBack,
    openListener,
    panel,
    retries: () => retries,
  };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure.kind : String(error)),
  );

async function untilOpened(count = 1): Promise<void> {
  while (editor.opened.length < count) await settled();
}

test('opens the page, stores the account and leaves nothing on the screen', async () => {
  const { signIn, store, states, comesBack, log } = setUp();
  const work = signIn.run();
  await untilOpened();
  expect(signIn.state()).toMatchObject({
    kind: 'running',
    attempt: { lead: 'browser', startedAtMs: 1000, endsAtMs: 301_000, listener: 'up' },
  });
  comesBack({ kind: 'code', code: 'canary-code' });
  const credential = await work;
  expect([...store.entries.values()]).toEqual([credential]);
  expect([new Set(states), signIn.state()]).toEqual([
    new Set(['running', 'idle']),
    { kind: 'idle' },
  ]);
  expect([editor.messages, editor.commands.size]).toEqual([[], 0]);
  expect(editor.progress).toMatchObject([{ title: 'Signing in to Codex', done: true }]);
  expect(log.lines.join()).not.toContain('canary');
});

test('the address reaches the browser with its meaning whole', async () => {
  const { signIn, comesBack } = setUp();
  const work = signIn.run();
  await untilOpened();
  const query = new URL(editor.opened[0] ?? '').searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    redirect_uri: 'http://127.0.0.1:1455/auth/callback',
    scope: 'openid profile email offline_access',
    originator: 'codex_chat',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
  });
  comesBack({ kind: 'code', code: 'c' });
  await work;
});

test('who asks while a sign-in runs shares it', async () => {
  const { signIn, comesBack } = setUp();
  const both = Promise.all([signIn.run(), signIn.run()]);
  await untilOpened();
  comesBack({ kind: 'code', code: 'c' });
  const [one, two] = await both;
  expect([one === two, editor.opened.length]).toEqual([true, 1]);
});

test('the address can be copied from the progress notification', async () => {
  const { signIn, comesBack } = setUp();
  const work = signIn.run();
  await untilOpened();
  expect(editor.progress[0]?.reports.at(-1)).toContain('(command:codexChat.copySignInAddress)');
  signIn.copyAddress();
  expect(editor.clipboard).toContain('https://issuer.test/oauth/authorize?');
  comesBack({ kind: 'code', code: 'c' });
  await work;
});

test.each([
  ['says no', () => false],
  ['fails', () => Promise.reject(new Error('no browser'))],
])('offers the address when opening the browser %s, and waits on', async (_, browse) => {
  editor.browse = browse;
  const { signIn, comesBack } = setUp();
  const work = signIn.run();
  await untilOpened();
  await settled();
  const [message] = editor.messages;
  expect(message).toMatchObject({ severity: 'warning', buttons: ['Copy URL'] });
  message?.answer('Copy URL');
  await settled();
  expect(editor.clipboard).toContain('https://issuer.test/oauth/authorize?');
  comesBack({ kind: 'code', code: 'c' });
  expect((await work).accountId).toBe('acct-1');
});

test.each([
  ['the notification', () => editor.progress[0]?.cancel()],
  ['the panel', (cancel: () => void) => cancel()],
])('cancelled by %s, it ends without a complaint', async (_, click) => {
  const { signIn, states } = setUp();
  const work = failureOf(signIn.run());
  await untilOpened();
  click(() => signIn.cancel());
  expect(await work).toContain('Canceled');
  expect([new Set(states), signIn.state()]).toEqual([
    new Set(['running', 'idle']),
    { kind: 'idle' },
  ]);
  expect([editor.messages, editor.progress[0]?.done]).toEqual([[], true]);
});

test('a failure is one sentence with a way on, and the next try starts clean', async () => {
  const { signIn, comesBack, retries } = setUp();
  const work = failureOf(signIn.run());
  await untilOpened();
  comesBack({ kind: 'error', error: 'access_denied' });
  expect(await work).toBe('refused');
  const problem = 'Access was not allowed on the sign-in page. Sign in again and choose Allow.';
  expect(signIn.state()).toEqual({ kind: 'idle', problem });
  expect(editor.messages).toMatchObject([
    { severity: 'error', text: problem, buttons: ['Try Again'] },
  ]);
  editor.messages[0]?.answer('Try Again');
  await settled();
  expect(retries()).toBe(1);
  const again = signIn.run();
  await untilOpened(2);
  comesBack({ kind: 'code', code: 'c' });
  await again;
  expect(signIn.state()).toEqual({ kind: 'idle' });
});

test('gives up after five minutes and says so', async () => {
  const { signIn, clock } = setUp();
  const work = failureOf(signIn.run());
  await untilOpened();
  await clock.advance(300_000);
  expect(await work).toBe('timedOut');
  expect(editor.messages[0]?.text).toContain('within 5 min');
});

test('a failure that nobody foresaw is told without its text', async () => {
  const { signIn, comesBack, log } = setUp(() => {
    throw new Error('canary');
  });
  const work = failureOf(signIn.run());
  await untilOpened();
  comesBack({ kind: 'code', code: 'c' });
  await work;
  expect(editor.messages[0]?.text).toMatch(/^Sign-in failed .* Try again\.$/);
  expect([...log.lines, editor.messages[0]?.text].join()).not.toContain('canary');
});

test('ends with the window', async () => {
  const { signIn } = setUp();
  const work = failureOf(signIn.run());
  await untilOpened();
  signIn.dispose();
  expect(await work).toContain('Canceled');
});

test('a failure that the open panel tells is not told a second time', async () => {
  const { signIn, comesBack, panel } = setUp();
  panel.isVisible = true;
  const work = failureOf(signIn.run());
  await untilOpened();
  comesBack({ kind: 'error', error: 'access_denied' });
  expect(await work).toBe('refused');
  expect(signIn.state()).toMatchObject({ kind: 'idle', problem: expect.any(String) });
  expect(editor.messages).toEqual([]);
});
