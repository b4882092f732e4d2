import { beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/base/async/clock.ts';
import { createEmitter } from '../../../src/base/event.ts';
import type { HttpResponse } from '../../../src/base/http.ts';
import type { CodexLogin } from '../../../src/core/auth/codexLogin.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';
import type { OpenListener, Redirect } from '../../../src/core/auth/signIn/redirect.ts';
import { createSignIn } from '../../../src/vscode/signIn/signIn.ts';
import { registerSignInCommands } from '../../../src/vscode/signIn/signInCommands.ts';
import { createLoginImport, watchCodexLogin } from '../../../src/vscode/signIn/signInImport.ts';
import { signingInView } from '../../../src/vscode/signIn/signInView.ts';
import { jwt, memoryStore, recordingLog } from '../../support/credentials.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../support/streams.ts';
import { commands, editor, windowState } from '../../support/vscode.ts';

beforeEach(() => editor.reset());

const claims = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acct-1' } };
const usercode = () =>
  statusOf(200, { device_auth_id: 'canary-device', user_code: 'ABCD-12345', interval: 1 });
const pending = () => statusOf(403, {});
const tokens = () => statusOf(200, { access_token: jwt(claims), refresh_token: 'canary-refresh' });

function setUp(openListener: OpenListener, ...answers: (() => HttpResponse)[]) {
  const store = memoryStore();
  const clock = steppedClock(1000);
  const log = recordingLog();
  const signIn = createSignIn({
    store,
    http: scriptedHttp(...answers).http,
    clock,
    issuer: () => 'https://issuer.test',
    openListener,
    log,
    tryAgain: () => {},
    isToldInPanel: () => false,
  });
  const chosen: string[] = [];
  registerSignInCommands({
    signIn,
    importLogin: async () => 'imported',
    enterApiKey: async () => undefined,
    choose: async (id) => void chosen.push(id),
  });
  commands.registerCommand('setContext', () => {});
  commands.registerCommand('codexChat.signIn', () => void signIn.run().catch(() => {}));
  const view = () => {
    const state = signIn.state();
    return state.kind === 'running' ? signingInView(state) : undefined;
  };
  return { store, clock, log, signIn, view, chosen };
}

/** Hashes are made by other threads, so no number of turns of the loop is enough. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

const redirectUri = 'http://127.0.0.1:1455/auth/callback';
const listening: OpenListener = async () => ({
  redirectUri,
  redirect: new Promise<Redirect>(() => {}),
  close: async () => {},
});

test('a remote window leads by a code, which the panel and the notification show', async () => {
  editor.remoteName = 'ssh-remote';
  const { signIn, view, clock } = setUp(listening, usercode, pending);
  const work = signIn.run().catch(() => {});
  await soon(() => expect(view()).toMatchObject({ codeState: 'shown' }));
  expect(view()).toEqual({
    state: 'signingIn',
    startedAtMs: 1000,
    endsAtMs: 901_000,
    lead: 'code',
    codeState: 'shown',
    code: { text: 'ABCD-12345', page: 'https://issuer.test/codex/device', endsAtMs: 901_000 },
    hasPage: true,
    notes: [],
  });
  const notice = editor.progress[0]?.reports.at(-1) ?? '';
  expect(notice).toContain('Type ABCD-12345 at issuer.test/codex/device.');
  expect(editor.opened).toEqual([]);
  await commands.executeCommand('codexChat.openSignInPage');
  await settled();
  expect([editor.clipboard, editor.opened]).toEqual([
    'ABCD-12345',
    ['https://issuer.test/codex/device'],
  ]);
  signIn.cancel();
  await work;
  expect([clock.timers, editor.progress[0]?.done]).toEqual([[], true]);
});

test.each([
  ['as it is', (address: string) => address, 0],
  ['to another port', (address: string) => address.replace('1455', '1456'), 1],
  ['over the web', () => 'https://box-1455.app.test', 1],
])('a port that is forwarded %s is judged before the page opens', async (_, forward, notes) => {
  editor.remoteName = 'ssh-remote';
  editor.forward = forward;
  const notEnabled = () => statusOf(404, {});
  const { signIn, view } = setUp(listening, notEnabled);
  const work = signIn.run().catch(() => {});
  while (editor.opened.length === 0) await settled();
  await settled();
  const shown = view();
  const told = shown?.state === 'signingIn' ? shown.notes.slice(1) : [];
  expect(told).toHaveLength(notes);
  signIn.cancel();
  await work;
});

test('a taken port is told with its holder, and the address of the page stays with the host', async () => {
  const holders = [{ port: 1455, name: 'node (process 812)' }];
  const taken: OpenListener = () =>
    Promise.reject(new AuthError({ kind: 'portsTaken', ports: [1455, 1457], holders }));
  const { signIn, view, log } = setUp(taken, usercode, pending);
  const work = signIn.run().catch(() => {});
  const words = 'port 1455 is in use by node (process 812)';
  await soon(() => expect(JSON.stringify(view())).toContain(words));
  const shown = JSON.stringify(view());
  const state = signIn.state();
  const address = state.kind === 'running' ? (state.attempt.address ?? '') : '';
  const { searchParams } = new URL(address);
  for (const secret of ['state', 'code_challenge'].map((name) => searchParams.get(name) ?? '')) {
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect([shown, ...log.lines, ...(editor.progress[0]?.reports ?? [])].join()).not.toContain(
      secret,
    );
  }
  expect([shown, ...log.lines].join()).not.toContain('canary');
  signIn.cancel();
  await work;
});

test('the command for a code goes over to it while a sign-in runs, and begins with it otherwise', async () => {
  const { signIn, view } = setUp(listening, usercode);
  await commands.executeCommand('codexChat.signInWithCode');
  await soon(() => expect(view()).toMatchObject({ lead: 'code', code: { text: 'ABCD-12345' } }));
  expect(editor.opened).toEqual([]);
  signIn.cancel();
  await settled();
  const work = signIn.run().catch(() => {});
  await soon(() => expect(view()).toMatchObject({ lead: 'browser', codeState: 'none' }));
  await commands.executeCommand('codexChat.signInWithCode');
  await soon(() => expect(view()).toMatchObject({ lead: 'code', codeState: 'shown' }));
  signIn.cancel();
  await work;
});

test('the input box asks again about text of no use, and its text signs in', async () => {
  const { signIn, store, view } = setUp(listening, tokens);
  const work = signIn.run();
  await soon(() => expect(view()).toMatchObject({ hasPage: true }));
  const box = commands.executeCommand('codexChat.pasteSignInAddress');
  await settled();
  editor.inputs.at(-1)?.answer('hello');
  await settled();
  expect(editor.inputs.at(-1)?.prompt).toContain('isn’t the redirect URL');
  const state = signIn.state();
  const page = state.kind === 'running' ? new URL(state.attempt.address ?? '') : undefined;
  const secret = page?.searchParams.get('state') ?? '';
  editor.inputs.at(-1)?.answer(`${redirectUri}?code=canary-code&state=${secret}`);
  await box;
  expect([...store.entries.values()]).toEqual([await work]);
});

test('the input box goes away when another way was faster', async () => {
  const { signIn, view } = setUp(listening, tokens);
  const work = signIn.run().catch(() => {});
  await soon(() => expect(view()).toMatchObject({ hasPage: true }));
  const box = commands.executeCommand('codexChat.pasteSignInAddress');
  await settled();
  signIn.cancel();
  await box;
  await work;
  expect(editor.inputs).toHaveLength(1);
});

const login: CodexLogin = {
  kind: 'imported',
  accessToken: 'canary-access',
  accountId: 'acct-1',
  email: 'ada@example.com',
  expiresAtMs: 2_000_000_000_000,
  issuer: 'https://auth.openai.com',
};

function importing(found: CodexLogin | undefined, issuer = 'https://auth.openai.com') {
  const store = memoryStore();
  const log = recordingLog();
  const loginImport = createLoginImport({
    store,
    read: async () => found,
    issuer: () => issuer,
    clock: systemClock,
    log,
  });
  return { store, log, loginImport };
}

test('the login of the Codex CLI is offered when there is one, and used after a yes alone', async () => {
  const { store, log, loginImport } = importing(login);
  expect(loginImport.isOffered()).toBe(false);
  await loginImport.look();
  expect(loginImport.isOffered()).toBe(true);
  const no = loginImport.run();
  await settled();
  editor.messages[0]?.answer();
  expect([await no, store.entries.size]).toEqual([undefined, 0]);
  const yes = loginImport.run();
  await settled();
  const [, question] = editor.messages;
  expect(question?.text).toContain('ada@example.com');
  question?.answer('Use This Sign-in');
  expect(await yes).toBe('imported.acct-1.ada@example.com');
  expect(store.entries.get('imported.acct-1.ada@example.com')).toMatchObject({
    kind: 'imported',
    accessToken: 'canary-access',
    refreshToken: '',
  });
  expect([...log.lines, JSON.stringify(editor.messages)].join()).not.toContain('canary');
});

test('a login of another issuer is neither offered nor taken', async () => {
  const { store, loginImport } = importing(login, 'https://issuer.test');
  await loginImport.look();
  expect([loginImport.isOffered(), await loginImport.run()]).toEqual([false, undefined]);
  expect(editor.messages).toEqual([
    expect.objectContaining({
      severity: 'warning',
      text: expect.stringContaining('signed in with https://auth.openai.com'),
    }),
  ]);
  expect(store.entries.size).toBe(0);
});

test('says what to do when the Codex CLI has no login that is good', async () => {
  const { loginImport, store } = importing(undefined);
  expect(await loginImport.run()).toBeUndefined();
  expect(editor.messages[0]).toMatchObject({
    severity: 'warning',
    text: expect.stringContaining('codex login'),
  });
  expect(store.entries.size).toBe(0);
});

test('an account that came by a command is used first; a command that was cancelled changes nothing', async () => {
  const { chosen } = setUp(listening);
  await commands.executeCommand('codexChat.useCodexLogin');
  await commands.executeCommand('codexChat.useApiKey');
  expect(chosen).toEqual(['imported']);
});

test('a login of the Codex CLI is looked for at the start, with the focus and with new settings', () => {
  const settings = createEmitter<void>();
  let looks = 0;
  const look = async () => void looks++;
  const watching = watchCodexLogin({ look }, settings.event);
  expect(looks).toBe(1);
  windowState.fire({ focused: false, active: true });
  expect(looks).toBe(1);
  windowState.fire({ focused: true, active: true });
  settings.fire();
  expect(looks).toBe(3);
  watching.dispose();
  windowState.fire({ focused: true, active: true });
  settings.fire();
  expect(looks).toBe(3);
});
