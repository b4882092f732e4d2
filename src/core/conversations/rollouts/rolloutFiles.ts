import type { RawLine } from './rawLines.ts';
import type { SessionMeta } from './rolloutLine.ts';

/** A file of a session; a session may have several. */
export interface RolloutFile {
  readonly path: string;
  readonly size: number;
  /** Last change, epoch ms. */
  readonly changedAtMs: number;
  readonly isArchived: boolean;
}

/** What the head of a file says. */
export interface RolloutHead extends RolloutFile {
  readonly meta: SessionMeta;
  /** First line of the first message; empty when the head holds none. */
  readonly firstWords: string;
}

/** Where the CLI keeps its sessions. Only ever read. */
export interface RolloutFolder {
  /** Heads of all files that can be read. */
  heads(signal: AbortSignal): Promise<RolloutHeads>;
  /** The lines of a file. Rejects with the error of the operating system. */
  lines(path: string, signal: AbortSignal): AsyncIterable<readonly RawLine[]>;
}

export interface RolloutHeads {
  readonly heads: readonly RolloutHead[];
  /** The names that the user gave to sessions, by thread. */
  readonly names: ReadonlyMap<string, string>;
  /** Files that cannot be read, or that are no sessions. */
  readonly unreadable: number;
}

/** A session as a list shows it. */
export interface RolloutSession {
  readonly thread: string;
  readonly title: string;
  readonly cwd: string | undefined;
  readonly startedAtMs: number;
  readonly changedAtMs: number;
  readonly isArchived: boolean;
  /** Bytes of its files. */
  readonly size: number;
}

export interface RolloutSessions {
  /** The one that changed last comes first. */
  readonly sessions: readonly RolloutSession[];
  /** Parts of the work of other sessions; they are not listed. */
  readonly subagents: number;
  readonly unreadable: number;
}

const startOf = ({ meta, changedAtMs }: RolloutHead) => meta.startedAtMs ?? changedAtMs;

/** In the order in which the files of a session were begun. */
function byStart(a: RolloutHead, b: RolloutHead): number {
  return startOf(a) - startOf(b) || (a.path < b.path ? -1 : 1);
}

function byThread(heads: readonly RolloutHead[]): Map<string, RolloutHead[]> {
  const threads = new Map<string, RolloutHead[]>();
  for (const head of heads.toSorted(byStart)) {
    const files = threads.get(head.meta.thread) ?? [];
    // A session that was moved to the archive while the list was made.
    if (!files.some((other) => baseName(other.path) === baseName(head.path))) files.push(head);
    threads.set(head.meta.thread, files);
  }
  return threads;
}

const baseName = (path: string) => path.slice(path.search(/[^/\\]*$/));

/** One entry for each session, however many files it has. */
export function sessionsOf({ heads, names, unreadable }: RolloutHeads): RolloutSessions {
  const own = heads.filter(({ meta }) => !meta.isSubagent);
  const sessions = [...byThread(own)].map(([thread, files]): RolloutSession => {
    const [first] = files;
    const words = files.find(({ firstWords }) => firstWords !== '')?.firstWords ?? '';
    return {
      thread,
      title: names.get(thread) ?? words,
      cwd: files.at(-1)?.meta.cwd,
      startedAtMs: first ? startOf(first) : 0,
      changedAtMs: Math.max(...files.map(({ changedAtMs }) => changedAtMs)),
      isArchived: files.every(({ isArchived }) => isArchived),
      size: files.reduce((sum, { size }) => sum + size, 0),
    };
  });
  sessions.sort((a, b) => b.changedAtMs - a.changedAtMs || (a.thread < b.thread ? -1 : 1));
  return { sessions, subagents: heads.length - own.length, unreadable };
}

/** A file of the session and how far it belongs to it. */
export interface RolloutSpan {
  readonly head: RolloutHead;
  /** The first line that does not; undefined: all of it does. */
  readonly end: { readonly ordinal: number; readonly byte: number | undefined } | undefined;
}

export interface RolloutChain {
  /** In the order of the conversation. */
  readonly spans: readonly RolloutSpan[];
  /** The session began as a part of another one whose file is gone. */
  readonly isBaseMissing: boolean;
}

/**
 * The files that make up a session. A fork holds nothing of the session that it comes from, and a
 * session that was taken back to an earlier message goes on in another file: what the older one has
 * after that place is abandoned.
 */
export function chainOf(heads: readonly RolloutHead[], thread: string): RolloutChain {
  const threads = byThread(heads);
  const spans: RolloutSpan[] = [];
  const seen = new Set<RolloutHead>();
  let head = threads.get(thread)?.at(-1);
  let end: RolloutSpan['end'];
  while (head && !seen.has(head)) {
    seen.add(head);
    spans.unshift({ head, end });
    const { base } = head.meta;
    if (!base) return { spans, isBaseMissing: false };
    const isWithin = end !== undefined && end.ordinal <= base.endOrdinal;
    end = isWithin ? end : { ordinal: base.endOrdinal, byte: base.endByte };
    head = baseFile(threads.get(base.thread) ?? [], head);
  }
  return { spans, isBaseMissing: spans.length > 0 };
}

/** The file that was the latest of its thread when this one was begun. */
function baseFile(files: readonly RolloutHead[], head: RolloutHead): RolloutHead | undefined {
  return files.findLast((other) => other !== head && byStart(other, head) < 0);
}
