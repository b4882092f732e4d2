import { createLineSplitter } from './lines.ts';
import { decodeRecord, longestLine, type Crc32, type StoredRecord } from './recordLine.ts';
import { readRecord, recordVersion, type ChatRecord } from './records.ts';
import type { ReadOnlyReason } from './conversation.ts';

/** A chat as the list of all chats has it. */
export interface ChatSummary {
  readonly id: string;
  /** The title that it was given; undefined while it has none. */
  readonly title: string | undefined;
  /** The beginning of the first prompt, on one line. */
  readonly firstPrompt: string | undefined;
  /** URI of its first folder. */
  readonly workspace: string | undefined;
  readonly turnCount: number;
  /** Times of its first record and of the last one of a turn, epoch ms. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly isPinned: boolean;
  readonly readOnly: ReadOnlyReason | undefined;
  /** Lines that are no records. Counted when the chat is opened; 0 before. */
  readonly damagedLines: number;
}

/** Makes the summary of a chat from the bytes of its log, in pieces. */
export interface Summarizer {
  push(bytes: Uint8Array): void;
  summary(): ChatSummary;
}

/** Records that are large and many: of these, only type and time are looked at. */
const bulky: ReadonlySet<string> = new Set(['item', 'partial', 'end']);
/** Records that do not count as activity in the chat. */
const quiet: ReadonlySet<string> = new Set(['title', 'pin', 'take', 'branch']);
const longestPrompt = 120;
/** The writer puts the type first and the time last. */
const typeAtStart = /^[\da-f]{8} \{"type":"(\w{1,40})"/;
const timeAtEnd = /"at":(\d{1,16})\}$/;

export function createSummarizer(id: string, crc32: Crc32): Summarizer {
  const lines = createLineSplitter(longestLine);
  let summary: ChatSummary = {
    id,
    title: undefined,
    firstPrompt: undefined,
    workspace: undefined,
    turnCount: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    isPinned: false,
    readOnly: 'noBeginning',
    damagedLines: 0,
  };

  function takeRecord(stored: StoredRecord): void {
    const record = readRecord(stored);
    if (record) summary = withRecord(summary, record);
    else if (stored.critical) {
      summary = { ...summary, readOnly: summary.readOnly ?? 'unknownRecord' };
    }
    if (!quiet.has(stored.type)) touch(stored.at);
  }

  function touch(atMs: number): void {
    const createdAtMs = summary.createdAtMs || atMs;
    summary = { ...summary, createdAtMs, updatedAtMs: atMs };
  }

  function takeLine(line: Uint8Array): void {
    const type = typeAtStart.exec(latin1(line.subarray(0, 64)))?.[1];
    const time = timeAtEnd.exec(latin1(line.subarray(-24)))?.[1];
    if (type !== undefined && time !== undefined && bulky.has(type)) return touch(Number(time));
    const record = line.length === 0 ? undefined : decodeRecord(line, crc32);
    if (record) takeRecord(record);
    else if (line.length > 0) summary = { ...summary, damagedLines: summary.damagedLines + 1 };
  }

  return {
    push: (bytes) => lines.push(bytes, (line) => line && takeLine(line)),
    summary: () => summary,
  };
}

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

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
