import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem, mustRun, npm, run, step } from './processes.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Large things that outlive a clone of this repository. */
export const cacheDir = process.env.CODEX_CHAT_CACHE ?? join(homedir(), '.cache', 'codex-chat');

const codeServer = '4.139.1';
const codeServerNode = '24.21.0';
const parcelWatcher = '2.5.6';
/** Counts up with each change of `installCodeServer`, so that an older set-up is not taken. */
const recipe = 2;
const codeServerDir = join(
  cacheDir,
  `code-server-${codeServer}-node-${codeServerNode}-recipe-${recipe}`,
);
const nodePackage = `node-${process.platform}-${process.arch}`;

/** Where `ensureCodeServer` puts things. */
export const codeServerPaths = {
  node: join(codeServerDir, 'node_modules', nodePackage, 'bin/node'),
  entry: join(codeServerDir, 'node_modules/code-server/out/node/entry.js'),
  compileCache: join(cacheDir, 'compile-cache'),
};

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (fits) return;
  throw new Problem(
    `This needs Node 20.19 or newer (22.12 or newer of Node 22); you have ${process.versions.node}.\n` +
      'Install a newer Node from https://nodejs.org and run the command again.',
  );
}

/** Installs our npm packages unless exactly those of package-lock.json are there. */
export async function ensureDependencies() {
  if (dependenciesAreCurrent()) return;
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await step('Installing npm packages (up to a minute)', () =>
    npm(['ci', ...flags], { cwd: root }),
  ).catch((cause) => {
    throw new Problem(
      `The npm packages could not be installed. Check the network, then run the command again.\n${cause.message}`,
    );
  });
}

function dependenciesAreCurrent() {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || entry.optional || entry.peer || present[path]?.version === entry.version,
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/** Path of one of our npm packages' commands, to be run by Node itself. */
export function bin(name, command = name) {
  const manifestFile = join(root, 'node_modules', name, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const file = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command];
  return join(dirname(manifestFile), file);
}

/** Lets this process import our TypeScript files from now on. */
export async function loadTypeScript() {
  const { register } = await import('tsx/esm/api');
  register();
}

/**
 * Puts code-server, which is VS Code served to a browser, and the Node it needs into the cache,
 * from npm alone. Native modules that make no difference here are built only where a compiler is.
 */
export async function ensureCodeServer() {
  if (existsSync(codeServerDir)) return;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Problem(
      `VS Code in the browser can be set up on Linux (x64, arm64) only, and this is ${process.platform} ${process.arch}.\n` +
        'Install VS Code from https://code.visualstudio.com, run "Shell Command: Install \'code\' command in PATH" in it, then try again.',
    );
  }
  // Built beside its place and moved there when whole, so that a broken-off set-up leaves nothing half.
  const unfinished = `${codeServerDir}.${process.pid}`;
  try {
    await step(
      `Setting up code-server ${codeServer} in ${cacheDir} (670 MB, one to two minutes, once)`,
      () => installCodeServer(unfinished),
    );
    await rename(unfinished, codeServerDir).catch((error) => {
      if (!existsSync(codeServerDir)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function installCodeServer(dir) {
  await mkdir(dir, { recursive: true });
  const node = join(dir, 'node_modules', nodePackage);
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const packages = [`${nodePackage}@${codeServerNode}`, `code-server@${codeServer}`];
  await npm(['install', '--prefix', dir, ...quiet, ...packages], { cwd: dir });

  const vscode = join(dir, 'node_modules/code-server/lib/vscode');
  const watcher = `@parcel/watcher-linux-${process.arch}-glibc@${parcelWatcher}`;
  const lean = ['--omit=dev', '--omit=optional'];
  await npm(['install', '--prefix', vscode, ...quiet, ...lean, watcher], { cwd: vscode });

  // Without TypeScript the built-in language features complain as soon as a file is opened.
  const extensions = join(vscode, 'extensions');
  await npm(['install', '--prefix', extensions, ...quiet, '--omit=dev'], { cwd: extensions });

  if (!(await canCompile())) {
    console.log('  no C++ compiler, make or Python here: VS Code will write no log files');
    return;
  }
  // Native modules are built for code-server's own Node, with the headers which its package holds.
  const env = { ...process.env, npm_config_nodedir: node, PATH: withFirst(join(node, 'bin')) };
  const modules = ['@vscode/native-watchdog', '@vscode/spdlog'];
  await npm(['rebuild', '--loglevel=error', ...modules], { cwd: vscode, env }).catch(() => {
    console.log(
      '  two optional native modules could not be built: VS Code will write no log files',
    );
  });
}

async function canCompile() {
  const runs = ['g++', 'make', 'python3'].map((tool) => works(tool));
  return (await Promise.all(runs)).every(Boolean);
}

function withFirst(path) {
  return `${path}${delimiter}${process.env.PATH}`;
}

async function works(command) {
  return run(command, ['--version'], { quiet: true }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/** Path of a Chromium that runs: the one named by `$CHROMIUM`, one found, or one from apt. */
export async function ensureChromium() {
  if (process.env.CHROMIUM) {
    if (await works(process.env.CHROMIUM)) return process.env.CHROMIUM;
    throw new Problem(`$CHROMIUM names ${process.env.CHROMIUM}, which does not run.`);
  }
  const found = await findChromium();
  if (found) return found;
  await installChromium();
  const installed = await findChromium();
  if (installed) return installed;
  throw new Problem(
    'Chromium was installed but does not run (on Ubuntu, apt brings a snap, which needs snapd).\n' +
      'Install Google Chrome or Chromium yourself and name it: CHROMIUM=/path/to/chrome npm test',
  );
}

async function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const paths = names.flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name)),
  );
  for (const path of paths) {
    if (existsSync(path) && (await works(path))) return path;
  }
  return undefined;
}

async function installChromium() {
  const byHand =
    'The tests drive VS Code in Chromium, which is missing and could not be installed.\n' +
    'Install it (Debian: sudo apt-get install chromium) or name one: CHROMIUM=/path/to/chrome npm test';
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (!(await works('apt-get')) || (asRoot.length > 0 && !(await works('sudo')))) {
    throw new Problem(byHand);
  }
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    return mustRun(command, [...rest, '-q', ...args]);
  };
  await step('Installing Chromium from apt (400 MB, once)', async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  }).catch((cause) => {
    throw new Problem(`${byHand}\n${cause.message}`);
  });
}

/** Builds dist/ and packs it. Gives the path of the VSIX and what vsce said. */
export async function buildVsix() {
  await mustRun(process.execPath, ['esbuild.mjs'], { cwd: root });
  return packVsix();
}

export async function packVsix() {
  const vsix = join(root, 'codex-chat.vsix');
  const args = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ];
  const said = await mustRun(process.execPath, [bin('@vscode/vsce', 'vsce'), ...args], {
    cwd: root,
  });
  return { vsix, said };
}
