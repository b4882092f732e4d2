import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { mountSmallDisk, whyNoSmallDisk, type SmallDisk } from '../support/smallDisk.ts';
import { createWindows, type Window, type Windows } from './lease/windows.ts';

/*
 * Windows as processes over real disks that fill up, become read-only, or cannot be opened for want
 * of a handle. Each window adds to a figure of its own and to one of all.
 */

const counts = z.record(z.string(), z.number());
const rounds = Number(process.env['DISK_ROUNDS'] ?? 1);
const reason = whyNoSmallDisk();

const names = ['a', 'b', 'c'];
const addAll = (team: readonly Window[]) =>
  Promise.all(
    team.flatMap((window, at) => [
      window.ask('count', { key: names[at], times: 3 }),
      window.ask('count', { key: 'all', times: 2 }),
    ]),
  );
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets the disk fail in the middle of it, each round at another moment. */
async function runRounds(disk: SmallDisk, fail: () => void): Promise<void> {
  const windows = await createWindows('window', join(disk.folder, 'storage'));
  try {
    await failAndMend(disk, fail, windows);
  } finally {
    await windows.close();
  }
}

async function failAndMend(disk: SmallDisk, fail: () => void, windows: Windows): Promise<void> {
  const team = names.map(() => windows.open());
  await Promise.all(team.map((window) => window.ask('listen')));
  const wanted: Record<string, number> = { a: 0, b: 0, c: 0, all: 0 };
  for (let round = 0; round < rounds; round++) {
    const adding = addAll(team);
    await wait(Math.random() * 40);
    fail();
    await adding;
    await addAll(team);
    disk.mend();
    for (const name of names) wanted[name] = (wanted[name] ?? 0) + 6;
    wanted['all'] = (wanted['all'] ?? 0) + 12;
  }
  const stored = async () => {
    const text = await readFile(join(windows.folder, 'counts.json'), 'utf8').catch(() => '{}');
    return counts.parse(JSON.parse(text));
  };
  await expect.poll(stored, { timeout: 60_000, interval: 200 }).toEqual(wanted);
  for (const window of team) {
    await expect.poll(() => window.ask('current'), { timeout: 10_000 }).toEqual(wanted);
  }
}

const minutes = 120_000;

test.skipIf(reason)(
  `what was changed while the disk was full is there once afterwards${reason ? `: ${reason}` : ''}`,
  async () => {
    const disk = mountSmallDisk();
    try {
      await runRounds(disk, disk.fill);
    } finally {
      disk.close();
    }
  },
  minutes,
);

test.skipIf(reason)(
  `what was changed while the disk was read-only is there once afterwards${reason ? `: ${reason}` : ''}`,
  async () => {
    const disk = mountSmallDisk();
    try {
      await runRounds(disk, disk.makeReadOnly);
    } finally {
      disk.close();
    }
  },
  minutes,
);

test.skipIf(process.platform === 'win32')(
  'a window without free handles takes nothing back that another window has written',
  async () => {
    const windows = await createWindows('window');
    const path = join(windows.folder, 'counts.json');
    const [good, poor] = [windows.open(), windows.openWithHandles(64)];
    await poor.ask('count', { key: 'poor', times: 1 });
    for (let round = 1; round <= rounds; round++) {
      await poor.ask('exhaust', { ms: Math.random() * 6_000 });
      await good.ask('count', { key: 'good', times: 1 });
      await poor.ask('count', { key: 'poor', times: 1 });
      const text = await readFile(path, 'utf8');
      expect(counts.parse(JSON.parse(text))['good']).toBe(round);
    }
    await expect.poll(() => poor.ask('listen').then(() => true), { timeout: 20_000 }).toBe(true);
    const wanted = { good: rounds, poor: rounds + 1 };
    await expect.poll(() => poor.ask('current'), { timeout: 20_000 }).toEqual(wanted);
    const stored = async () => counts.parse(JSON.parse(await readFile(path, 'utf8')));
    await expect.poll(stored, { timeout: 70_000, interval: 200 }).toEqual(wanted);
    await windows.close();
  },
  minutes,
);
