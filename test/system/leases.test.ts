import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { createLeases } from '../../src/node/locks/leases.ts';
import { createPeerProcesses } from '../../src/node/locks/processes.ts';
import { createWindows, type Windows } from './lease/windows.ts';
import { recordingLog } from '../support/credentials.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../support/smallDisk.ts';

const never = new AbortController().signal;
let windows: Windows;
beforeAll(async () => {
  windows = await createWindows('window');
});
afterAll(() => windows.close());

const freshFolder = () => mkdtemp(join(tmpdir(), 'codex-leases-'));
const logOf = async (path: string) => (await readFile(path, 'utf8')).trim().split('\n');

/** True when no hold began before the one before it had ended. */
function areApart(lines: readonly string[]): boolean {
  return lines.every((line, i) => (i % 2 ? line === lines[i - 1]?.replace('in', 'out') : true));
}

test('processes that ask at the same time have the lease one after the other', async () => {
  const log = join(windows.folder, '../together.log');
  const four = Array.from({ length: 4 }, () => windows.open());
  const ends = await Promise.all(
    four.flatMap((window) => [0, 1, 2].map(() => window.ask('hold', { name: 'a', ms: 5, log }))),
  );
  const lines = await logOf(log);
  expect([lines.length, areApart(lines), new Set(ends)]).toEqual([24, true, new Set(['kept'])]);
});

test('a holder that is killed is outlived, by one of those who wait and not by two', async () => {
  const log = join(windows.folder, '../killed.log');
  const holder = windows.open();
  const lost = holder.ask('hold', { name: 'b', ms: 60_000, log }).catch((error) => String(error));
  const others = Array.from({ length: 4 }, () => windows.open());
  await expect.poll(() => logOf(log).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
  const waits = others.map((window) => window.ask('hold', { name: 'b', ms: 5, log }));
  await holder.kill();
  expect(await Promise.all(waits)).toEqual(['kept', 'kept', 'kept', 'kept']);
  expect(await lost).toContain('ended');
  expect(areApart((await logOf(log)).slice(1))).toBe(true);
});

test.skipIf(process.platform === 'win32')(
  'a holder that stands still is outlived, and hears of it when it goes on',
  async () => {
    const log = join(windows.folder, '../still.log');
    const [holder, other] = [windows.open(), windows.open()];
    const still = holder.ask('hold', { name: 'c', ms: 6_500, log });
    await expect.poll(() => logOf(log).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
    holder.signal('SIGSTOP');
    expect(await other.ask('hold', { name: 'c', ms: 5, log })).toBe('kept');
    holder.signal('SIGCONT');
    expect(await still).toBe('lost');
  },
  20_000,
);

test('a lease of another name is not waited for, and names need not be file names', async () => {
  const folder = await freshFolder();
  const leases = createLeases(
    join(folder, 'not', 'there', 'yet'),
    silentLog,
    createPeerProcesses(),
  );
  const names = ['../a/b', '..\\a\\b', 'con', 'a b', 'A B'];
  const nest = ([name, ...rest]: readonly string[]): Promise<string> =>
    name === undefined ? Promise.resolve('all') : leases.hold(name, () => nest(rest), never);
  expect(await nest(names)).toBe('all');
  expect(await readdir(folder)).toEqual(['not']);
  await rm(folder, { recursive: true });
});

test('leaves one small file for each lease, however often it was held', async () => {
  const folder = await freshFolder();
  const leases = createLeases(folder, silentLog, createPeerProcesses());
  for (let i = 0; i < 5; i++) await leases.hold('a', async () => {}, never);
  const [only = ''] = await readdir(folder);
  expect(await readdir(join(folder, only))).toEqual(['5.free']);
  await rm(folder, { recursive: true });
});

test('an abort ends the waiting at once and leaves the holder alone', async () => {
  const folder = await freshFolder();
  const [one, two] = [createPeerProcesses(), createPeerProcesses()].map((peers) =>
    createLeases(folder, silentLog, peers),
  );
  const stop = new AbortController();
  let retryWith: (() => void) | undefined;
  const holder = one!.hold('a', () => new Promise<void>((resolve) => (retryWith = resolve)), never);
  const near = one!.hold('a', async () => 'in', stop.signal);
  const far = two!.hold('a', async () => 'in', stop.signal);
  stop.abort('stopped');
  await expect(near).rejects.toBe('stopped');
  await expect(far).rejects.toBe('stopped');
  await expect.poll(() => retryWith).toBeDefined();
  retryWith?.();
  await holder;
  await rm(folder, { recursive: true });
});

test('what the work rejects with comes out, and the lease is free again', async () => {
  const folder = await freshFolder();
  const leases = createLeases(folder, silentLog, createPeerProcesses());
  const broken = leases.hold('a', () => Promise.reject(new Error('broken')), never);
  await expect(broken).rejects.toThrow('broken');
  expect(await leases.hold('a', async () => 'in', never)).toBe('in');
  await rm(folder, { recursive: true });
});

test('where the folder cannot be made the work runs all the same, and the log says so once', async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, 'file'), '');
  const log = recordingLog();
  const leases = createLeases(join(folder, 'file', 'leases'), log, createPeerProcesses());
  expect(await leases.hold('a', async (_, reach) => reach, never)).toBe('thisProcess');
  expect(await leases.hold('b', async (_, reach) => reach, never)).toBe('thisProcess');
  expect(log.lines).toEqual(['windows cannot wait for each other: ENOTDIR']);
  await rm(folder, { recursive: true });
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'where the folder cannot be written the work runs all the same',
  async () => {
    const folder = await freshFolder();
    await mkdir(join(folder, 'shut'));
    await chmod(join(folder, 'shut'), 0o500);
    const leases = createLeases(join(folder, 'shut'), silentLog, createPeerProcesses());
    expect(await leases.hold('a', async () => 'in', never)).toBe('in');
    await rm(folder, { recursive: true });
  },
);

