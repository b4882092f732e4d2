import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCodexAppServer, type CodexAppServer } from './codexAppServer.ts';
import type { Backend, MintedTokens } from './types.ts';
import { asRecord, parseJson } from './values.ts';

export const codexVersion = '0.169.0';

/** Where downloads live: `$CODEX_CHAT_CACHE`, else `~/.cache/codex-chat`. */
const cacheFolder = () =>
  process.env['CODEX_CHAT_CACHE'] ?? join(homedir(), '.cache', 'codex-chat');

const installing = { current: undefined as Promise<string> | undefined };

/**
 * Path of the real Codex CLI's start script, installed from npm into the cache if it is not there
 * (about 400 MB). Says what it does on stderr. Rejects with what to do when npm cannot get it.
 */
export function ensureCodexCli(say: (line: string) => void = sayOnStderr): Promise<string> {
  installing.current ??= install(say).catch((error: unknown) => {
    installing.current = undefined;
    throw error;
  });
  return installing.current;
}

const sayOnStderr = (line: string) => {
  process.stderr.write(`${line}\n`);
};

async function install(say: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `codex-cli-${codexVersion}`);
  const script = join(folder, 'node_modules', '@openai', 'codex', 'bin', 'codex.js');
  const done = join(folder, 'installed');
  if (existsSync(done) && existsSync(script)) return script;
  await mkdir(folder, { recursive: true });
  say(`Installing @openai/codex@${codexVersion} from npm into ${folder} (about 400 MB, once) …`);
  const startedAt = Date.now();
  const beat = setInterval(() => {
    say(`… still installing, ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, 10_000);
  try {
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--include=optional',
    ];
    const result = await run('npm', [...args, `@openai/codex@${codexVersion}`], {
      timeoutMs: 900_000,
    });
    const works = result.code === 0 && existsSync(script) && (await saysVersion(script));
    if (!works)
      throw new Error(
        `The real Codex CLI could not be installed: npm ended with ${String(result.code)}. Check that npm reaches its registry and that ${folder} has 500 MB left, then run the tests again.\n${result.stderr.slice(-1500)}`,
      );
    await writeFile(done, `${codexVersion}\n`);
  } finally {
    clearInterval(beat);
  }
  say(`The real Codex CLI is ready after ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  return script;
}

/** The binary comes in a package for the platform, which npm leaves out without a word if it must. */
async function saysVersion(script: string): Promise<boolean> {
  const { stdout } = await run(process.execPath, [script, '--version'], { timeoutMs: 30_000 });
  return stdout.includes(codexVersion);
}

export interface ProcessResult {
  /** Null when it was killed, also by the time limit. */
  code: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  timeoutMs: number;
}

function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** A home of its own for one run of the CLI, pointed at a backend. */
export interface CodexHome {
  /** One turn by `codex exec --json`; the events are parsed from its output. */
  exec(
    prompt: string,
    /** The thread to go on with; absent: a new one. */
    thread?: string,
  ): Promise<ProcessResult & { events: readonly Record<string, unknown>[] }>;
  /** The CLI as a process that runs several chats. */
  startAppServer(): Promise<CodexAppServer>;
  folder: string;
  remove(): Promise<void>;
}

export async function createCodexHome(
  backend: Backend,
  tokens: MintedTokens,
  model = 'gpt-5.5',
): Promise<CodexHome> {
  const script = await ensureCodexCli();
  const folder = await mkdtemp(join(tmpdir(), 'codex-home-'));
  const work = join(folder, 'work');
  await mkdir(work);
  await writeFile(join(folder, 'config.toml'), configFor(backend, model));
  await writeFile(join(folder, 'auth.json'), authFor(tokens), { mode: 0o600 });
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    CODEX_HOME: folder,
    TERM: 'dumb',
    // A proxy that is not there: whatever is meant for elsewhere stays on this machine.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
    CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${backend.issuer}/oauth/token`,
  };
  return {
    folder,
    async exec(prompt, thread) {
      const resumed = thread === undefined ? [] : ['resume', thread];
      const args = [script, 'exec', '--json', '--skip-git-repo-check', ...resumed, prompt];
      const result = await run(process.execPath, args, { env, cwd: work, timeoutMs: 60_000 });
      return { ...result, events: eventsIn(result.stdout) };
    },
    startAppServer: () => startCodexAppServer(script, { cwd: work, env }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function eventsIn(output: string): readonly Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => asRecord(parseJson(line)));
}

const configFor = (backend: Backend, model: string) => `
model = ${JSON.stringify(model)}
model_provider = "local"
chatgpt_base_url = ${JSON.stringify(`${backend.baseUrl}/`)}
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[features]
plugins = false
apps = false

[model_providers.local]
name = "local"
base_url = ${JSON.stringify(`${backend.baseUrl}/codex`)}
wire_api = "responses"
requires_openai_auth = true
supports_websockets = false
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 20000

[analytics]
enabled = false

[otel]
exporter = "none"
`;

const authFor = (tokens: MintedTokens) =>
  JSON.stringify({
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: tokens.idToken,
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      account_id: tokens.accountId,
    },
    last_refresh: new Date().toISOString(),
  });
