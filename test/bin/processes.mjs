import { spawn } from 'node:child_process';

/** A fault that a person can mend: the message says what happened and what to do next. */
export class Problem extends Error {}

const children = new Set();
let ending = false;

/**
 * Starts a program in a process group of its own, so that ending it ends what it started too.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
  const windows = process.platform === 'win32';
  const child = spawn(command, args, { detached: !windows, ...options });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/**
 * Runs a program to its end. `quiet` keeps its output back and hands it over with the result.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  const child = start(command, args, {
    ...options,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (output += text));
  }
  return new Promise((done, fail) => {
    child.once('error', (cause) =>
      fail(new Problem(`Could not start ${command}: ${cause.message}`)),
    );
    child.once('close', (code) => {
      // What Ctrl+C has ended has no result.
      if (!ending) done({ code: code ?? 1, output });
    });
  });
}

/** Like `run`, but a failure is a `Problem` that ends with what the program said. */
export async function mustRun(command, args, options = {}) {
  const { code, output } = await run(command, args, { quiet: true, ...options });
  if (code === 0) return output;
  const said = output.trim().split('\n').slice(-20).join('\n');
  throw new Problem(`${command} ${args.slice(0, 2).join(' ')} ended with ${code}:\n${said}`);
}

/** Sends npm on its way with Node itself where npm told us its file, else by name. */
export function npm(args, options) {
  const file = process.env.npm_execpath;
  return file?.endsWith('.js')
    ? mustRun(process.execPath, [file, ...args], options)
    : mustRun('npm', args, { shell: process.platform === 'win32', ...options });
}

/** Says what a long step does, that it is still at it, and how long it took. */
export async function step(title, work) {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  console.log(`${title} …`);
  const reminder = setInterval(() => console.log(`  … still at it (${seconds()})`), 20_000);
  try {
    return await work();
  } finally {
    clearInterval(reminder);
    console.log(`  ${seconds()}`);
  }
}

/** Ends every program that `start` and `run` began: politely first, by force after five seconds. */
export async function endAll() {
  const waits = [...children].map((child) => endGroup(child));
  await Promise.all(waits);
}

async function endGroup(child) {
  const gone = new Promise((done) => child.once('exit', done));
  signalGroup(child, 'SIGINT');
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), 5_000);
  await gone;
  clearTimeout(force);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nothing is left of the group.
  }
}

/**
 * Runs a command's main function: its `Problem`s become one line on stderr, Ctrl+C ends all
 * programs that were started and runs `cleanUp`.
 *
 * @param {() => Promise<number>} main - gives the exit code
 * @param {() => Promise<void>} [cleanUp]
 */
export async function commandLine(main, cleanUp = async () => {}) {
  const stop = async (code) => {
    if (ending) return;
    ending = true;
    await Promise.allSettled([endAll(), cleanUp()]);
    process.exit(code);
  };
  process.on('SIGINT', () => void stop(130));
  process.on('SIGTERM', () => void stop(143));
  process.on('SIGHUP', () => void stop(129));
  try {
    await stop(await main());
  } catch (error) {
    // Programs that Ctrl+C has just ended fail; that is no news.
    if (ending) return;
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    await stop(1);
  }
}
