import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { PeerProcesses } from '../../base/processes.ts';

/** Older versions left out the time of the start. */
const peerName = /^(\d+)(?:\.(\w+))?@(\w+)$/;

/**
 * Processes by their id, the time of their start, and a mark of the machine (or container) whose
 * ids they are. The system gives an id anew once its process has ended, so the id alone would
 * take a stranger for the one that was meant.
 */
export function createPeerProcesses(): PeerProcesses {
  let mark: string | undefined;
  let ownStart: string | undefined;
  const here = () => (mark ??= machineMark());
  const start = () => (ownStart ??= startOf(process.pid) ?? ownStartByClock());
  return {
    get me() {
      return `${process.pid}.${start()}@${here()}`;
    },
    isAlive(peer) {
      const [, id = '', begun, machine] = peerName.exec(peer) ?? [];
      if (machine !== here()) return true;
      const pid = Number(id);
      if (pid === process.pid) return begun === undefined || begun === start();
      return isRunning(pid) && (begun === undefined || mayHaveBegun(pid, begun));
    },
  };
}

/** Another name for it, always the same, from which nobody can tell it. */
export function concealed(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** Two containers may bear one name, but not share one room of process ids. */
function machineMark(): string {
  let room = '';
  try {
    if (process.platform === 'linux') room = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not told here: the name alone must do.
  }
  return concealed(`${hostname()} ${room}`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function mayHaveBegun(pid: number, begun: string): boolean {
  const found = begun.startsWith(byClock) ? undefined : startOf(pid);
  return found === undefined || found === begun;
}

/**
 * When a process began, as the system counts: Linux in ticks since its own start (field 22 of
 * proc(5) stat, counted behind the name, which may hold anything). Undefined where it tells nobody.
 */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return /^\d+$/.exec(fields[19] ?? '')?.[0];
  } catch {
    return undefined;
  }
}

const byClock = 'c';

/** Others cannot check it, but it tells this process from earlier ones with the same id. */
function ownStartByClock(): string {
  return `${byClock}${Math.round(Date.now() / 1000 - process.uptime())}`;
}
