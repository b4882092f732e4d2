import { cp, readFile, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { createWindows, type Windows } from './windows.ts';

export interface KilledWrite {
  /** What was stored when the writer began. */
  before: number;
  /** What a new process reads after the writer was killed. */
  read: unknown;
  /** What is stored after that one has added one, ms that took, and what it left. */
  after: number;
  tookMs: number;
  leftovers: readonly string[];
}

export interface KilledWrites {
  /** Points of a change where the writer can be killed, with a value stored before and without. */
  points(before: 0 | 1): Promise<readonly string[]>;
  /** Kills a writer at this point of its change, then has new processes read and change. */
  run(before: 0 | 1, point: number): Promise<KilledWrite>;
  close(): Promise<void>;
}

/** Real processes that share a value, each write of which can be cut short by a kill. */
export async function createKilledWrites(): Promise<KilledWrites> {
  const windows = await createWindows('writer');
  let places = 0;
  let first: Promise<void> | undefined;

  async function makeFirst(): Promise<void> {
    const writer = windows.open('first');
    await writer.ask('plus', {});
    await writer.kill();
  }

  async function placeWith(before: 0 | 1): Promise<string> {
    const place = `place-${++places}`;
    if (before === 1) {
      await (first ??= makeFirst());
      await cp(join(windows.folder, 'first'), join(windows.folder, place), { recursive: true });
    }
    return place;
  }

  return {
    async points(before) {
      const writer = windows.open(await placeWith(before));
      const points = z.parse(z.array(z.string()), await writer.ask('plus', {}));
      await writer.kill();
      return points;
    },
    async run(before, point) {
      const place = await placeWith(before);
      const writer = windows.open(place);
      const outcome = await writer.ask('plus', { killAt: point }).then(
        () => 'lived on',
        (error: unknown) => String(error),
      );
      if (!outcome.includes('the process has ended')) throw new Error(`The writer ${outcome}.`);
      await writer.kill();
      return { before, ...(await lookAfter(windows, place)) };
    },
    close: () => windows.close(),
  };
}

async function lookAfter(windows: Windows, place: string): Promise<Omit<KilledWrite, 'before'>> {
  const folder = join(windows.folder, place);
  const next = windows.open(place);
  const read = await next.ask('read');
  await makeOld(join(folder, 'shared'));
  const sinceMs = performance.now();
  await next.ask('plus', {});
  const tookMs = performance.now() - sinceMs;
  await next.kill();
  const stored: unknown = JSON.parse(await readFile(join(folder, 'shared', 'number.json'), 'utf8'));
  const after = z.parse(z.object({ count: z.number() }), stored).count;
  const names = await readdir(folder, { recursive: true });
  const leftovers = names.filter((name) => /\.(tmp|held|bad)$/.test(name));
  return { read, after, tookMs, leftovers };
}

/** Drafts are cleared away when no process can be at work on them any more. */
async function makeOld(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const old = new Date(Date.now() - 120_000);
  const drafts = names.filter((name) => name.endsWith('.tmp'));
  await Promise.all(drafts.map((name) => utimes(join(folder, name), old, old)));
}

/** Why this is not as it should be: the old or the new value, and no lock left; undefined if it is. */
export function faultOf({ before, read, after, tookMs, leftovers }: KilledWrite) {
  if (read !== before && read !== before + 1) return `${String(read)} is read`;
  if (after !== read + 1) return `${after} follows on ${read}`;
  // A lease whose holder was killed before it could write its name is passed over after 4 s.
  if (tookMs > 10_000) return `the next change took ${Math.round(tookMs)} ms`;
  return leftovers.length > 0 ? `left behind: ${leftovers.join(', ')}` : undefined;
}
