import * as z from 'zod/mini';
import { parseJson } from '../../../base/json/json.ts';
import { createRawLines } from './rawLines.ts';
import {
  readRolloutLine,
  readSessionMeta,
  type RolloutLine,
  type SessionMeta,
} from './rolloutLine.ts';
import { promptTitle } from '../promptTitle.ts';
import { readUserMessage, typedText } from './userMessage.ts';

export interface HeadReading {
  /** Undefined when no line says what session it is. */
  readonly meta: SessionMeta | undefined;
  readonly firstWords: string;
}

/** What the first bytes of a file say; the last line may be cut. */
export function readHead(bytes: Uint8Array): HeadReading {
  const raw = createRawLines();
  const lines = [...raw.push(bytes), raw.end()].flatMap((line) =>
    line?.text === undefined ? [] : (readRolloutLine(line.text) ?? []),
  );
  const [meta] = lines.flatMap((line) => readSessionMeta(line) ?? []);
  const [firstWords = ''] = lines.map(wordsOf).filter((words) => words !== '');
  return { meta, firstWords };
}

function wordsOf({ type, payload }: RolloutLine): string {
  const isMessage = type === 'response_item' && payload['type'] === 'message';
  if (!isMessage || payload['role'] !== 'user') return '';
  return promptTitle(typedText(readUserMessage(payload)?.typed ?? []));
}

const indexLine = z.lazy(() => z.object({ id: z.string(), thread_name: z.string() }));

/** The names in a `session_index.jsonl`: of several for one session the last counts. */
export function readSessionNames(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const json of text.split('\n')) {
    const named = parseJson(indexLine, json);
    const name = promptTitle(named?.thread_name ?? '');
    if (named && name !== '') names.set(named.id.toLowerCase(), name);
  }
  return names;
}
