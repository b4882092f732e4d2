import type { SpawnOptions } from 'node:child_process';

/** A fault that a person can mend: the message says what happened and what to do next. */
export class Problem extends Error {}

export interface RunOptions extends SpawnOptions {
  /** Keeps the output back and hands it over with the result. */
  quiet?: boolean;
}
export function run(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ code: number; output: string }>;
export function mustRun(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string>;
/** Says what a long step does, that it is still at it, and how long it took. */
export function step<T>(title: string, work: () => Promise<T>): Promise<T>;
export function commandLine(
  main: () => Promise<number>,
  cleanUp?: () => Promise<void>,
): Promise<void>;
