import { createTimeSlices } from '../../../base/async/timeSlices.ts';
import type { Clock } from '../../../base/async/clock.ts';
import { historyOf } from './compaction.ts';
import { chainOf, type RolloutFolder, type RolloutHead, type RolloutSpan } from './rolloutFiles.ts';
import { readRolloutLine, type RolloutLine } from './rolloutLine.ts';
import {
  createRolloutReader,
  type RolloutReader,
  type RolloutReaderOptions,
} from './rolloutReader.ts';
import type { RawLine } from './rawLines.ts';
import type { RolloutItem } from './historyItem.ts';
import type { KeptTurns } from './turnList.ts';

/** A session of the CLI as it is imported. */
export interface ReadSession extends KeptTurns {
  readonly thread: string;
  readonly cwd: string | undefined;
  /** What the model is told of it. */
  readonly history: readonly RolloutItem[];
  /** The greatest number of a line; undefined for versions that number none. */
  readonly ordinal: number | undefined;
  readonly damagedLines: number;
  /** It began as a part of another session whose file is gone. */
  readonly isBaseMissing: boolean;
}

export interface ReadSessionDeps extends RolloutReaderOptions {
  readonly folder: Pick<RolloutFolder, 'lines'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Hears how many bytes have been read. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Reads a session from its files; undefined when there is none. Rejects with the error of the
 * operating system, or with `signal.reason`.
 */
export async function readSession(
  heads: readonly RolloutHead[],
  thread: string,
  deps: ReadSessionDeps,
  signal: AbortSignal,
): Promise<ReadSession | undefined> {
  const { spans, isBaseMissing } = chainOf(heads, thread);
  const latest = spans.at(-1)?.head.meta;
  if (!latest) return undefined;
  const reader = createRolloutReader(deps);
  const found: Found = { damagedLines: 0, ordinal: undefined };
  for (const span of spans) {
    reader.begin(span.head.meta);
    await readSpan(span, deps, { reader, found }, signal);
  }
  const kept = reader.end();
  const { cwd } = latest;
  return { thread, cwd, ...kept, history: historyOf(kept), ...found, isBaseMissing };
}

type Found = { -readonly [Key in 'damagedLines' | 'ordinal']: ReadSession[Key] };

async function readSpan(
  span: RolloutSpan,
  { folder, clock, onProgress }: ReadSessionDeps,
  { reader, found }: { reader: RolloutReader; found: Found },
  signal: AbortSignal,
): Promise<void> {
  const slices = createTimeSlices(clock);
  for await (const lines of folder.lines(span.head.path, signal)) {
    const { taken, damaged, isOver } = takeLines(lines, span);
    found.damagedLines += damaged;
    for (const { line, size } of taken) {
      reader.line(line, size);
      if (line.ordinal !== undefined) found.ordinal = Math.max(found.ordinal ?? 0, line.ordinal);
      await slices.pauseIfDue(signal);
    }
    onProgress?.(lines.reduce((sum, { text }) => sum + (text?.length ?? 0), 0));
    if (isOver) return;
  }
}

interface TakenLines {
  readonly taken: readonly { readonly line: RolloutLine; readonly size: number }[];
  readonly damaged: number;
  /** The rest of the file belongs to another session or was abandoned. */
  readonly isOver: boolean;
}

function takeLines(lines: readonly RawLine[], { end }: RolloutSpan): TakenLines {
  const taken: { line: RolloutLine; size: number }[] = [];
  let damaged = 0;
  for (const { text, at } of lines) {
    if (text?.trim() === '') continue;
    const line = text === undefined ? undefined : readRolloutLine(text);
    if (end && isPast(line, at, end)) return { taken, damaged, isOver: true };
    if (line && text !== undefined) taken.push({ line, size: text.length });
    else damaged++;
  }
  return { taken, damaged, isOver: false };
}

function isPast(
  line: RolloutLine | undefined,
  at: number,
  { ordinal, byte }: NonNullable<RolloutSpan['end']>,
): boolean {
  if (line?.ordinal !== undefined) return line.ordinal >= ordinal;
  return byte !== undefined && at >= byte;
}
