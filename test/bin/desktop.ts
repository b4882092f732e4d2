import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { delay } from '../../src/base/async/delay.ts';
import { mustRun, run } from './processes.mjs';

export interface DesktopOptions {
  readonly command: string;
  readonly vsix: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface DesktopWindow {
  /** Settles when the window was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Path of the desktop VS Code's command; undefined without one, or without a screen. */
export function desktopCommand(): string | undefined {
  if (process.platform === 'linux') {
    const screen = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
    if (!screen) return undefined;
  }
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));
  // In a remote window's terminal `code` only talks to that window.
  return found?.includes('remote-cli') ? undefined : found;
}

/** Opens a VS Code of its own, which knows nothing of the person's settings and extensions. */
export async function openDesktop(options: DesktopOptions): Promise<DesktopWindow> {
  const userData = join(options.dataDir, 'user');
  const own = [
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(options.dataDir, 'extensions')}`,
    // Chromium does not run sandboxed as root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(
    join(userData, 'User/settings.json'),
    JSON.stringify({ ...desktopSettings, ...options.settings }, null, 2),
  );
  const shell = process.platform === 'win32';
  await mustRun(options.command, [...own, '--force', '--install-extension', options.vsix], {
    shell,
  });
  const waiting = run(
    options.command,
    [...own, '--new-window', '--wait', '--disable-workspace-trust', options.folder],
    { quiet: true, shell },
  );
  return {
    ended: waiting.then(() => undefined),
    close: () => endWindow(userData),
  };
}

const desktopSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** The command only waits for VS Code, which runs by itself: its number stands in its lock file. */
async function endWindow(userData: string): Promise<void> {
  const pid = Number(readIfThere(join(userData, 'code.lock')));
  if (!Number.isInteger(pid) || pid <= 1 || !isOurs(pid, userData)) return;
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 50 && isRunning(pid); tries += 1) {
    await delay(100, AbortSignal.timeout(10_000));
  }
}

/** A number in a file may by now be another program's. */
function isOurs(pid: number, userData: string): boolean {
  if (process.platform !== 'linux') return isRunning(pid);
  return readIfThere(`/proc/${pid}/cmdline`).includes(userData);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
