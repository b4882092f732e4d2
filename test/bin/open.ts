import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, isFree, startCodeServer } from '../support/codeServer.ts';
import { startBackend, type Backend } from '../backend/backend.ts';
import { writeSample } from '../support/sampleWorkspace.ts';
import { desktopCommand, openDesktop } from './desktop.ts';
import { Problem, run, step } from './processes.mjs';
import { buildVsix, ensureCodeServer, root } from './setup.mjs';

export interface StartOptions {
  /** The real backend instead of the stand-in. */
  readonly live: boolean;
  /** VS Code in the browser even where the desktop VS Code is there. */
  readonly codeServer: boolean;
  readonly open: boolean;
  readonly port: number | undefined;
}

type OnClose = (close: () => Promise<void>) => void;

const usualPort = 8137;

/**
 * Builds the extension, starts what it needs and opens VS Code. Settles when VS Code was closed.
 *
 * @param onClose - takes what ends each thing that was opened, in the order of opening
 */
export async function openAll(options: StartOptions, onClose: OnClose): Promise<void> {
  const desktop = options.codeServer ? undefined : desktopCommand();
  if (!desktop) await ensureCodeServer();
  const { vsix } = await step('Building the extension', buildVsix);
  const home = await prepareHome(options.live);
  const backend = options.live ? undefined : await startStandIn(onClose);
  const settings = backend
    ? {
        'codexChat.baseUrl': backend.baseUrl,
        'codexChat.issuer': backend.issuer,
        'codexChat.apiBaseUrl': backend.apiBaseUrl,
      }
    : {};
  if (desktop) {
    const window = await openDesktop({ command: desktop, vsix, settings, ...home });
    onClose(() => window.close());
    console.log(`\nVS Code is open.\n${whatToClick(backend)}`);
    return window.ended;
  }
  return openInBrowser({ vsix, settings, ...home }, options, backend, onClose);
}

async function startStandIn(onClose: OnClose): Promise<Backend> {
  const backend = await startBackend();
  onClose(() => backend.stop());
  return backend;
}

interface Home {
  readonly dataDir: string;
  readonly folder: string;
}

/** With the stand-in everything is fresh at each start, since its sign-ins do not outlive it. */
async function prepareHome(live: boolean): Promise<Home> {
  const base = join(root, '.start', live ? 'live' : 'practice');
  if (!live) await rm(base, { recursive: true, force: true, maxRetries: 5 });
  const home = { dataDir: join(base, 'data'), folder: join(base, 'sample') };
  await mkdir(home.dataDir, { recursive: true });
  await writeSample(home.folder);
  return home;
}

async function openInBrowser(
  start: Home & { vsix: string; settings: Record<string, string> },
  options: StartOptions,
  backend: Backend | undefined,
  onClose: OnClose,
): Promise<void> {
  const server = await startCodeServer({
    vsix: start.vsix,
    dataDir: start.dataDir,
    port: await choosePort(options.port),
    settings: {
      // Shown by itself at the very first start, VS Code leaves the panel empty.
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'git.openRepositoryInParentFolders': 'never',
    },
    machineSettings: start.settings,
  });
  onClose(() => server.stop());
  const address = `${server.url}/?folder=${encodeURIComponent(start.folder)}`;
  console.log(`\nVS Code: ${address}\n${whatToClick(backend)}`);
  if (options.open) openBrowser(address);
  await server.ended;
}

async function choosePort(wanted: number | undefined): Promise<number> {
  if (await isFree(wanted ?? usualPort)) return wanted ?? usualPort;
  if (wanted === undefined) return freePort();
  throw new Problem(`Port ${wanted} is taken. Name another one with --port, or none.`);
}

function whatToClick(backend: Backend | undefined): string {
  const steps = [
    '  1  Press F1, type "Codex: Focus Chat" and press Enter: the panel opens on the right.',
    '  2  Click "Sign in with ChatGPT", then Allow in the dialog, then "Use the browser on this machine" and Allow.',
    '  3  Type a message and press Enter. Usage is shown at the right end of the status bar.',
  ];
  const rest = backend
    ? `  Nothing leaves this machine. Faults to try: ${backend.url}/control`
    : '  This is the real backend: messages count against the quota of your ChatGPT plan.';
  return [...steps, rest, '  Ctrl+C ends everything.'].join('\n');
}

/** Opens the address where there is a screen; else the printed address must do. */
function openBrowser(address: string): void {
  const onScreen = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (process.platform === 'linux' && !onScreen) return;
  run(command, [address], { quiet: true }).catch(() => undefined);
}
