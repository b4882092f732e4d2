import { chatsOf } from '../../support/chats.ts';
import { beforeEach, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { createEmitter } from '../../../src/base/event.ts';
import { readSettings } from '../../../src/core/settings/settings.ts';
import {
  type FromWebview,
  type ToWebview,
  toWebview,
} from '../../../src/shared/protocol/messages.ts';
import { ChatView } from '../../../src/vscode/chat/chatView.ts';
import { createTalkWorld } from '../core/chat/chatHarness.ts';
import { recordingLog } from '../../support/credentials.ts';
import { settled } from '../../support/steppedClock.ts';
import { editor, EventEmitter, type Uri } from '../../support/vscode.ts';

/** The panel with a page that one can open, hide and read. */
function panel() {
  const { session } = createTalkWorld();
  const handled: FromWebview[] = [];
  const silent = createEmitter<void>().event;
  const quota = { text: '', windows: [], stale: false };
  const quotaChange = createEmitter<void>();
  const tellQuota = (text: string) => {
    quota.text = text;
    quotaChange.fire();
  };
  const log = recordingLog();
  const drafts = createEmitter<string>();
  const view = new ChatView({
    extensionUri: vscode.Uri.parse('file:///extension'),
    chats: chatsOf(session),
    account: () => ({ state: 'signedIn', label: 'ada@home.example' }),
    models: () => ({ list: [], selected: { slug: 'gpt-5.5' }, source: 'bundled' }),
    quota: () => ({ ...quota }),
    settings: () => readSettings({}),
    onDidChangeAccount: silent,
    onDidChangeModels: silent,
    onDidChangeQuota: quotaChange.event,
    onDidChangeSettings: silent,
    messages: createEmitter<never>().event,
    drafts: drafts.event,
    handle: (message) => handled.push(message),
    onSnapshot() {},
    log,
  });
  const heard = new EventEmitter<unknown>();
  const visibility = new EventEmitter<void>();
  const posted: ToWebview[] = [];
  const shown = {
    visible: true,
    badge: undefined,
    onDidChangeVisibility: visibility.event,
    onDidDispose: new EventEmitter<void>().event,
    webview: {
      options: {},
      html: '',
      cspSource: 'here',
      asWebviewUri: (uri: Uri) => uri,
      onDidReceiveMessage: heard.event,
      postMessage: async (message: unknown) => posted.push(toWebview.parse(message)) > 0,
    },
  };
  let page: vscode.WebviewView | undefined;
  const open = () => {
    const made: vscode.WebviewView = Object.create(shown);
    page = made;
    view.resolveWebviewView(made);
    heard.fire({ type: 'ready' });
  };
  const hide = () => {
    shown.visible = false;
    visibility.fire();
  };
  const see = () => {
    shown.visible = true;
    visibility.fire();
  };
  const badge = () => page?.badge;
  const drafted = () => posted.flatMap((each) => (each.type === 'draft' ? [each.text] : []));
  return {
    session,
    open,
    hide,
    see,
    badge,
    heard,
    posted,
    draft: drafts.fire,
    drafted,
    handled,
    log,
    tellQuota,
  };
}

beforeEach(() => editor.reset());

test('a draft is put into the page once it is there, after its snapshot', async () => {
  const { draft, open, posted, drafted } = panel();
  draft('first');
  draft('second');
  open();
  await settled();
  expect(posted.map(({ type }) => type)).toEqual(['snapshot', 'draft', 'draft']);
  expect(drafted()).toEqual(['first', 'second']);
});

test('a draft that comes while the page is hidden waits for the next page, and comes once', async () => {
  const { draft, open, hide, heard, drafted } = panel();
  open();
  draft('first');
  hide();
  draft('second');
  expect(drafted()).toEqual(['first']);
  heard.fire({ type: 'ready' });
  heard.fire({ type: 'ready' });
  expect(drafted()).toEqual(['first', 'second']);
});

test('a message that is none of the protocol is dropped with a line in the log', () => {
  const { open, heard, handled, log } = panel();
  open();
  const odd = [undefined, 'ready', {}, { type: 'usage/act', accountId: '', action: 'use' }];
  for (const message of odd) heard.fire(message);
  expect([handled, log.lines.length]).toEqual([[], odd.length]);
});

test('the quota is told when it is another one, and after each new start of the page', async () => {
  const { open, hide, heard, posted, tellQuota } = panel();
  const told = () =>
    posted.flatMap((each) =>
      each.type === 'quota' || each.type === 'snapshot' ? [`${each.type} ${each.quota.text}`] : [],
    );
  open();
  for (const text of ['5h 41%', '5h 41%', '5h 42%']) tellQuota(text);
  await settled();
  hide();
  tellQuota('5h 43%');
  heard.fire({ type: 'ready' });
  tellQuota('5h 43%');
  await settled();
  expect(told()).toEqual(['snapshot ', 'quota 5h 41%', 'quota 5h 42%', 'snapshot 5h 43%']);
});

test('an answer that comes while nobody looks is marked on the icon until somebody does', async () => {
  const { session, open, hide, see, badge } = panel();
  const ask = async () => {
    session.send({ text: 'Why?', attachments: [] });
    await settled();
  };
  open();
  await ask();
  expect(badge()).toBeUndefined();
  hide();
  await ask();
  expect(badge()).toEqual({ value: 1, tooltip: 'Codex responded' });
  see();
  expect(badge()).toBeUndefined();
});
