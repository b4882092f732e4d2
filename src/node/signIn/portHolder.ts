import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortHolder } from '../../core/auth/authFailure.ts';

/** What the look-up uses of the machine. */
export interface PortHolderDeps {
  readonly platform: NodeJS.Platform;
  /** Gives what the program wrote; rejects when it fails or takes longer than a second. */
  readonly run: (file: string, args: readonly string[], signal: AbortSignal) => Promise<string>;
  /** Folder of the processes on Linux. */
  readonly procFolder: string;
  readonly systemRoot: string;
}

/**
 * Names the program that listens on a TCP port of this machine, as far as the system tells: it often
 * keeps quiet about the programs of other users. Undefined when nobody is named; never rejects.
 */
export async function nameHolder(
  port: number,
  signal: AbortSignal,
  deps: PortHolderDeps = thisMachine,
): Promise<PortHolder | undefined> {
  try {
    const found = await lookUp(port, signal, deps);
    return found && { port, name: `${nameOf(found.name)} (process ${found.pid})` };
  } catch {
    return undefined;
  }
}

interface Found {
  readonly pid: number;
  readonly name: string;
}

function lookUp(port: number, signal: AbortSignal, deps: PortHolderDeps) {
  switch (deps.platform) {
    case 'linux':
      return onLinux(port, deps);
    case 'win32':
      return onWindows(port, signal, deps);
    default:
      return byLsof(port, signal, deps);
  }
}

/** Only plain names are shown: a process may call itself anything. */
function nameOf(name: string): string {
  const plain = name.trim();
  return /^[\w .()+-]{1,48}$/.test(plain) ? plain : 'a program';
}

const thisMachine: PortHolderDeps = {
  platform: process.platform,
  procFolder: '/proc',
  systemRoot: process.env['SystemRoot'] ?? 'C:\\Windows',
  run: (file, args, signal) =>
    new Promise((resolve, reject) => {
      const limits = { timeout: 1000, maxBuffer: 1_000_000, windowsHide: true, signal };
      execFile(file, [...args], limits, (error, output) => {
        if (error) reject(error);
        else resolve(output);
      });
    }),
};

/** By the socket's number in `/proc/net/tcp`, which a process has open under `fd`. */
async function onLinux(port: number, { procFolder }: PortHolderDeps): Promise<Found | undefined> {
  const inode = listeningInode(await readFile(join(procFolder, 'net/tcp'), 'utf8'), port);
  if (inode === undefined) return undefined;
  const processes = (await readdir(procFolder)).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    if (!(await hasOpen(join(procFolder, pid, 'fd'), `socket:[${inode}]`))) continue;
    return { pid: Number(pid), name: await readFile(join(procFolder, pid, 'comm'), 'utf8') };
  }
  return undefined;
}

async function hasOpen(folder: string, target: string): Promise<boolean> {
  try {
    const links = (await readdir(folder)).map((name) =>
      readlink(join(folder, name)).catch(() => ''),
    );
    return (await Promise.all(links)).includes(target);
  } catch {
    return false;
  }
}

/** Columns: number, local address, remote address, state (0A listens), … inode as the tenth. */
function listeningInode(table: string, port: number): string | undefined {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(([, local, , state]) => state === '0A' && local?.endsWith(ending))?.[9];
}

/** `lsof -F pc` writes one field a line: `p812`, `cnode`. */
async function byLsof(port: number, signal: AbortSignal, { run }: PortHolderDeps) {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-F', 'pc'];
  const output = await run('/usr/sbin/lsof', args, signal);
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid && name ? { pid: Number(pid), name } : undefined;
}

/** The state's word is translated on some systems; a listener is known by its remote port 0. */
async function onWindows(port: number, signal: AbortSignal, { run, systemRoot }: PortHolderDeps) {
  const tool = (name: string) => `${systemRoot}\\System32\\${name}.exe`;
  const table = await run(tool('netstat'), ['-ano', '-p', 'TCP'], signal);
  const row = new RegExp(`^\\s*TCP\\s+\\S+:${port}\\s+\\S+:0\\s+\\S+\\s+(\\d+)\\s*$`, 'm');
  const pid = row.exec(table)?.[1];
  if (pid === undefined) return undefined;
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
  const name = /^"([^"]+)"/m.exec(await run(tool('tasklist'), args, signal))?.[1];
  return { pid: Number(pid), name: name ?? '' };
}
