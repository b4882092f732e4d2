// Other clients of the same protocol, installed from npm into the cache when they are first wanted.
// They are no dependencies of the project; each loads through a file that stands beside them.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { tsImport } from 'tsx/esm/api';

const packages = {
  '@mariozechner/pi-ai': '0.73.1',
  openai: '7.55.0',
  ai: '7.0.173',
  '@ai-sdk/openai': '4.0.118',
};

export const versions = {
  pi: `pi-ai ${packages['@mariozechner/pi-ai']}`,
  openaiCreate: `openai ${packages.openai}, create`,
  openaiStream: `openai ${packages.openai}, stream`,
  aiSdk: `AI SDK ${packages.ai}`,
};

const say = (line) => process.stderr.write(`${line}\n`);

/** The folder with the packages, or undefined when npm cannot get them. */
export async function ensurePackages() {
  const cache = process.env.CODEX_CHAT_CACHE ?? join(homedir(), '.cache', 'codex-chat');
  const folder = join(cache, `bench-peers-${Object.values(packages).join('-')}`);
  const load = join(folder, 'load.mjs');
  if (existsSync(load)) return folder;
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  say(`Installing ${wanted.join(' ')} from npm into ${folder} (about 200 MB, once) …`);
  await mkdir(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0'];
  try {
    await promisify(execFile)('npm', ['install', '--prefix', folder, ...options, ...wanted], {
      timeout: 300_000,
    });
  } catch {
    say('The other clients could not be installed: npm does not reach its registry. Ours alone:');
    return undefined;
  }
  // Written last, so that a broken installation is made again.
  await writeFile(load, 'export const load = (name) => import(name);\n');
  return folder;
}

/** Start script and version of the Codex CLI, which the tests use too; undefined without it. */
export async function ensureCodex() {
  try {
    const cli = await tsImport('../backend/codexCli.ts', import.meta.url);
    return { script: await cli.ensureCodexCli(), version: cli.codexVersion };
  } catch (error) {
    say(`Without the Codex CLI: ${String(error instanceof Error ? error.message : error)}`);
    return undefined;
  }
}

/** Imports a package from the folder, from within a client's process. */
export async function importPeer(folder, name) {
  const { load } = await import(pathToFileURL(join(folder, 'load.mjs')).href);
  return load(name);
}
