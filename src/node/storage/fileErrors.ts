import { setTimeout as wait } from 'node:timers/promises';

/** Windows says these while a scanner or another process has the file open; it passes. */
const passing = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** No room for another handle, or a disk that hesitates: mostly gone after some seconds. */
const transient = new Set(['EMFILE', 'ENFILE', 'EIO', 'EAGAIN', 'EBUSY']);
const triesAfterMs = [5, 20, 50, 100, 200];
const longTriesAfterMs = [...triesAfterMs, 400, 800, 1_000, 1_000];

/** Waits without keeping the process from ending. */
export const pause = (ms: number): Promise<void> => wait(ms, undefined, { ref: false });

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether the same call may well succeed within seconds. */
export function isTransient(error: unknown): boolean {
  return transient.has(codeOf(error));
}

/** Does it again, for less than half a second, while the file is in somebody else's hands. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const ms of triesAfterMs) {
    try {
      return await work();
    } catch (error) {
      if (!passing.has(codeOf(error))) throw error;
      await wait(ms);
    }
  }
  return work();
}

/**
 * Does it again for less than half a second while the file is in somebody else's hands, and for up
 * to four seconds while the machine has no handle left or the disk hesitates.
 */
export async function patientlyForSeconds<T>(
  work: () => Promise<T>,
  pauseFor: (ms: number) => Promise<unknown> = pause,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const waits = isTransient(error) ? longTriesAfterMs : triesAfterMs;
      const ms = waits[tries];
      const mayPass = isTransient(error) || passing.has(codeOf(error));
      if (!mayPass || ms === undefined) throw error;
      await pauseFor(ms);
    }
  }
}

/** Whether the error says that there is no such file or folder. */
export const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
