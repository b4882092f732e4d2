import { toCompactionsView } from '../../core/chat/compaction/compactionView.ts';
import * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { OpenChat, OpenChats } from '../../core/chat/openChats.ts';
import type { Session } from '../../core/chat/session.ts';
import type { SessionChange } from '../../core/chat/sessionTypes.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { AccountView } from '../../shared/protocol/account.ts';
import type { ModelsView, QuotaView } from '../../shared/protocol/chat.ts';
import { type FromWebview, fromWebview } from '../../shared/protocol/fromWebview.ts';
import type { ToWebview } from '../../shared/protocol/messages.ts';
import type { Turn } from '../../core/chat/turn/turn.ts';
import type { TurnStatus, TurnView } from '../../shared/protocol/turn.ts';
import { chatHtml } from './chatHtml.ts';
import { chatViewId } from './chatViewId.ts';
import { createMessageBatcher, type UnsequencedMessage } from './messageBatcher.ts';
import { currentStartView } from './suggestions.ts';
import { toTurnState, toTurnView } from './turnMessages.ts';

export interface ChatViewDeps {
  extensionUri: vscode.Uri;
  chats: Pick<OpenChats<OpenChat>, 'current' | 'restoring' | 'onDidChange' | 'onDidChangeCurrent'>;
  account: () => AccountView;
  models: () => ModelsView;
  quota: () => QuotaView;
  settings: () => Settings;
  onDidChangeAccount: Event<void>;
  onDidChangeModels: Event<void>;
  onDidChangeQuota: Event<void>;
  onDidChangeSettings: Event<void>;
  /** What the page is to be told besides the chat; lost while there is no page. */
  messages: Event<UnsequencedMessage>;
  /** Text for the message field, appended to what is in it; kept while there is no page. */
  drafts: Event<string>;
  /** What the view asks for, but for `ready`. */
  handle: (message: FromWebview) => void;
  /** The page has got a snapshot and forgotten all else. */
  onSnapshot: () => void;
  log: Log;
}

