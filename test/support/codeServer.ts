import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { codeServerPaths } from '../bin/setup.mjs';
import { installLanguage, type DisplayLanguage } from './displayLanguage.ts';

const guard = join(import.meta.dirname, 'guard.mjs');

/** VS Code asks nobody for anything, and shows nothing that is not ours. */
export const quietSettings = {
  // One request for each message, so that tests can script and count them.
  'codexChat.titles.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export interface CodeServerOptions {
  readonly vsix?: string;
  /** Kept when given, so that settings, state and the server's half of the secrets outlive a restart. */
  readonly dataDir?: string;
  /** The browser stores secrets by origin: tests of a restart keep the port. */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of scope "machine", which VS Code reads from another file when it is served. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Lets the page's address name a module of tests for the extension host to run. */
  readonly testDriver?: boolean;
  /** Display language; default English. Needs `vsix`. */
  readonly language?: DisplayLanguage;
  readonly logLevel?: 'trace' | 'info';
  readonly env?: Readonly<Record<string, string>>;
}

export interface CodeServer {
  readonly url: string;
  readonly dataDir: string;
  /** Settles once the server and everything that it started has ended. */
  stop(): Promise<void>;
  /** Settles when the server ends, whoever ended it. */
  readonly ended: Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts VS Code as a server on 127.0.0.1. `ensureCodeServer` must have run. */
export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'codex-chat-')));
  await writeSettings(dataDir, options);
  const env = environment(dataDir, options.env);
  const base = [
    codeServerPaths.entry,
    `--config=${join(dataDir, 'config.yaml')}`,
    `--user-data-dir=${dataDir}`,
    `--extensions-dir=${join(dataDir, 'extensions')}`,
  ];
  if (options.vsix) {
    const install = ['--force', '--install-extension', resolve(options.vsix)];
    await promisify(execFile)(codeServerPaths.node, [...base, ...install], { env });
  }
  if (options.language) await installLanguage(dataDir, options.language);
  const port = options.port ?? (await freePort());
  const args = [...base, ...serverArguments(port, options)];
  const child = spawn(process.execPath, [guard, codeServerPaths.node, ...args], {
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await listening(child, join(dataDir, 'server.log'));
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    ended,
    async stop() {
      child.stdin.end();
      await ended;
      if (!options.dataDir) await remove(dataDir);
    },
  };
}

async function writeSettings(dataDir: string, options: CodeServerOptions): Promise<void> {
  const files = [
    ['User', { ...quietSettings, ...options.settings }],
    ['Machine', options.machineSettings ?? {}],
  ] as const;
  for (const [scope, settings] of files) {
    await mkdir(join(dataDir, scope), { recursive: true });
    await writeFile(join(dataDir, scope, 'settings.json'), JSON.stringify(settings, null, 2));
  }
}

function environment(
  dataDir: string,
  extra: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // No extension registry is asked for anything.
    EXTENSIONS_GALLERY: '{}',
    NODE_COMPILE_CACHE: codeServerPaths.compileCache,
    // Where the server's sockets go; the path of a socket may not exceed 107 bytes.
    XDG_RUNTIME_DIR: dataDir,
    // The login of this person's own Codex CLI is none of a stand-in's business.
    CODEX_HOME: join(dataDir, 'no-codex-home'),
    // What npm and the test runner told this process is not for the extension host.
    NODE_OPTIONS: '',
    ...extra,
  };
}

function serverArguments(port: number, options: CodeServerOptions): readonly string[] {
  return [
    '--auth=none',
    `--bind-addr=127.0.0.1:${port}`,
    '--link-protection-trusted-domains=*',
    `--log=${options.logLevel ?? 'info'}`,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    ...(options.language ? [`--locale=${options.language.id}`] : []),
    ...(options.testDriver ? ['--vscode-option=enable-smoke-test-driver'] : []),
  ];
}

function listening(child: Child, logFile: string): Promise<void> {
  const log = createWriteStream(logFile, { flags: 'a' });
  return new Promise((done, fail) => {
    let output = '';
    const read = (chunk: Buffer) => {
      log.write(chunk);
      output = (output + chunk.toString()).slice(-10_000);
      if (output.includes('HTTP server listening')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', fail);
    child.once('exit', () => {
      log.end();
      fail(new Error(`code-server ended:\n${output}`));
    });
  });
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer().once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}

/** Removes a folder in which a process that is just ending may still write. */
export function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
