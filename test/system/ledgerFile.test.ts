import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import type { LedgerEntry } from '../../src/core/ledger/entry.ts';
import { createLedgerFile } from '../../src/node/storage/ledgerFile.ts';

const atMs = Date.UTC(2026, 9, 5);

function entry(id: string, at = atMs, revision = 0): LedgerEntry {
  const times = { atMs: at, endedAtMs: at, requests: 1, revision };
  const names = { chatId: 'c', credentialId: 'a', model: 'm', effort: 'low' };
  const lists = { spans: [], failed: [], shares: [] };
  return { version: 1, id, ...times, ...names, ...lists, kind: 'turn', outcome: 'done' };
}

async function open() {
  const parent = await mkdtemp(join(tmpdir(), 'ledger-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'not', 'there');
  return { folder, file: createLedgerFile({ folder, log: silentLog }) };
}

test('keeps the latest form of each turn, in a file that only its owner reads', async () => {
  const { folder, file } = await open();
  expect(await file.read(0)).toEqual({ entries: [], unreadable: 0 });
  await Promise.all([entry('a'), entry('b', atMs + 1), entry('a', atMs, 1)].map(file.append));
  const { entries } = await file.read(0);
  expect(entries.map(({ id, revision }) => [id, revision])).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
  const [name = ''] = await readdir(folder);
  expect(name).toBe('ledger-2026-10.jsonl');
  if (process.platform !== 'win32')
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('skips and counts what it cannot read; a line cut short spoils no other', async () => {
  const { folder, file } = await open();
  await file.append(entry('a'));
  await appendFile(join(folder, 'ledger-2026-10.jsonl'), '{"version":1,"id":"cu');
  await file.append(entry('b'));
  await appendFile(join(folder, 'ledger-2026-10.jsonl'), '{"version":9}\n');
  const { entries, unreadable } = await file.read(0);
  expect([entries.map(({ id }) => id), unreadable]).toEqual([['a', 'b'], 2]);
});

test('reads only what was appended since the last time', async () => {
  const { folder, file } = await open();
  await file.append(entry('a'));
  await file.read(0);
  const path = join(folder, 'ledger-2026-10.jsonl');
  const { size } = await stat(path);
  // A part that is read again would be noticed: it holds no entry any more.
  await writeFile(path, ' '.repeat(size));
  await file.append(entry('b', atMs + 1));
  const whole = JSON.stringify(entry('c', atMs + 2));
  await appendFile(path, whole.slice(0, 40));
  const ids = async () => (await file.read(0)).entries.map(({ id }) => id);
  expect(await ids()).toEqual(['a', 'b']);
  await appendFile(path, `${whole.slice(40)}\n`);
  expect(await ids()).toEqual(['a', 'b', 'c']);
  expect((await file.read(0)).unreadable).toBe(0);
});

test('reads all of a file that is shorter than it was, or another one', async () => {
  const { folder, file } = await open();
  const path = join(folder, 'ledger-2026-10.jsonl');
  await file.append(entry('a'));
  await file.append(entry('b'));
  await file.read(0);
  await writeFile(path, `${JSON.stringify(entry('c'))}\n`);
  expect((await file.read(0)).entries.map(({ id }) => id)).toEqual(['c']);
  await writeFile(`${path}.new`, `${JSON.stringify(entry('d'))}\n`.repeat(5));
  await rename(`${path}.new`, path);
  expect((await file.read(0)).entries.map(({ id }) => id)).toEqual(['d']);
});

test('reads a month of 150,000 lines', { timeout: 60_000 }, async () => {
  const { file, folder } = await open();
  await file.append(entry('a'));
  const [name = ''] = await readdir(folder);
  const lines = Array.from({ length: 150_000 }, (_, at) => JSON.stringify(entry(`t${at}`)));
  await writeFile(join(folder, name), lines.join('\n'));
  expect((await file.read(0)).entries).toHaveLength(150_000);
});

test('of a line with odd figures the rest is kept', async () => {
  const { file, folder } = await open();
  await file.append(entry('a'));
  const [name = ''] = await readdir(folder);
  const tokens = { input: 1e300, cached: 0, output: 0, reasoning: 0 };
  const share = { credentialId: 'cred', kind: 'fiveHour', label: '5h', startsAtMs: 0 };
  const shares = [
    { ...share, points: 1e9, certainty: 'measured' },
    { ...share, points: 2, certainty: 'measured' },
  ];
  const odd = { ...entry('a'), id: 'odd', tokens, contextTokens: -1, failed: [7, 'cut'], shares };
  const lost = { ...entry('a'), id: 'lost', atMs: 1e300 };
  const text = [odd, lost].map((one) => JSON.stringify(one)).join('\n');
  await appendFile(join(folder, name), `\n${text}\n`);
  const read = await file.read(0);
  expect(read.unreadable).toBe(1);
  expect(read.entries.find(({ id }) => id === 'odd')).toEqual({
    ...entry('odd'),
    failed: ['cut'],
    shares: [shares[1]],
  });
});

test('reads from a time on, and drops files older than 13 months', async () => {
  const { folder, file } = await open();
  for (const year of [2024, 2025, 2026]) {
    for (const month of [0, 8, 9])
      await file.append(entry(`${year}-${month}`, Date.UTC(year, month)));
  }
  const { entries } = await file.read(Date.UTC(2026, 8));
  expect(entries.map(({ id }) => id)).toEqual(['2026-8', '2026-9']);
  await file.prune(Date.UTC(2026, 9, 20));
  expect((await readdir(folder)).toSorted()).toEqual(
    ['2025-09', '2025-10', '2026-01', '2026-09', '2026-10'].map((month) => `ledger-${month}.jsonl`),
  );
});

test('two processes that append at the same time tear nothing', { timeout: 60_000 }, async () => {
  const { folder, file } = await open();
  const script = fileURLToPath(new URL('ledgerAppender.ts', import.meta.url));
  const run = (name: string) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', script, folder, name, `${atMs}`]);
  await Promise.all([run('one'), run('two')]);
  const { entries, unreadable } = await file.read(0);
  expect([entries.length, unreadable]).toEqual([1000, 0]);
});
