import { t } from '@vscode/l10n';

/** As much of the `vscode` module as our adapters use, with what they did left open to look at. */
export class EventEmitter<T> {
  #listeners = new Set<(value: T) => void>();
  event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };
  fire(value: T) {
    for (const listener of this.#listeners) listener(value);
  }
  dispose() {
    this.#listeners.clear();
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class CancellationError extends Error {
  constructor() {
    super('Canceled');
    this.name = 'Canceled';
  }
}

export class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

/** Decodes the query as VS Code's own Uri does, and encodes it anew when it becomes text. */
export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  private constructor(text: string) {
    const url = new URL(text);
    this.scheme = url.protocol.slice(0, -1);
    this.authority = url.host;
    this.path = decodeURIComponent(url.pathname);
    this.query = decodeURIComponent(url.search.slice(1));
  }
  static parse(text: string): Uri {
    return new Uri(text);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri([base.toString().replace(/\/$/, ''), ...parts].join('/'));
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    const query = this.query ? `?${encodeURI(this.query)}` : '';
    return `${this.scheme}://${this.authority}${encodeURI(this.path)}${query}`;
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}

export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };

export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };

export interface FakeMessage {
  severity: 'info' | 'warning' | 'error';
  text: string;
  buttons: string[];
  /** Clicks a button; nothing closes the message. */
  answer(button?: string): void;
}

export interface FakeInput {
  prompt: string;
  value: string;
  validateInput(value: string): string | undefined;
  answer(text?: string): void;
}

export interface FakePickItem {
  label: string;
  description?: string;
  detail?: string;
}

export interface FakePick {
  title: string;
  items: readonly FakePickItem[];
  /** Picks the first item whose label holds this; nothing closes the list. */
  answer(label?: string): void;
}

export interface FakeProgress {
  title: string;
  reports: string[];
  cancel(): void;
  done: boolean;
}

export const StatusBarAlignment = { Left: 1, Right: 2 };

