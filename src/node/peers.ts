import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Peers } from '../base/peers.ts';

/** Processes by their id and a mark of the machine (or container) whose ids they are. */
export function createPeers(): Peers {
  let mark: string | undefined;
  const here = () => (mark ??= machineMark());
  return {
    get me() {
      return `${process.pid}@${here()}`;
    },
    isAlive(peer) {
      const [, pid = '', machine] = /^(\d+)@(\w+)$/.exec(peer) ?? [];
      return machine !== here() || isRunning(Number(pid));
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
