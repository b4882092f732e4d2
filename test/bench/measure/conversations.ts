import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { crc32 } from 'node:zlib';
import { systemClock } from '../../../src/base/async/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { createChatStore, type ChatStore } from '../../../src/core/conversations/chatStore.ts';
import { encodeRecord } from '../../../src/core/conversations/recordLine.ts';
import { toStored, type NewChatRecord } from '../../../src/core/conversations/records.ts';
import { createChatFolder, sha256 } from '../../../src/node/storage/chatFolder.ts';
import { createCrc32 } from '../../../src/node/storage/crc32.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

const never = new AbortController().signal;
const chatCount = 5_000;
const words = 'the model reads a file and writes what it found in some words of prose '.split(' ');

/** What keeping chats costs a window: appending, opening, listing and searching. */
export const conversations: Measure = {
  title: 'Chats on the disk: one of 2,000 turns (20 MB), and 5,000 chats (180 MB)',
  isBare: true,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'codex-chats-'));
    try {
      const appends = await measureAppends(join(folder, 'appends'));
      const open = await measureOpen(join(folder, 'long'));
      return [...appends, ...open, ...(await measureMany(join(folder, 'many')))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureAppends(folder: string): Promise<Row[]> {
  const log = openStore(folder).create({});
  log.add(turn(0, 100));
  await log.flush();
  const times: Record<'flush' | 'write', number[]> = { flush: [], write: [] };
  for (let round = 0; round < 400; round++) {
    const how = round % 2 === 0 ? 'flush' : 'write';
    log.add(output(0, round, 300 * (1 + (round % 100))));
    times[how].push(await timed(() => log[how]()));
  }
  log.dispose();
  return [
    atMost('append a record of 0.3–30 kB and sync, p95', percentile(times.flush, 95), 3, 'ms'),
    note('  the same, p50', percentile(times.flush, 50), 'ms'),
    note('  the same, p99', percentile(times.flush, 99), 'ms'),
    note('append without a sync, p50', percentile(times.write, 50), 'ms'),
    note('  the same, p95', percentile(times.write, 95), 'ms'),
    note('  the same, p99', percentile(times.write, 99), 'ms'),
  ];
}

async function measureOpen(folder: string): Promise<Row[]> {
  const size = await writeChat(folder, 'long', 2_000, 4_700);
  const store = openStore(folder);
  const blocks = watchLoop();
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    times.push(
      await timed(async () => {
        const log = await store.open('long', never);
        if (log.conversation().turns.size !== 2_000) throw new Error('not all turns were read');
        log.dispose();
      }),
    );
  }
  return [
    note('size of the chat with 2,000 turns', size / 1e6, 'MB'),
    atMost('open it whole', percentile(times, 50), 250, 'ms'),
    atMost('longest block of the event loop', blocks.end(), 16, 'ms'),
  ];
}

async function measureMany(folder: string): Promise<Row[]> {
  let size = 0;
  for (let at = 0; at < chatCount; at++) size += await writeChat(folder, `chat-${at}`, 4, 4_300);
  const store = openStore(folder);
  await measureSearch(store);
  const blocks = watchLoop();
  const rebuildMs = await timed(() => openStore(folder).refresh(never));
  const rebuildBlockMs = blocks.end();
  const listed: number[] = [];
  for (let round = 0; round < 5; round++) {
    // A new window each time, with nothing in memory.
    const window = openStore(folder);
    listed.push(await timed(() => window.list(never)));
    await window.refresh(never);
  }
  return [
    note('size of 5,000 chats', size / 1e6, 'MB'),
    atMost('list them from the index', percentile(listed, 50), 20, 'ms'),
    note('look at the files of all', await timed(() => store.refresh(never)), 'ms'),
    atMost('rebuild the index', rebuildMs, 500, 'ms'),
    note('  longest block of the event loop', rebuildBlockMs, 'ms'),
    ...(await measureSearch(store)),
  ];
}

async function measureSearch(store: ChatStore): Promise<Row[]> {
  await store.list(never);
  const blocks = watchLoop();
  const times = { title: 0, first: 0, all: 0 };
  let hits = 0;
  times.title = await timed(async () => {
    for await (const hit of store.search('prompt 2499 ', never)) if (hit) break;
  });
  times.first = await timed(async () => {
    for await (const hit of store.search('haystack', never)) if (hit.turn !== undefined) break;
  });
  times.all = await timed(async () => {
    for await (const hit of store.search('haystack', never)) if (hit) hits += 1;
  });
  return [
    atMost('search titles', times.title, 100, 'ms'),
    atMost('search texts: first hit', times.first, 100, 'ms'),
    atMost(`search texts: all (${hits} hits)`, times.all, 1_000, 'ms'),
    note('  longest block of the event loop', blocks.end(), 'ms'),
  ];
}

const openStore = (folder: string): ChatStore =>
  createChatStore({
    files: createChatFolder({ folder, log: silentLog }),
    crc32: createCrc32(),
    sha256,
    clock: systemClock,
    leases: createLocalLeases(),
    log: silentLog,
    newId: randomUUID,
    app: '1.0.0',
  });

async function writeChat(
  folder: string,
  id: string,
  turns: number,
  itemLength: number,
): Promise<number> {
  const number = Number(id.replace(/\D/g, ''));
  const needle = number % 50 === 0 ? ' haystack' : '';
  const records: NewChatRecord[] = [
    { type: 'chat', v: { major: 1, minor: 0 }, chat: id, workspace: `file:///${number % 20}` },
  ];
  for (let at = 0; at < turns; at++) {
    records.push(turn(at, number), output(at, 1, itemLength), output(at, 2, 300, needle), end(at));
  }
  const lines = records.map((record, n) =>
    encodeRecord({ ...toStored(record), n, w: 1, at: 1_790_000_000_000 + n }, crc32),
  );
  await mkdir(folder, { recursive: true });
  const bytes = Buffer.concat(lines);
  await writeFile(join(folder, `${id}.jsonl`), bytes);
  return bytes.length;
}

const turn = (at: number, number: number): NewChatRecord => ({
  type: 'turn',
  turn: `turn-${at}`,
  ...(at === 0 ? {} : { parent: `turn-${at - 1}` }),
  startedAtMs: 5,
  prompt: { text: `prompt ${number} ${prose(120)}`, attachments: [] },
});

const output = (at: number, key: number, length: number, needle = ''): NewChatRecord => ({
  type: 'output',
  turn: `turn-${at}`,
  key: `${key}`,
  parts: [{ kind: 'text', id: `${key}`, text: prose(length) + needle }],
  items: [
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: prose(length) + needle }],
    },
  ],
});

const end = (at: number): NewChatRecord => ({
  type: 'end',
  turn: `turn-${at}`,
  order: ['1', '2'],
  closing: [],
  status: 'done',
  attempt: 1,
  notes: [],
  endedAtMs: 9,
});

function prose(length: number): string {
  let text = '';
  while (text.length < length) text += `${words[text.length % words.length]} `;
  return text;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

/** The longest time that the event loop did not run. */
function watchLoop(): { end(): number } {
  let longestMs = 0;
  let lastMs = performance.now();
  let isOver = false;
  const look = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  return {
    end() {
      isOver = true;
      return longestMs;
    },
  };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}
