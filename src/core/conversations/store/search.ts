import { inOrder } from '../../../base/async/inOrder.ts';
import { truncate } from '../../../base/truncate.ts';
import type { ChatFiles } from '../chatFiles.ts';
import { createLineSplitter } from '../lines.ts';
import { decodeRecord, longestLine, type Crc32, type StoredRecord } from '../recordLine.ts';
import type { ChatSummary } from './summary.ts';

/** Where the text stands. */
export interface SearchHit {
  readonly chat: string;
  /** The turn that says it; undefined for the title. */
  readonly turn: string | undefined;
  /** What stands around it, on one line; `from` and `to` are where the text begins and ends in it. */
  readonly excerpt: { readonly text: string; readonly from: number; readonly to: number };
}

export interface SearchDeps {
  readonly files: Pick<ChatFiles, 'open'>;
  readonly crc32: Crc32;
}

const mostReads = 16;
/** Characters of an excerpt before the text, and in all. */
const excerptBefore = 40;
const excerptLength = 200;
/** More hits in one chat are not told: who wants them opens the chat. */
const mostHits = 20;
/** A record in which more strings stand is not searched to its end. */
const mostStrings = 1_000;
/** Longer texts to search for are cut, characters. */
const longestQuery = 200;

/** The chats whose title, or whose first prompt while they have none, holds the text. */
export function searchTitles(query: string, chats: readonly ChatSummary[]): SearchHit[] {
  const wanted = wantedText(query);
  if (wanted === '') return [];
  return chats.flatMap(({ id, title, firstPrompt }) => {
    const excerpt = excerptOf(title ?? firstPrompt ?? '', wanted);
    return excerpt ? [{ chat: id, turn: undefined, excerpt }] : [];
  });
}

/**
 * Looks for the text in what the user and the model have said, chat by chat in the given order. Upper
 * and lower case are the same. A chat that cannot be read is left out. Rejects with `signal.reason`.
 */
export async function* searchTexts(
  query: string,
  ids: readonly string[],
  deps: SearchDeps,
  signal: AbortSignal,
): AsyncGenerator<SearchHit, void, undefined> {
  const wanted = wantedText(query);
  if (wanted === '') return;
  const searchOne = (id: string) =>
    searchChat(id, wanted, deps, signal).catch((): SearchHit[] => {
      signal.throwIfAborted();
      return [];
    });
  for await (const hits of inOrder(ids, { most: mostReads, signal }, searchOne)) yield* hits;
}

const wantedText = (query: string) => truncate(query.trim(), longestQuery).toLowerCase();

async function searchChat(
  id: string,
  wanted: string,
  { files, crc32 }: SearchDeps,
  signal: AbortSignal,
): Promise<SearchHit[]> {
  const pattern = patternOf(wanted);
  if (!(await mayHold(id, pattern, { files, signal }))) return [];
  const hits = new Map<string, SearchHit>();
  const lines = createLineSplitter(longestLine);
  const decoder = new TextDecoder();

  function take(line: Uint8Array): void {
    if (hits.size >= mostHits || !pattern.test(decoder.decode(line))) return;
    const record = decodeRecord(line, crc32);
    if (!record) return;
    const turn = turnOf(record);
    if (turn === undefined || hits.has(turn)) return;
    const excerpt = firstExcerpt(record, wanted);
    if (excerpt) hits.set(turn, { chat: id, turn, excerpt });
  }

  const onPiece = (bytes: Uint8Array) => lines.push(bytes, (line) => line && take(line));
  await files.open(id).read(0, onPiece, signal);
  return [...hits.values()];
}

/** The text as it stands in JSON, in upper or lower case. */
function patternOf(wanted: string): RegExp {
  const escaped = JSON.stringify(wanted).slice(1, -1);
  return new RegExp(escaped.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'i');
}

/** Most logs do not hold the text anywhere, and need not be divided into records. */
async function mayHold(
  id: string,
  pattern: RegExp,
  { files, signal }: Pick<SearchDeps, 'files'> & { signal: AbortSignal },
): Promise<boolean> {
  const decoder = new TextDecoder();
  let rest = '';
  let isFound = false;
  await files.open(id).read(
    0,
    (bytes) => {
      if (isFound) return;
      const text = rest + decoder.decode(bytes, { stream: true });
      isFound = pattern.test(text);
      rest = text.slice(-6 * longestQuery);
    },
    signal,
  );
  return isFound;
}

function turnOf(record: StoredRecord): string | undefined {
  const turn = record['turn'];
  return typeof turn === 'string' ? turn : undefined;
}

/** Around the first place in the texts of the record, such as its prompt and its parts. */
function firstExcerpt(record: StoredRecord, wanted: string): SearchHit['excerpt'] | undefined {
  let strings = 0;
  function look(value: unknown, key: string): SearchHit['excerpt'] | undefined {
    if (typeof value === 'string') {
      strings += 1;
      return key === 'text' ? excerptOf(value, wanted) : undefined;
    }
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [name, inner] of Object.entries(value)) {
      const found = strings < mostStrings && look(inner, Array.isArray(value) ? key : name);
      if (found) return found;
    }
    return undefined;
  }
  return look(record, '');
}

function excerptOf(text: string, wanted: string): SearchHit['excerpt'] | undefined {
  const lower = text.toLowerCase();
  const at = lower.indexOf(wanted);
  if (at < 0) return undefined;
  // A few letters change their length with their case: the place is then a little off.
  const start = Math.max(0, at - excerptBefore);
  const piece = truncate(text.slice(start), excerptLength).replace(/\s/g, ' ');
  const from = Math.min(at - start, piece.length);
  return { text: piece, from, to: Math.min(from + wanted.length, piece.length) };
}
