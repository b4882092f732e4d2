import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { silentLog } from '../../../src/base/log.ts';
import {
  SharedValueError,
  type SharedValueProblem,
} from '../../../src/base/storage/sharedValue.ts';
import { createSharedFile } from '../../../src/node/storage/sharedValue.ts';
import { createWindows, type Windows } from '../../system/lease/windows.ts';
import { recordingLog } from '../../support/credentials.ts';

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

function open(
  name = 'number',
  into = folder,
  onProblem?: (problem: SharedValueProblem | undefined) => void,
) {
  const log = recordingLog();
  const initial = { count: 0 };
  const leases = createLocalLeases();
  const deps = { folder: into, name, schema, initial, leases, log };
  return { log, ...createSharedFile({ ...deps, ...(onProblem && { onProblem }) }) };
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

/** A folder in the place of the file: neither to be read nor to be written. */
async function breakFile(path: string): Promise<() => Promise<void>> {
  const aside = `${path}.aside`;
  const wasThere = await rename(path, aside).then(
    () => true,
    () => false,
  );
  await mkdir(path);
  return async () => {
    await rm(path, { recursive: true });
    if (wasThere) await rename(aside, path);
  };
}

test('after a fault of the disk nothing older is put over what another window wrote', async () => {
  const names = z.object({ a: z.number(), b: z.number() });
  const deps = { folder, name: 'pair', schema: names, initial: { a: 0, b: 0 }, log: silentLog };
  const openPair = () => createSharedFile({ ...deps, leases: createLocalLeases() });
  const [one, two] = [openPair(), openPair()];
  await one.change((old) => ({ ...old, a: 1 }), never);
  const mend = await breakFile(join(folder, 'pair.json'));
  expect(await two.change((old) => ({ ...old, b: 5 }), never)).toEqual({ a: 0, b: 5 });
  await mend();
  await one.change((old) => ({ ...old, a: 2 }), never);
  await two.change((old) => ({ ...old, b: old.b + 1 }), never);
  expect(await one.read()).toEqual({ a: 2, b: 6 });
  two.dispose();
});

test('what the disk did not take is written by itself once the disk works again', async () => {
  const mend = await breakFile(join(folder, 'number.json'));
  const value = open();
  expect(await value.change(plus(3), never)).toEqual({ count: 3 });
  await mend();
  await expect.poll(() => open().read(), { timeout: 3_000 }).toEqual({ count: 3 });
  expect(await value.change(plus(1), never)).toEqual({ count: 4 });
  expect(await open().read()).toEqual({ count: 4 });
  value.dispose();
});

test('a file that cannot be read is an error to who reads it, and not the default', async () => {
  await open().change(plus(1), never);
  const mend = await breakFile(join(folder, 'number.json'));
  const value = open();
  const problem = { name: 'number', kind: 'unreadable', code: 'EISDIR' };
  await expect(value.read()).rejects.toMatchObject({ problem });
  await mend();
  expect(await value.read()).toEqual({ count: 1 });
});

test('a change that must be stored fails when it is not, and is not made later', async () => {
  const mend = await breakFile(join(folder, 'number.json'));
  const told: unknown[] = [];
  const value = open('number', folder, (problem) => told.push(problem?.kind));
  await expect(value.save(plus(1), never)).rejects.toBeInstanceOf(SharedValueError);
  expect(value.current()).toEqual({ count: 0 });
  await mend();
  expect(await value.save(plus(2), never)).toEqual({ count: 2 });
  expect(told).toEqual(['unreadable', undefined]);
});

test('files and their folder are for the person alone, also those of an earlier version', async () => {
  const path = join(folder, 'number.json');
  await writeFile(path, '{"count":1}', { mode: 0o644 });
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'within'), { mode: 0o700 });
  await open().change(plus(1), never);
  const modeOf = async (each: string) => (await stat(each)).mode & 0o777;
  expect([await modeOf(folder), await modeOf(path)]).toEqual([0o700, 0o600]);
  await open('other').change(plus(1), never);
  expect(await modeOf(join(folder, 'other.json'))).toBe(0o600);
  expect(await modeOf(join(folder, 'within'))).toBe(0o700);
});

test('a copy that was set aside is deleted after a month', async () => {
  const [old, young] = [join(folder, 'number.json.bad'), join(folder, 'other.json.bad')];
  const monthAgo = new Date(Date.now() - 31 * 86_400_000);
  for (const path of [old, young]) await writeFile(path, 'nonsense');
  await utimes(old, monthAgo, monthAgo);
  await open('number').change(plus(1), never);
  await open('other').change(plus(1), never);
  expect(await readdir(folder)).toEqual(['number.json', 'other.json', 'other.json.bad']);
});
