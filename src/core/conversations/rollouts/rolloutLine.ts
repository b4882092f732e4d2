import * as z from 'zod/mini';
import { storedTime } from '../../../base/json/boundedNumbers.ts';
import { parseJson } from '../../../base/json/json.ts';
import { optionalField } from '../../../base/json/optionalField.ts';

/**
 * Rollouts are the logs in which the Codex CLI keeps its sessions, one JSON object a line. Read as
 * versions 0.63 and 0.169 write them; of lines in between, what looks like either.
 */

const text = z.lazy(() => z.string());
const ordinal = z.lazy(() => z.number().check(z.int(), z.nonnegative()));
const uuid = z.lazy(() => z.string().check(z.regex(/^[0-9a-f-]{36}$/i)));

const line = z.lazy(() =>
  z.object({
    timestamp: optionalField(text),
    /** Counts the lines of a thread over all its files; absent in older versions. */
    ordinal: optionalField(ordinal),
    type: text,
    payload: z.record(z.string(), z.unknown()),
    metadata: optionalField(z.object({ compaction_output: optionalField(z.boolean()) })),
  }),
);

export interface RolloutLine {
  readonly atMs: number | undefined;
  readonly ordinal: number | undefined;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The summary that a compaction asked the model for: no answer to anybody. */
  readonly isCompactionOutput: boolean;
}

/** The line; undefined for one that was damaged or that no version writes. */
export function readRolloutLine(json: string): RolloutLine | undefined {
  const parsed = parseJson(line, json);
  if (!parsed) return undefined;
  const { type, payload, metadata } = parsed;
  return {
    atMs: timeOf(parsed.timestamp),
    ordinal: parsed.ordinal,
    type,
    payload,
    isCompactionOutput: metadata?.compaction_output === true,
  };
}

/** Epoch ms of an RFC 3339 time; undefined for what is none. */
export function timeOf(timestamp: string | undefined): number | undefined {
  const parsed = storedTime.safeParse(Date.parse(timestamp ?? ''));
  return parsed.success ? parsed.data : undefined;
}

const sessionMeta = z.lazy(() =>
  z.object({
    id: uuid,
    timestamp: optionalField(text),
    cwd: optionalField(text),
    cli_version: optionalField(text),
    creator_account_id: optionalField(text),
    forked_from_id: optionalField(uuid),
    source: z.optional(z.unknown()),
    history_base: optionalField(
      z.object({
        thread_id: uuid,
        end_ordinal_exclusive: ordinal,
        end_byte_offset: optionalField(z.number()),
      }),
    ),
  }),
);

/** The lines before this place belong to the session too, though they are in another file. */
export interface HistoryBase {
  readonly thread: string;
  readonly endOrdinal: number;
  /** Where the line with that ordinal begins, for files without ordinals. */
  readonly endByte: number | undefined;
}

/** The first line of a file. */
export interface SessionMeta {
  readonly thread: string;
  readonly startedAtMs: number | undefined;
  readonly cwd: string | undefined;
  readonly version: string | undefined;
  /** The ChatGPT account that its encrypted items belong to. */
  readonly accountId: string | undefined;
  readonly base: HistoryBase | undefined;
  /** Another session has started it for a part of its own work. */
  readonly isSubagent: boolean;
}

/** What a `session_meta` line says; undefined for other lines. */
export function readSessionMeta(entry: RolloutLine): SessionMeta | undefined {
  const parsed = entry.type === 'session_meta' ? sessionMeta.safeParse(entry.payload) : undefined;
  if (!parsed?.success) return undefined;
  const { id, timestamp, cwd, cli_version: version, source, history_base: base } = parsed.data;
  return {
    thread: id.toLowerCase(),
    startedAtMs: timeOf(timestamp) ?? entry.atMs,
    cwd,
    version,
    accountId: parsed.data.creator_account_id,
    base: base && {
      thread: base.thread_id.toLowerCase(),
      endOrdinal: base.end_ordinal_exclusive,
      endByte: base.end_byte_offset,
    },
    isSubagent: typeof source === 'object' && source !== null && 'subagent' in source,
  };
}
