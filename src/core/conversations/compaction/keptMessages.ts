import * as z from 'zod/mini';
import { userMessage, type InputItem } from '../../responses/request/input.ts';
import { storedPart, storedPartType, type Attachment } from '../attachments/attachment.ts';
import { oneLine } from '../attachments/attachmentText.ts';
import type { HistoryEntry } from '../context/historyEntry.ts';
import { utf8Head, utf8Length, utf8Tail } from './utf8.ts';

/** What the kept messages may take together, in tokens of {@link bytesPerToken} bytes. */
export const keptTokens = 20_000;
/** The Codex CLI counts this budget so, whatever a tokenizer would say (WIRE.md f). */
const bytesPerToken = 4;

export interface KeptMessage {
  /** The message that it was, and the one that goes on. */
  readonly entry: HistoryEntry;
  readonly item: InputItem;
  /** Its middle was left out. */
  readonly isCut: boolean;
}

/**
 * The messages of the user that go on beside the summary, oldest first: from the newest one back,
 * as many as the budget holds. The one that crosses it keeps its beginning and its end around a mark
 * with the count of what is left out; all older ones are gone. Images are replaced by a line each.
 */
export function keepMessages(
  entries: readonly HistoryEntry[],
  budget: number = keptTokens,
): KeptMessage[] {
  const kept: KeptMessage[] = [];
  let left = budget;
  for (const entry of entries.toReversed()) {
    if (left <= 0) break;
    if (entry.kind !== 'user') continue;
    const texts = textsOf(entry);
    const tokens = Math.ceil(lengthOf(texts) / bytesPerToken);
    const isCut = tokens > left;
    kept.push({ entry, item: userMessage(...(isCut ? cut(texts, left) : texts)), isCut });
    left -= tokens;
  }
  return kept.toReversed();
}

const lengthOf = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + utf8Length(text), 0);

/** The beginning and the end of the texts taken as one, each half of the budget, and the mark. */
function cut(texts: readonly string[], tokens: number): string[] {
  const bytes = tokens * bytesPerToken;
  const headBytes = Math.floor(bytes / 2);
  const removed = Math.ceil((lengthOf(texts) - bytes) / bytesPerToken);
  return [
    ...headOf(texts, headBytes),
    `…${removed} tokens truncated…`,
    ...tailOf(texts, bytes - headBytes),
  ];
}

function headOf(texts: readonly string[], bytes: number): string[] {
  const head: string[] = [];
  let left = bytes;
  for (const text of texts) {
    const piece = utf8Head(text, left);
    if (piece !== '') head.push(piece);
    if (piece.length < text.length) break;
    left -= utf8Length(piece);
  }
  return head;
}

function tailOf(texts: readonly string[], bytes: number): string[] {
  const tail: string[] = [];
  let left = bytes;
  for (const text of texts.toReversed()) {
    const piece = utf8Tail(text, left);
    if (piece !== '') tail.push(piece);
    if (piece.length < text.length) break;
    left -= utf8Length(piece);
  }
  return tail.toReversed();
}

const content = z.lazy(() =>
  z.catch(z.union([z.string(), z.array(z.looseObject({ type: z.catch(z.string(), '') }))]), []),
);

/** The text parts of a message, with a line for each image; what is neither is left out. */
function textsOf({ item, imageNames = [] }: HistoryEntry): string[] {
  const parts = z.parse(content, item['content']);
  if (typeof parts === 'string') return [parts];
  let images = 0;
  return parts.flatMap((part) => {
    const stored = part.type === storedPartType ? storedPart.safeParse(part).data : undefined;
    if (stored) return [lineOf(stored.attachment)];
    if (part.type === 'input_image') return [imageLine(imageNames[images++], images)];
    return typeof part['text'] === 'string' ? [part['text']] : [];
  });
}

/** A body that is in the store is not taken along; short texts stand in the message itself. */
const lineOf = ({ kind, name }: Attachment) =>
  kind === 'image'
    ? imageLine(oneLine(name), 1)
    : `[${oneLine(name)}: a text that was attached here and is no longer]`;

function imageLine(name: string | undefined, number: number): string {
  return `[${name ?? `Image ${number}`}: an image that was shown here and is no longer attached]`;
}
