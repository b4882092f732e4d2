import type * as z from 'zod/mini';
import type { Log } from '../../base/log.ts';
import { SharedValueError, type SharedValueProblem } from '../../base/storage/sharedValue.ts';
import { readStored, withChanges, type StoredForm } from '../../base/json/storedJson.ts';
import { codeOf } from './fileErrors.ts';
import { createSharedText, type SharedTextDeps } from './sharedText.ts';

export interface StoredFileDeps<T extends z.ZodMiniType> extends SharedTextDeps, StoredForm<T> {
  log: Log;
  /** What keeps the file from being read or written; undefined once it is over. */
  onProblem?: (problem: SharedValueProblem | undefined) => void;
}

/** What stands in the file. */
export interface Found<T> {
  text: string | undefined;
  value: T;
  raw: unknown;
}

/** A value of a known form in a file. What fails rejects with {@link SharedValueError}. */
export interface StoredFile<T> {
  readonly path: string;
  load(): Promise<Found<T>>;
  /**
   * False, and nothing is written, when the file is no longer as it was found. `onMoved` is called
   * in the very moment in which `after` has come to stand in the file.
   */
  replace(found: Found<T>, after: T, onMoved: () => void): Promise<boolean>;
  /** Takes the problem down, and says it when it is another one than before. */
  problem(kind: SharedValueProblem['kind'], cause?: unknown): SharedValueError;
}

export function createStoredFile<T extends z.ZodMiniType>(
  deps: StoredFileDeps<T>,
): StoredFile<z.output<T>> {
  const { name, schema, initial, log } = deps;
  const file = createSharedText(deps);
  const problems = createProblems(deps);
  let bad: string | undefined;

  async function read(): Promise<string | undefined> {
    try {
      return await file.read();
    } catch (error) {
      throw problems.of('unreadable', error);
    }
  }

  async function setAside(text: string): Promise<void> {
    if (text === bad) return;
    bad = text;
    log.error(`${name} holds nothing that can be read; a copy is set aside as ${name}.json.bad`);
    await file.setAside(text);
  }

  return {
    path: file.path,
    problem: problems.of,
    async load() {
      const text = await read();
      const reading = text === undefined ? undefined : readStored(deps, text);
      if (reading?.kind === 'newer') throw problems.of('newer');
      problems.isOver('read');
      if (reading?.kind === 'value') return { text, value: reading.value, raw: reading.raw };
      if (text !== undefined) await setAside(text);
      return { text, value: initial, raw: undefined };
    },
    async replace({ text, value: before, raw }, after, onMoved) {
      const next = raw === undefined ? after : withChanges(schema, raw, { before, after });
      const moved = () => {
        problems.isOver('write');
        onMoved();
      };
      try {
        const change = { before: text, after: `${JSON.stringify(next)}\n`, onMoved: moved };
        return await file.replace(change);
      } catch (error) {
        throw problems.of('unwritable', error);
      }
    },
  };
}

/** Says what keeps the file from being used when that changes, not each time. */
function createProblems<T extends z.ZodMiniType>({ name, log, onProblem }: StoredFileDeps<T>) {
  const reported = new Map<'read' | 'write', string>();
  return {
    of(kind: SharedValueProblem['kind'], cause?: unknown): SharedValueError {
      const code = codeOf(cause);
      const problem = { name, kind, ...(code === '' ? {} : { code }) };
      const words = `${name} ${problemWords[kind]}${code && `: ${code}`}`;
      const way = kind === 'unreadable' || kind === 'newer' ? 'read' : 'write';
      if (reported.get(way) !== words) {
        reported.set(way, words);
        log.warn(words);
        onProblem?.(problem);
      }
      return new SharedValueError(problem, { cause });
    },
    isOver(way: 'read' | 'write') {
      if (reported.delete(way) && reported.size === 0) onProblem?.(undefined);
    },
  };
}

const problemWords: Record<SharedValueProblem['kind'], string> = {
  unreadable: 'cannot be read',
  unwritable: 'cannot be written',
  newer: 'was written by a newer version of the extension and is left alone',
  tooMany: 'has too many changes that cannot be written',
};
