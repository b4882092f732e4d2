import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { outcomeSchema, type Order, type Outcome } from './messages.ts';

export interface Window {
  readonly pid: number;
  /** Rejects when the deed fails, or the process ends before. */
  ask(deed: string, input?: unknown): Promise<unknown>;
  /** As `kill -9` does; resolves once the process is gone. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface Windows {
  /** Where the windows keep what they share, on a disk of the caller's if there is one. */
  readonly folder: string;
  /** For what the caller keeps beside it. */
  readonly root: string;
  open(...args: readonly string[]): Window;
  /** One whose process may have so many open files and sockets at once. Not on Windows. */
  openWithHandles(handles: number, ...args: readonly string[]): Window;
  close(): Promise<void>;
}

/** Bundles a program of this folder once and runs it as often as asked, each a real process. */
export async function createWindows(
  program: 'window' | 'signedInWindow' | 'writer',
  place?: string,
): Promise<Windows> {
  const root = await mkdtemp(join(tmpdir(), 'codex-windows-'));
  const outfile = join(root, `${program}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${program}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const folder = place ?? join(root, 'storage');
  const open = new Set<Window>();
  const start = (args: readonly string[], options: ForkOptions) => {
    const window = createWindow(fork(outfile, [folder, ...args], options));
    open.add(window);
    return window;
  };
  return {
    folder,
    root,
    open: (...args) => start(args, { execArgv: [] }),
    openWithHandles(handles, ...args) {
      const script = `ulimit -n ${handles} && exec "$0" "$@"`;
      return start(args, { execPath: '/bin/sh', execArgv: ['-c', script, process.execPath] });
    },
    async close() {
      await Promise.all([...open].map((window) => window.kill()));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function createWindow(child: ChildProcess): Window {
  const waiting = new Map<number, { deed: string; settle: (outcome: Outcome) => void }>();
  let last = 0;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const [id, { settle }] of waiting) settle({ id, error: 'the process has ended' });
      resolve();
    });
  });
  child.on('message', (message) => {
    const outcome = outcomeSchema.parse(message);
    waiting.get(outcome.id)?.settle(outcome);
    waiting.delete(outcome.id);
  });
  child.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    ask(deed, input) {
      const order: Order = { id: ++last, deed, input };
      return new Promise((resolve, reject) => {
        const settle = ({ value, error }: Outcome) =>
          error === undefined ? resolve(value) : reject(new Error(`${deed}: ${error}`));
        if (!child.connected) return settle({ id: order.id, error: 'the process has ended' });
        waiting.set(order.id, { deed, settle });
        child.send(order);
      });
    },
    async kill() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
    },
    signal: (name) => void child.kill(name),
  };
}
