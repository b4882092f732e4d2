import { chatsOf } from './chats.ts';
import * as vscode from 'vscode';
import { createEmitter } from '../../src/base/event.ts';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Session } from '../../src/core/chat/session.ts';
import { readSettings } from '../../src/core/settings/settings.ts';
import type { ModelsView } from '../../src/shared/protocol/chat.ts';
import { toWebview } from '../../src/shared/protocol/messages.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import { ChatView } from '../../src/vscode/chat/chatView.ts';
import { toTurnView } from '../../src/vscode/chat/turnMessages.ts';
import { createSequence } from '../../webview/panel/sequence.ts';
import { reduce, type ViewState } from '../../webview/panel/state.ts';
import { EventEmitter, type Uri } from './vscode.ts';

/**
 * The panel behind the real host, protocol and reducer, without a page. After each change of the
 * session, what it has come to message by message is compared with what a fresh snapshot would say.
 */
export function followInPanel(session: Session) {
  const heard = new EventEmitter<unknown>();
  const sequence = createSequence();
  let state: ViewState | undefined;
  let asked = 0;
  const post = (sent: unknown) => {
    const message = toWebview.parse(structuredClone(sent));
    const verdict = sequence.judge(message);
    if (verdict === 'ask') asked++;
    if (verdict === 'take') state = reduce(state, message);
  };
  const messages = createEmitter<{ type: 'focus' }>();
  const view = new ChatView({
    ...stillDeps,
    chats: chatsOf(session),
    messages: messages.event,
    log: silentLog,
  });
  view.resolveWebviewView(Object.create(pageOf(heard, post)));
  heard.fire({ type: 'ready' });

  const differences: { live: readonly TurnView[]; snapshot: readonly TurnView[] }[] = [];
  const compare = () => {
    // Any message flushes the changes that wait for the next frame.
    messages.fire({ type: 'focus' });
    const snapshot = session
      .turns()
      .map((turn) =>
        plain({ ...toTurnView(turn), ...omitUndefined({ branch: session.place(turn.id) }) }),
      );
    const live = (state?.turns ?? []).map(plain);
    if (JSON.stringify(live) !== JSON.stringify(snapshot)) differences.push({ live, snapshot });
  };
  session.onDidChange(compare);
  return {
    turns: (): readonly TurnView[] => state?.turns ?? [],
    /** Where the two were not the same, and how often a message was missed. */
    differences: () => (asked > 0 ? [...differences, `${asked} messages missed`] : differences),
  };
}

/** With its fields in order, so that equal turns read the same. */
function plain(turn: TurnView): TurnView {
  return JSON.parse(JSON.stringify(turn), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const silent = createEmitter<void>().event;
const noDrafts = createEmitter<string>().event;

const stillDeps = {
  extensionUri: vscode.Uri.parse('file:///extension'),
  drafts: noDrafts,
  account: () => ({ state: 'signedIn', label: 'ada@home.example' }) as const,
  models: (): ModelsView => ({ list: [], selected: { slug: 'gpt-5.5' }, source: 'bundled' }),
  quota: () => ({ text: '', windows: [], stale: false }),
  settings: () => readSettings({}),
  onDidChangeAccount: silent,
  onDidChangeModels: silent,
  onDidChangeQuota: silent,
  onDidChangeSettings: silent,
  handle() {},
  onSnapshot() {},
};

function pageOf(heard: EventEmitter<unknown>, post: (message: unknown) => void) {
  return {
    visible: true,
    badge: undefined,
    onDidChangeVisibility: new EventEmitter<void>().event,
    onDidDispose: new EventEmitter<void>().event,
    webview: {
      options: {},
      html: '',
      cspSource: 'here',
      asWebviewUri: (uri: Uri) => uri,
      onDidReceiveMessage: heard.event,
      async postMessage(message: unknown) {
        post(message);
        return true;
      },
    },
  };
}