const noDisk = whyNoSmallDisk();

test.skipIf(noDisk)(
  `on a full disk nothing is left behind for others to wait for ${noDisk ?? ''}`,
  async () => {
    const disk = mountSmallDisk();
    try {
      const peers = createPeerProcesses();
      const leases = createLeases(disk.folder, silentLog, peers);
      await leases.hold('a', async () => {}, never);
      disk.fill();
      const reaches = await Promise.all(
        [1, 2, 3].map(() => leases.hold('a', async (_, reach) => reach, never)),
      );
      expect(reaches).toEqual(['thisProcess', 'thisProcess', 'thisProcess']);
      const names = await readdir(disk.folder, { recursive: true });
      expect(names.filter((name) => name.endsWith('.held'))).toEqual([]);
    } finally {
      disk.close();
    }
  },
);

test.skipIf(process.platform === 'win32')(
  'a process that is out of handles for a moment waits, and then has the hold',
  async () => {
    const log = join(windows.folder, '../handles.log');
    const window = windows.openWithHandles(64);
    expect(await window.ask('hold', { name: 'd', ms: 1, log })).toBe('kept');
    expect(await window.ask('exhaust', { ms: 700 })).toBeGreaterThan(5);
    expect(await window.ask('hold', { name: 'd', ms: 1, log }).catch(String)).toBe('kept');
  },
);

test.skipIf(process.platform === 'win32')(
  'a process that stays out of handles goes on without the hold, knows so, and waits but once',
  async () => {
    const log = join(windows.folder, '../noHandles.log');
    const window = windows.openWithHandles(64);
    await window.ask('hold', { name: 'e', ms: 1, log });
    await window.ask('exhaust', { ms: 60_000 });
    const beganMs = performance.now();
    expect(await window.ask('hold', { name: 'e', ms: 1, log })).toBe('no hold');
    const firstMs = performance.now() - beganMs;
    for (let i = 0; i < 10; i++) await window.ask('hold', { name: 'e', ms: 1, log });
    expect(performance.now() - beganMs).toBeLessThan(2 * firstMs);
  },
  20_000,
);
