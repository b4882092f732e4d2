import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readHead } from '../../src/core/conversations/rollouts/readHead.ts';
import { createRawLines } from '../../src/core/conversations/rollouts/rawLines.ts';
import {
  readSession,
  type ReadSession,
} from '../../src/core/conversations/rollouts/readSession.ts';
import type { RolloutHead } from '../../src/core/conversations/rollouts/rolloutFiles.ts';

const fixtures = join(import.meta.dirname, '../fixtures/rollouts');

/** The fixture whose name holds this, as text. */
export function rolloutFixture(part: string): string {
  const name = readdirSync(fixtures).find((one) => one.endsWith(`${part}.jsonl`));
  return readFileSync(join(fixtures, name ?? part), 'utf8');
}

/** Files of sessions in memory, by name. */
export function rolloutFiles(files: Readonly<Record<string, string | Uint8Array>>) {
  const bytes = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  );
  const heads = [...bytes].flatMap(([path, content]): RolloutHead[] => {
    const { meta, firstWords } = readHead(content);
    const size = content.length;
    return meta ? [{ path, size, changedAtMs: 1, isArchived: false, meta, firstWords }] : [];
  });
  async function* lines(path: string) {
    const splitter = createRawLines();
    const content = bytes.get(path) ?? new Uint8Array();
    for (let at = 0; at < content.length; at += 1000) {
      yield splitter.push(content.subarray(at, at + 1000));
    }
    const last = splitter.end();
    if (last) yield [last];
  }
  return { heads, lines };
}

/** Reads a session from files in memory; the first one if no thread is named. */
export async function readFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { thread?: string; mostKept?: number; accounts?: readonly string[] } = {},
): Promise<ReadSession> {
  const { heads, lines } = rolloutFiles(files);
  const { accounts = ['b5fc85e5-5755-f9e0-d030-a10ab4429b6b'], ...rest } = options;
  const session = await readSession(
    heads,
    options.thread ?? heads[0]?.meta.thread ?? '',
    {
      ...rest,
      folder: { lines },
      clock: { now: () => 0 },
      credentialOf: (id) => (accounts.includes(id) ? `credential of ${id}` : undefined),
    },
    new AbortController().signal,
  );
  if (!session) throw new Error('There is no such session.');
  return session;
}

/** What a reader of the session sees, one line for each message and call. */
export function shownOf({ turns }: Pick<ReadSession, 'turns'>): string[] {
  return turns.flatMap(({ text, parts, status }) => [
    `user: ${text}`,
    ...parts.map((part) => `${part.kind}: ${'text' in part ? part.text : part.detail}`),
    status,
  ]);
}