/** The chat panel: draws the page, answers `ready` with all there is, and tells what changes. */
export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #deps: ChatViewDeps;
  readonly #lifetime = new Disposables();
  readonly #outbox = createMessageBatcher((message) => this.#post(message));
  #view: vscode.WebviewView | undefined;
  /** Whether the page has said that it is up; before that nothing can be told to it. */
  #isUp = false;
  #wantsFocus = false;
  /** The page to open as soon as there is a panel. */
  #wantedPage: 'usage' | 'history' | undefined;
  /** What goes into the message field as soon as there is one. */
  readonly #drafts: string[] = [];
  /** The quota as the page has it. */
  #toldQuota = '';

  constructor(deps: ChatViewDeps) {
    this.#deps = deps;
    const add = (listening: { dispose(): void }) => this.#lifetime.add(listening);
    add(
      deps.chats.onDidChange(({ session, change }) => {
        if (session === this.#session()) this.#tell(change);
        else if (change.type === 'turn/state') this.#noteEnd(change.turn.status);
      }),
    );
    add(
      deps.chats.onDidChangeCurrent(() => {
        if (this.#isUp) this.#snapshot();
      }),
    );
    add(
      deps.onDidChangeAccount(() =>
        this.#outbox.send({ type: 'account', account: deps.account() }),
      ),
    );
    add(deps.onDidChangeModels(() => this.#outbox.send({ type: 'models', models: deps.models() })));
    add(deps.onDidChangeQuota(() => this.#tellQuota()));
    add(
      deps.onDidChangeSettings(() =>
        this.#outbox.send({ type: 'settings', settings: settingsView(deps.settings()) }),
      ),
    );
    add(deps.messages((message) => this.#outbox.send(message)));
    add(deps.drafts((text) => this.#draft(text)));
    add(vscode.window.onDidChangeActiveTextEditor(() => this.#tellStart()));
    add(vscode.languages.onDidChangeDiagnostics(() => this.#tellStart()));
    add({ dispose: () => this.#outbox.dispose() });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#isUp = false;
    const { webview } = view;
    const { extensionUri } = this.#deps;
    const folder = (name: string) => vscode.Uri.joinPath(extensionUri, name);
    webview.options = {
      enableScripts: true,
      localResourceRoots: [folder('dist'), folder('media')],
    };
    const listening = new Disposables();
    listening.add(webview.onDidReceiveMessage((message: unknown) => this.#hear(message)));
    listening.add(
      view.onDidChangeVisibility(() => {
        // A hidden page is torn down; it says `ready` when it is built again.
        if (view.visible) this.#clearBadge();
        else this.#isUp = false;
      }),
    );
    listening.add(
      view.onDidDispose(() => {
        listening.dispose();
        if (this.#view === view) this.#view = undefined;
        this.#isUp = false;
      }),
    );
    webview.html = chatHtml(webview, extensionUri);
  }

  /** Whether somebody can see the panel. */
  isVisible(): boolean {
    return this.#view?.visible ?? false;
  }

  /** Shows the panel with the cursor in the message field. */
  async focus(): Promise<void> {
    this.#wantsFocus = true;
    await vscode.commands.executeCommand(`${chatViewId}.focus`);
    this.#giveFocus();
  }

  /** Shows the panel with this page in it: usage, or the list of chats. */
  async openPage(page: 'usage' | 'history'): Promise<void> {
    this.#wantedPage = page;
    await vscode.commands.executeCommand(`${chatViewId}.focus`);
    this.#givePage();
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #session(): Session {
    return this.#deps.chats.current().session;
  }

  #draft(text: string): void {
    this.#drafts.push(text);
    this.#giveDrafts();
  }

  #post(message: ToWebview): void {
    if (this.#isUp) void this.#view?.webview.postMessage(message);
  }

  #hear(message: unknown): void {
    const parsed = fromWebview.safeParse(message);
    if (!parsed.success) {
      this.#deps.log.warn('a message of the chat view was not understood');
      return;
    }
    if (parsed.data.type === 'ready') this.#begin();
    else this.#deps.handle(parsed.data);
  }

  /** The page is up; it gets the chat of the last time as soon as that is read. */
  #begin(): void {
    const restoring = this.#deps.chats.restoring();
    if (!restoring) return this.#snapshot();
    const view = this.#view;
    void restoring.finally(() => {
      if (this.#view === view) this.#snapshot();
    });
  }

  #snapshot(): void {
    const { account, models, quota, settings } = this.#deps;
    const session = this.#session();
    this.#isUp = true;
    this.#outbox.clear();
    const context = session.context();
    const shownQuota = quota();
    this.#toldQuota = JSON.stringify(shownQuota);
    this.#outbox.send({
      type: 'snapshot',
      chatId: session.id,
      turns: session.turns().map((turn) => this.#turnView(turn)),
      chat: session.info(),
      account: account(),
      models: models(),
      quota: shownQuota,
      context,
      compactions: this.#compactions(),
      start: currentStartView(),
      settings: settingsView(settings()),
    });
    this.#deps.onSnapshot();
    this.#giveDrafts();
    this.#clearBadge();
    this.#giveFocus();
    this.#givePage();
  }

  #turnView(turn: Turn): TurnView {
    return { ...toTurnView(turn), ...omitUndefined({ branch: this.#session().place(turn.id) }) };
  }

  #giveFocus(): void {
    if (!this.#wantsFocus || !this.#isUp) return;
    this.#wantsFocus = false;
    this.#outbox.send({ type: 'focus' });
  }

  #giveDrafts(): void {
    if (!this.#isUp) return;
    for (const text of this.#drafts.splice(0)) this.#outbox.send({ type: 'draft', text });
  }

  #givePage(): void {
    const page = this.#wantedPage;
    if (page === undefined || !this.#isUp) return;
    this.#wantedPage = undefined;
    this.#outbox.send({ type: `${page}/open` });
  }

  #tell(change: SessionChange): void {
    switch (change.type) {
      case 'turn/add':
        this.#outbox.send({ type: 'turn/add', turn: this.#turnView(change.turn) });
        return;
      case 'turn/change':
        this.#outbox.change(change.turn.id, change.turn.attempt, change.change);
        return;
      case 'turn/state':
        this.#outbox.send(toTurnState(change.turn));
        this.#noteEnd(change.turn.status);
        return;
      case 'turn/receipt':
        this.#outbox.send(toTurnState(change.turn));
        return;
      case 'turns':
        if (this.#isUp) this.#snapshot();
        return;
      case 'info':
        this.#outbox.send({ type: 'chat', chat: this.#session().info() });
        return;
      case 'context':
        this.#outbox.send({ type: 'context', context: this.#session().context() });
        return;
      case 'compaction':
        this.#outbox.send({ type: 'compactions', compactions: this.#compactions() });
        return;
    }
  }

  #compactions() {
    return toCompactionsView(this.#session(), Date.now());
  }

  /** Much is told of the quota that changes nothing in the panel. */
  #tellQuota(): void {
    if (!this.#isUp) return;
    const quota = this.#deps.quota();
    const next = JSON.stringify(quota);
    if (next === this.#toldQuota) return;
    this.#toldQuota = next;
    this.#outbox.send({ type: 'quota', quota });
  }

  #tellStart(): void {
    if (!this.#isUp || this.#session().turns().length > 0) return;
    this.#outbox.send({ type: 'start', start: currentStartView() });
  }

  /** An answer that came while nobody looked is marked on the view's icon. */
  #noteEnd(status: TurnStatus): void {
    if (status === 'running' || !this.#view || this.#view.visible) return;
    this.#view.badge = { value: 1, tooltip: vscode.l10n.t('Codex responded') };
  }

  #clearBadge(): void {
    if (this.#view?.badge) this.#view.badge = undefined;
  }
}

function settingsView(settings: Settings) {
  return { sendWith: settings.sendWith, reasoning: settings.showReasoning };
}
