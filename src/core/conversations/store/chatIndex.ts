import * as z from 'zod/mini';
import { inOrder } from '../../../base/async/inOrder.ts';
import type { Clock } from '../../../base/async/clock.ts';
import { describeError } from '../../../base/describeError.ts';
import { createEmitter, type Event } from '../../../base/event.ts';
import { parseJson } from '../../../base/json/json.ts';
import type { Log } from '../../../base/log.ts';
import type { ChatFiles, FileStamp } from '../chatFiles.ts';
import type { Crc32 } from '../recordLine.ts';
import { createLogSummarizer, type ChatSummary } from './summary.ts';

/**
 * The summaries of all chats, kept in a file that is only a cache: a row counts while size and time
 * of its log agree, and everything can be read from the logs again. A row goes only when its chat was
 * removed, never because its file was not seen.
 */
export interface ChatIndex {
  /**
   * The rows as they were last known; what has changed on the disk meanwhile is looked for, and comes
   * with `onDidChange`. Without an index file, all logs are read first. Rejects with `signal.reason`.
   */
  rows(signal: AbortSignal): Promise<readonly ChatSummary[]>;
  /** The rows after a look at each file. Rejects as the disk does, or with `signal.reason`. */
  refresh(signal: AbortSignal): Promise<readonly ChatSummary[]>;
  /** The next call of `rows` looks at the files, however soon it comes. */
  outdate(): void;
  /** Removes the row of a chat that was removed. */
  drop(id: string): Promise<void>;
  readonly onDidChange: Event<void>;
}

export interface ChatIndexDeps {
  readonly files: ChatFiles;
  readonly crc32: Crc32;
  readonly clock: Clock;
  readonly log: Log;
}

/** The files are looked at at most this often, ms. */
const betweenLooksMs = 5_000;

type Row = ChatSummary & FileStamp;

/** The number changes with the form of a row: other versions read all logs again. */
const indexForm = z.lazy(() =>
  z.object({ version: z.literal(1), rows: z.array(z.custom<Row>(isRow)) }),
);

const textFields: readonly (keyof Row)[] = ['title', 'firstPrompt', 'workspace', 'readOnly'];
const numberFields: readonly (keyof Row)[] = [
  'turnCount',
  'createdAtMs',
  'updatedAtMs',
  'damagedLines',
  'size',
  'mtimeMs',
];

/** By hand, since a schema of an object takes 20 ms for the rows of 5,000 chats. */
function isRow(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const name of numberFields) if (typeof value[name] !== 'number') return false;
  for (const name of textFields) if (typeof (value[name] ?? '') !== 'string') return false;
  return typeof value['id'] === 'string' && typeof value['isPinned'] === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Files that are looked at, and logs that are read, at the same time. */
const mostStamps = 64;
const mostReads = 16;

export function createChatIndex(deps: ChatIndexDeps): ChatIndex {
  const { files, clock, log } = deps;
  const changes = createEmitter<void>((error) => log.error(describeError(error)));
  const never = new AbortController().signal;
  let rows: Map<string, Row> | undefined;
  let looking: Promise<unknown> | undefined;
  let lookedAtMs = -Infinity;

  async function load(): Promise<Map<string, Row> | undefined> {
    if (rows) return rows;
    const text = await files.readIndex().catch(() => undefined);
    const stored = text === undefined ? undefined : parseJson(indexForm, text);
    rows ??= stored && new Map(stored.rows.map((each) => [each.id, each]));
    return rows;
  }

  async function write(): Promise<void> {
    const text = JSON.stringify({ version: 1, rows: [...(rows?.values() ?? [])] });
    // Without it, all logs are read again the next time.
    await files.writeIndex(text).catch((error: unknown) => {
      log.debug(`the index of the chats could not be written: ${describeError(error)}`);
    });
  }

  async function refresh(signal: AbortSignal): Promise<readonly ChatSummary[]> {
    const known = (await load()) ?? new Map<string, Row>();
    const found = await findChanges(deps, known, signal);
    const isChanged = rows === undefined || found.changed.length + found.removed.length > 0;
    rows = known;
    for (const id of found.removed) known.delete(id);
    for (const each of found.changed) known.set(each.id, each);
    if (isChanged) {
      await write();
      changes.fire();
    }
    return [...known.values()];
  }

  function lookSoon(): void {
    if (looking || clock.now() - lookedAtMs < betweenLooksMs) return;
    lookedAtMs = clock.now();
    looking = refresh(never)
      .catch((error: unknown) => log.warn(`chats could not be listed: ${describeError(error)}`))
      .finally(() => void (looking = undefined));
  }

  return {
    outdate: () => void (lookedAtMs = -Infinity),
    async rows(signal) {
      const known = await load();
      signal.throwIfAborted();
      if (!known) return refresh(signal);
      lookSoon();
      return [...known.values()];
    },
    refresh,
    async drop(id) {
      if ((await load())?.delete(id)) await write();
      changes.fire();
    },
    onDidChange: changes.event,
  };
}

/** Reads the logs that are not as their rows say, and looks which chats are in the trash. */
async function findChanges(
  { files, crc32 }: ChatIndexDeps,
  known: ReadonlyMap<string, Row>,
  signal: AbortSignal,
): Promise<{ changed: Row[]; removed: string[] }> {
  const ids = await files.list();
  const present = new Set(ids);
  const trash = (await files.trash.list()).map(({ id }) => id);
  const stale: { id: string; stamp: FileStamp }[] = [];
  const stampOf = async (id: string) => ({ id, stamp: await files.stamp(id) });
  for await (const { id, stamp } of inOrder(ids, { most: mostStamps, signal }, stampOf)) {
    const old = known.get(id);
    if (stamp && !(old && isSameStamp(old, stamp))) stale.push({ id, stamp });
  }
  const changed: Row[] = [];
  const readRow = async ({ id, stamp }: { id: string; stamp: FileStamp }) => {
    const summarizer = createLogSummarizer(id, crc32);
    await files.open(id).read(0, summarizer.push, signal);
    return { ...summarizer.current(), ...stamp };
  };
  for await (const each of inOrder(stale, { most: mostReads, signal }, readRow)) changed.push(each);
  return { changed, removed: trash.filter((id) => known.has(id) && !present.has(id)) };
}

const isSameStamp = (a: FileStamp, b: FileStamp) => a.size === b.size && a.mtimeMs === b.mtimeMs;