export class MarkdownString {
  value: string;
  supportThemeIcons: boolean;
  isTrusted?: boolean | { enabledCommands: readonly string[] };
  constructor(value = '', supportThemeIcons = false) {
    this.value = value;
    this.supportThemeIcons = supportThemeIcons;
  }
  /** Escapes like the real one: icons first, then what markdown would read as its own. */
  appendText(text: string): this {
    const plain = this.supportThemeIcons
      ? text.replace(/\$\([a-z0-9~-]+\)/gi, (icon) => `\\${icon}`)
      : text;
    this.value += plain
      .replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&')
      .replace(/[ \t]/g, '&nbsp;')
      .replace(/>/g, '\\>')
      .replace(/\n/g, '\n\n');
    return this;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export interface FakeStatusBarItem {
  id: string;
  alignment: number | undefined;
  priority: number | undefined;
  name?: string;
  text: string;
  tooltip?: string | MarkdownString;
  command?: string;
  accessibilityInformation?: { label: string; role?: string };
  visible: boolean;
  backgroundColor?: ThemeColor;
  show(): void;
  hide(): void;
  dispose(): void;
}

export const QuickPickItemKind = { Separator: -1, Default: 0 };

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

export interface FakeDiagnostic {
  range: { start: { line: number } };
  message: string;
  severity: number;
}

export interface FakeDocument {
  uri: Uri;
  languageId: string;
  getText(): string;
}

/** What our code did to the editor, and what the person is to do. `reset()` before each test. */
export const editor = {
  messages: [] as FakeMessage[],
  progress: [] as FakeProgress[],
  /** Addresses that were opened, as text. */
  opened: [] as string[],
  clipboard: '',
  commands: new Map<string, (...args: unknown[]) => unknown>(),
  providers: new Map<string, unknown>(),
  /** Input boxes that were shown, the latest last. */
  inputs: [] as FakeInput[],
  /** Lists that were shown, the latest last. */
  picks: [] as FakePick[],
  /** Where a save dialog leads to; undefined: it is closed. Each dialog is counted. */
  saveTo: undefined as Uri | undefined,
  saveDialogs: 0,
  files: new Map<string, string>(),
  /** Folders of the workspace, and what `stat` says of addresses in it; each question is noted. */
  folders: undefined as { name: string; uri: Uri }[] | undefined,
  stats: new Map<string, number>(),
  looked: [] as string[],
  /** New documents that were shown, the latest last. */
  documents: [] as { content: string; language?: string }[],
  /** What a write throws. */
  diskError: undefined as Error | undefined,
  remoteName: undefined as string | undefined,
  isTrusted: true,
  /** Name of the open workspace. */
  workspaceName: undefined as string | undefined,
  /** The document of the editor that has the focus. */
  document: undefined as FakeDocument | undefined,
  diagnostics: [] as FakeDiagnostic[],
  isWeb: false,
  forward: (address: string) => address,
  /** What `openExternal` does with an address. */
  browse: (_address: string): boolean | Promise<boolean> => true,
  reset() {
    editor.messages = [];
    editor.progress = [];
    editor.opened = [];
    editor.clipboard = '';
    editor.commands.clear();
    editor.providers.clear();
    editor.browse = () => true;
    editor.inputs = [];
    editor.picks = [];
    editor.saveTo = undefined;
    editor.saveDialogs = 0;
    editor.files.clear();
    editor.folders = undefined;
    editor.stats.clear();
    editor.looked = [];
    editor.documents = [];
    editor.diskError = undefined;
    editor.remoteName = undefined;
    editor.isTrusted = true;
    editor.workspaceName = undefined;
    editor.document = undefined;
    editor.diagnostics = [];
    editor.isWeb = false;
    editor.forward = (address) => address;
    statusBarItems.length = 0;
    window.state = { focused: true, active: true };
  },
};

export const statusBarItems: FakeStatusBarItem[] = [];
export const windowState = new EventEmitter<{ focused: boolean; active: boolean }>();

function showMessage(severity: FakeMessage['severity']) {
  return (text: string, ...rest: unknown[]) =>
    new Promise<string | undefined>((answer) => {
      const buttons = rest.filter((item) => typeof item === 'string');
      editor.messages.push({ severity, text, buttons, answer });
    });
}

export const window = {
  /** Tell `windowState.fire(window.state)` after a change. */
  state: { focused: true, active: true },
  onDidChangeWindowState: (listener: (state: { focused: boolean; active: boolean }) => void) =>
    windowState.event(listener),
  get activeTextEditor() {
    return editor.document && { document: editor.document };
  },
  visibleTextEditors: [],
  showTextDocument: async (document: { content: string; language?: string }) =>
    void editor.documents.push(document),
  onDidChangeActiveTextEditor: new EventEmitter<void>().event,
  createStatusBarItem(id = '', alignment?: number, priority?: number) {
    const item: FakeStatusBarItem = {
      id,
      alignment,
      priority,
      text: '',
      visible: false,
      show: () => void (item.visible = true),
      hide: () => void (item.visible = false),
      dispose: () => void statusBarItems.splice(statusBarItems.indexOf(item), 1),
    };
    statusBarItems.push(item);
    return item;
  },
  showInformationMessage: showMessage('info'),
  showWarningMessage: showMessage('warning'),
  showErrorMessage: showMessage('error'),
  showInputBox: (
    options: Partial<Pick<FakeInput, 'prompt' | 'value' | 'validateInput'>>,
    token?: CancellationTokenSource['token'],
  ) =>
    new Promise<string | undefined>((answer) => {
      const { prompt = '', value = '', validateInput = () => undefined } = options;
      editor.inputs.push({ prompt, value, validateInput, answer });
      token?.onCancellationRequested(() => answer(undefined));
    }),
  showQuickPick: (
    items: readonly FakePickItem[],
    options: { title?: string; canPickMany?: boolean } = {},
  ) =>
    new Promise<FakePickItem | readonly FakePickItem[] | undefined>((resolve) => {
      const answer = (label?: string) => {
        const picked = items.filter((item) => label !== undefined && item.label.includes(label));
        resolve(options.canPickMany === true ? picked : picked[0]);
      };
      editor.picks.push({ title: options.title ?? '', items, answer });
    }),
  async showSaveDialog() {
    editor.saveDialogs++;
    return editor.saveTo;
  },
  async withProgress<T>(
    options: { title?: string },
    task: (
      progress: { report(value: { message?: string }): void },
      token: { onCancellationRequested: EventEmitter<void>['event'] },
    ) => PromiseLike<T>,
  ): Promise<T> {
    const cancelled = new EventEmitter<void>();
    const shown: FakeProgress = {
      title: options.title ?? '',
      reports: [],
      cancel: () => cancelled.fire(),
      done: false,
    };
    editor.progress.push(shown);
    try {
      const progress = {
        report: ({ message }: { message?: string }) => shown.reports.push(message ?? ''),
      };
      return await task(progress, { onCancellationRequested: cancelled.event });
    } finally {
      shown.done = true;
    }
  },
};

export const languages = {
  getLanguages: async () => ['plaintext', 'typescript', 'python'],
  onDidChangeDiagnostics: new EventEmitter<void>().event,
  getDiagnostics: () => editor.diagnostics,
};

export const workspace = {
  get name() {
    return editor.workspaceName;
  },
  get isTrusted() {
    return editor.isTrusted;
  },
  asRelativePath: (uri: Uri) => uri.path.replace(/^\/workspace\//, ''),
  get workspaceFolders() {
    return editor.folders;
  },
  openTextDocument: async (document: { content: string; language?: string }) => document,
  fs: {
    async stat(uri: Uri) {
      editor.looked.push(uri.toString());
      const type = editor.stats.get(uri.toString());
      if (type === undefined) throw new Error('EntryNotFound');
      return { type };
    },
    async writeFile(uri: Uri, bytes: Uint8Array) {
      if (editor.diskError) throw editor.diskError;
      editor.files.set(uri.toString(), new TextDecoder().decode(bytes));
    },
  },
};

export const commands = {
  registerCommand(id: string, run: (...args: unknown[]) => unknown) {
    if (editor.commands.has(id)) throw new Error(`command '${id}' already exists`);
    editor.commands.set(id, run);
    return new Disposable(() => void editor.commands.delete(id));
  },
  async executeCommand(id: string, ...args: unknown[]) {
    const run = editor.commands.get(id);
    if (!run) throw new Error(`command '${id}' not found`);
    return run(...args);
  },
};

export class CancellationTokenSource {
  readonly #cancelled = new EventEmitter<void>();
  readonly token = { onCancellationRequested: this.#cancelled.event };
  cancel() {
    this.#cancelled.fire();
  }
  dispose() {
    this.#cancelled.dispose();
  }
}

export const UIKind = { Desktop: 1, Web: 2 };

export const env = {
  language: 'en',
  get remoteName() {
    return editor.remoteName;
  },
  get uiKind() {
    return editor.isWeb ? UIKind.Web : UIKind.Desktop;
  },
  /** Ports are passed on as they are, but for what `forward` says. */
  asExternalUri: async (uri: Uri) => Uri.parse(editor.forward(uri.toString())),
  clipboard: { writeText: async (text: string) => void (editor.clipboard = text) },
  async openExternal(uri: Uri): Promise<boolean> {
    const address = uri.toString();
    editor.opened.push(address);
    return editor.browse(address);
  },
};

export const authentication = {
  registerAuthenticationProvider(id: string, _label: string, provider: unknown) {
    editor.providers.set(id, provider);
    return new Disposable(() => void editor.providers.delete(id));
  },
};

export const l10n = {
  t,
  bundle: undefined as Record<string, string> | undefined,
};

/** Secret storage on a map. Two with the same map are two windows. */
export function createSecrets(shared: SharedSecrets = createSharedSecrets()) {
  return {
    get: async (key: string) => shared.values.get(key),
    async store(key: string, value: string) {
      shared.values.set(key, value);
      shared.changed.fire({ key });
    },
    async delete(key: string) {
      shared.values.delete(key);
      shared.changed.fire({ key });
    },
    keys: async () => [...shared.values.keys()],
    onDidChange: shared.changed.event,
  };
}

export interface SharedSecrets {
  values: Map<string, string>;
  changed: EventEmitter<{ key: string }>;
}

export function createSharedSecrets(): SharedSecrets {
  return { values: new Map(), changed: new EventEmitter() };
}
