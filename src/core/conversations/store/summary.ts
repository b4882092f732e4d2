import { createLineSplitter } from '../lines.ts';
import { decodeRecord, longestLine, type Crc32, type StoredRecord } from '../recordLine.ts';
import { readRecord, recordVersion, type ChatRecord } from '../records.ts';
import type { ReadOnlyReason } from '../conversation.ts';

/** A chat as the list of all chats has it. */
export interface ChatSummary {
  readonly id: string;
  /** The title that it was given. */
  readonly title?: string | undefined;
  /** The beginning of the first prompt, on one line. */
  readonly firstPrompt?: string | undefined;
  /** URI of its first folder. */
  readonly workspace?: string | undefined;
  readonly turnCount: number;
  /** Times of its first record and of the last one of a turn, epoch ms. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly isPinned: boolean;
  readonly readOnly?: ReadOnlyReason | undefined;
  /** Lines that are no records. Most of them are found only when the chat is opened. */
  readonly damagedLines: number;
}

/** Records that are large and many: of these, only type and time are looked at. */
const bulky: ReadonlySet<string> = new Set(['output', 'end']);
/** Records that do not count as activity in the chat. */
const quiet: ReadonlySet<string> = new Set([
  'title',
  'pin',
  'take',
  'branch',
  'receipt',
  'cacheKey',
]);
const longestPrompt = 120;
/** The writer puts the type first and the time last. */
const typeAtStart = /^[\da-f]{8} \{"type":"(\w{1,40})"/;
const timeAtEnd = /"at":(\d{1,16})\}$/;

/** Makes the summary of a chat from its records in their order. */
export interface SummaryBuilder {
  add(record: StoredRecord | Pick<StoredRecord, 'type' | 'at'>): void;
  current(): ChatSummary;
}

export function createSummaryBuilder(id: string): SummaryBuilder {
  let summary: ChatSummary = {
    id,
    turnCount: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    isPinned: false,
    readOnly: 'noBeginning',
    damagedLines: 0,
  };
  return {
    add(stored) {
      const { type, at } = stored;
      const updatedAtMs = quiet.has(type) ? summary.updatedAtMs : at;
      summary = { ...summary, createdAtMs: summary.createdAtMs || at, updatedAtMs };
      if (bulky.has(type) || !('n' in stored)) return;
      const record = readRecord(stored);
      if (record) summary = withRecord(summary, record);
      else if (stored.critical) {
        summary = { ...summary, readOnly: summary.readOnly ?? 'unknownRecord' };
      }
    },
    current: () => summary,
  };
}

/** Makes the summary from the bytes of the log, in pieces, without parsing most of its records. */
export interface LogSummarizer {
  push(bytes: Uint8Array): void;
  current(): ChatSummary;
}

export function createLogSummarizer(id: string, crc32: Crc32): LogSummarizer {
  const lines = createLineSplitter(longestLine);
  const builder = createSummaryBuilder(id);
  let damagedLines = 0;

  function take(line: Uint8Array | undefined): void {
    if (line?.length === 0) return;
    const bulk = line && bulkOf(line);
    const record = bulk ?? (line && decodeRecord(line, crc32));
    if (record) builder.add(record);
    else damagedLines += 1;
  }

  return {
    push: (bytes) => lines.push(bytes, take),
    current: () => ({ ...builder.current(), damagedLines }),
  };
}

/** Type and time of a line that need not be parsed; its checksum is looked at when it is opened. */
function bulkOf(line: Uint8Array): { type: string; at: number } | undefined {
  const type = typeAtStart.exec(decoder.decode(line.subarray(0, 64)))?.[1];
  if (type === undefined || !bulky.has(type)) return undefined;
  const time = timeAtEnd.exec(decoder.decode(line.subarray(-24)))?.[1];
  return time === undefined ? undefined : { type, at: Number(time) };
}

const decoder = new TextDecoder();

function withRecord(summary: ChatSummary, record: ChatRecord): ChatSummary {
  switch (record.type) {
    case 'chat': {
      const readOnly = record.v.major > recordVersion.major ? 'newerVersion' : undefined;
      return { ...summary, workspace: record.workspace, readOnly };
    }
    case 'turn': {
      const firstPrompt = summary.firstPrompt ?? beginningOf(record.prompt.text);
      return { ...summary, turnCount: summary.turnCount + 1, firstPrompt };
    }
    case 'title':
      return { ...summary, title: record.text };
    case 'pin':
      return { ...summary, isPinned: record.isPinned };
    default:
      return summary;
  }
}

function beginningOf(prompt: string): string {
  return prompt
    .slice(0, 4 * longestPrompt)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestPrompt);
}
