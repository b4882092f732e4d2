import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as plain, type Page } from '@playwright/test';
import { startBackend } from '../backend/backend.ts';
import type { AccountSeed, Backend } from '../backend/types.ts';
import { buildVsix, root } from '../bin/setup.mjs';
import { remove, startCodeServer, type CodeServer } from '../support/codeServer.ts';
import type { DisplayLanguage } from '../support/displayLanguage.ts';
import { writeSample } from '../support/sampleWorkspace.ts';
import { launchWorkbench, type Workbench } from '../support/workbench.ts';
import { recordMessages } from './messages.ts';

/** VS Code with the extension installed from its VSIX, beside a stand-in backend. */
export interface Practice {
  readonly backend: Backend;
  readonly server: CodeServer;
  readonly workbench: Workbench;
  /** The folder that VS Code has open. */
  readonly folder: string;
  /** What all windows and frames have said to each other so far, as JSON. */
  readonly messages: readonly string[];
}

export interface PracticeOptions {
  /** Who can sign in; default: those of the stand-in. */
  readonly accounts?: readonly AccountSeed[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Display language of the editor; default English. */
  readonly language?: DisplayLanguage;
  /** Further variables for the editor, made when the stand-in is up. */
  readonly environment?: (backend: Backend) => Promise<Readonly<Record<string, string>>>;
  /** Lifetime of access tokens, seconds; default: that of the stand-in. */
  readonly accessLifetimeS?: number;
  /** Address to sign in at, made when the stand-in is up; default: the stand-in's own. */
  readonly issuer?: (backend: Backend) => string;
}

export interface StartedPractice extends Practice {
  /** Ends everything and removes what it wrote. */
  stop(): Promise<void>;
}

export async function startPractice(options: PracticeOptions = {}): Promise<StartedPractice> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    return { ...(await startAll(options, (end) => ends.push(end))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  options: PracticeOptions,
  onStop: (end: () => Promise<void>) => void,
): Promise<Practice> {
  const { settings, accounts, accessLifetimeS, environment, language } = options;
  const { viewport = { width: 1280, height: 800 } } = options;
  const vsix = join(root, 'codex-chat.vsix');
  if (!existsSync(vsix)) await buildVsix();
  // A short path: the server's sockets lie below it.
  const home = await mkdtemp(join(tmpdir(), 'codex-e2e-'));
  onStop(() => remove(home));
  const folder = join(home, 'shop');
  await writeSample(folder);
  const backend = await startBackend({
    pace: 0,
    ...(accounts && { accounts }),
    ...(accessLifetimeS !== undefined && { accessLifetimeS }),
  });
  onStop(() => backend.stop());
  const server = await startCodeServer({
    vsix,
    dataDir: join(home, 'server'),
    logLevel: 'trace',
    settings: { ...hiddenPanel, ...settings },
    ...(language && { language }),
    ...(environment && { env: await environment(backend) }),
    machineSettings: {
      'codexChat.baseUrl': backend.baseUrl,
      'codexChat.issuer': options.issuer?.(backend) ?? backend.issuer,
      'codexChat.apiBaseUrl': backend.apiBaseUrl,
    },
  });
  onStop(() => server.stop());
  let messages: readonly string[] = [];
  const workbench = await launchWorkbench(server, {
    folder,
    profileDir: join(home, 'browser'),
    viewport,
    async prepare(context) {
      messages = await recordMessages(context);
    },
  });
  onStop(() => workbench.close());
  // From here on our commands are in the palette.
  await workbench.statusBarItem('codexChat.quota').waitFor();
  return { backend, server, workbench, folder, messages };
}

const hiddenPanel = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false,
  // The Settings editor fills the window instead of a dialog of fixed height.
  'workbench.editor.useModal': 'off',
};

interface WorkerFixtures {
  /** Files that set different names get windows of their own, with nobody signed in. */
  windowName: string;
  /** A file that sets it gets a window of its own. */
  language: DisplayLanguage | undefined;
  practice: Practice;
}

export const test = plain.extend<{ picture: void }, WorkerFixtures>({
  windowName: ['', { option: true, scope: 'worker' }],
  language: [undefined, { option: true, scope: 'worker' }],
  /** Shows what the window looked like when a test failed. */
  picture: [
    async ({ practice }, use, info) => {
      await use();
      if (info.status === info.expectedStatus) return;
      const path = info.outputPath('window.png');
      await practice.workbench.page.screenshot({ path });
    },
    { auto: true },
  ],
  practice: [
    async ({ language }, use) => {
      const practice = await startPractice(language && { language });
      await use(practice);
      await practice.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** Begins to sign in; the panel then shows how to go on, and in a browser window that is a code. */
export async function beginSignIn({ workbench }: Practice): Promise<void> {
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText('Sign in with ChatGPT').first().waitFor();
  await workbench.runCommand('Codex: Sign in to Codex');
  await workbench.answerDialog('Allow');
}

/** Begins to sign in by the browser, and gives the page that asks for consent. */
export async function openSignInPage(practice: Practice): Promise<Page> {
  await beginSignIn(practice);
  const { workbench } = practice;
  const open = workbench.chat().getByRole('button', { name: 'Use the browser on this machine' });
  return workbench.externalPage(() => open.click());
}

/** Goes through the whole sign-in and gives the page that the browser shows at the end. */
export async function signIn(practice: Practice, email?: string): Promise<Page> {
  const page = await openSignInPage(practice);
  if (email !== undefined) await page.locator(`input[value="${email}"]`).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  // Closed earlier, the page might not have come back to the extension yet.
  await page.getByRole('heading', { name: /signed in/i }).waitFor();
  return page;
}

/** Shows the chat and puts the focus into it. */
export async function openChat({ workbench }: Practice): Promise<void> {
  await workbench.runCommand('Codex: Focus Chat');
  await composer(workbench).waitFor();
}

export function composer(workbench: Workbench) {
  return workbench.chat().getByRole('textbox', { name: /^Message/ });
}

export async function send(workbench: Workbench, text: string): Promise<void> {
  await composer(workbench).fill(text);
  await composer(workbench).press('Enter');
}

/** The answer to the latest prompt. */
export function lastAnswer(workbench: Workbench) {
  return workbench.chat().locator('article').last();
}
