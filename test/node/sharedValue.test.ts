import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createLocalLeases } from '../../src/base/leases.ts';
import { createSharedFile } from '../../src/node/sharedValue.ts';
import { createWindows, type Windows } from '../lease/windows.ts';
import { recordingLog } from '../support/credentials.ts';

const never = new AbortController().signal;
const schema = z.object({ count: z.number() });

let windows: Windows;
let folder: string;
beforeAll(async () => {
  windows = await createWindows('window');
});
afterAll(() => windows.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codex-shared-'));
});
afterEach(() => rm(folder, { recursive: true }));

function open(name = 'number', into = folder) {
  const log = recordingLog();
  const initial = { count: 0 };
  const leases = createLocalLeases();
  return { log, ...createSharedFile({ folder: into, name, schema, initial, leases, log }) };
}

const plus = (by: number) => (old: { count: number }) => ({ count: old.count + by });

test('is the default until it was written, and then what was written', async () => {
  const value = open();
  expect([value.current(), await value.read()]).toEqual([{ count: 0 }, { count: 0 }]);
  expect(await value.change(plus(2), never)).toEqual({ count: 2 });
  expect([value.current(), await open().read()]).toEqual([{ count: 2 }, { count: 2 }]);
  expect(await readdir(folder)).toEqual(['number.json']);
});

test('of many changes at once by several windows none is lost', async () => {
  const three = Array.from({ length: 3 }, () => windows.open());
  await Promise.all(
    three.flatMap((w) => ['a', 'b'].map((key) => w.ask('count', { key, times: 8 }))),
  );
  await three[0]!.ask('listen');
  expect(await three[0]!.ask('current')).toMatchObject({ a: 24, b: 24 });
});

test('hears within a second what another window has changed', async () => {
  const [one, two] = [windows.open(), windows.open()];
  await one.ask('listen');
  await two.ask('count', { key: 'mine', times: 1 });
  await expect.poll(() => one.ask('current'), { timeout: 1_000 }).toMatchObject({ mine: 1 });
});

test('tells of a change once, and not of one that changes nothing', async () => {
  const value = open();
  let heard = 0;
  value.onDidChange(() => heard++);
  await value.change(plus(1), never);
  await value.change(plus(0), never);
  await value.read();
  expect(heard).toBe(1);
  value.dispose();
});

test('a file that holds nonsense counts as absent, and a copy of it is kept', async () => {
  await writeFile(join(folder, 'number.json'), '{"count":"many"}');
  const value = open();
  expect([await value.read(), await value.read()]).toEqual([{ count: 0 }, { count: 0 }]);
  expect(await value.change(plus(1), never)).toEqual({ count: 1 });
  await expect
    .poll(() => readFile(join(folder, 'number.json.bad'), 'utf8').catch(() => ''))
    .toBe('{"count":"many"}');
  expect(value.log.lines).toHaveLength(1);
});

test('what the disk does not take lives on in this window, and the log says so once', async () => {
  await writeFile(join(folder, 'file'), '');
  const value = open('number', join(folder, 'file'));
  await value.change(plus(1), never);
  expect(await value.change(plus(1), never)).toEqual({ count: 2 });
  expect(await value.read()).toEqual({ count: 2 });
  expect(value.log.lines.filter((line) => line.includes('written'))).toHaveLength(1);
});

test('a folder that cannot be watched is looked at now and then, until the end', async () => {
  const path = join(folder, 'late');
  await writeFile(path, '');
  const value = open('number', path);
  const heard = new Promise<void>((resolve) => value.onDidChange(resolve));
  await rm(path);
  await open('number', path).change(plus(3), never);
  await heard;
  expect(value.current()).toEqual({ count: 3 });
  value.dispose();
});

test('a change that fails leaves the value as it was', async () => {
  const value = open();
  const broken = value.change(() => {
    throw new Error('broken');
  }, never);
  await expect(broken).rejects.toThrow('broken');
  expect([await value.read(), await readdir(folder)]).toEqual([{ count: 0 }, []]);
});
