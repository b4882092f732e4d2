import { copyFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { branchOf } from '../../../src/core/conversations/conversation.ts';
import { openDiskStore } from './openDiskStore.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/conversations');
const never = new AbortController().signal;
let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'codex-golden-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Expected {
  readonly readOnly?: string;
  readonly skipped?: number;
  readonly damagedLines?: number;
  readonly tornBytes?: number;
  readonly turns?: readonly string[];
}

const logs: Record<string, Expected> = {
  'v1.0': {},
  'v1.1': { skipped: 1 },
  'v1.0-unknown-critical': { readOnly: 'unknownRecord', skipped: 1 },
  'v2.0': { readOnly: 'newerVersion', skipped: 1 },
  'bit-flip': { damagedLines: 1 },
  cut: { tornBytes: 138 },
  'nul-tail': { tornBytes: 512 },
  'doubled-line': {},
  bom: {},
  crlf: {},
  'no-beginning': { readOnly: 'noBeginning' },
};

describe('a log as some version or accident has left it', () => {
  test('is in this list', async () => {
    const names = (await readdir(fixtures)).map((name) => name.replace(/\.jsonl$/, ''));
    expect(new Set(names.filter((name) => name in logs))).toEqual(new Set(Object.keys(logs)));
  });

  test.each(Object.entries(logs))(
    '(%s) is shown, and not changed by that',
    async (name, expected) => {
      const id = name.replaceAll('.', '-');
      const path = join(folder, `${id}.jsonl`);
      await copyFile(join(fixtures, `${name}.jsonl`), path);
      const log = await openDiskStore(folder).open(id, never);
      const conversation = log.conversation();
      expect(conversation.readOnly).toBe(expected.readOnly);
      expect(conversation.skipped).toBe(expected.skipped ?? 0);
      expect(log.damage()).toMatchObject({
        damagedLines: expected.damagedLines ?? 0,
        tornBytes: expected.tornBytes ?? 0,
      });
      expect(branchOf(conversation).map((turn) => turn.id)).toEqual(expected.turns ?? ['t1', 't2']);
      expect(conversation.turns.get('t1')?.prompt.text).toBe('Was ist „Größe“? 😀');
      if (expected.readOnly !== undefined) {
        expect(await log.acquire(never)).toBe(false);
        expect(() => log.add({ type: 'title', text: 'x' })).toThrow('read-only');
      }
      log.dispose();
      expect(await readFile(path)).toEqual(await readFile(join(fixtures, `${name}.jsonl`)));
    },
  );

  test.each(['v1.0', 'v1.1', 'bit-flip', 'cut', 'nul-tail', 'doubled-line', 'bom', 'crlf'])(
    '(%s) is written on after its last good record',
    async (name) => {
      const id = `on-${name.replaceAll('.', '-')}`;
      await copyFile(join(fixtures, `${name}.jsonl`), join(folder, `${id}.jsonl`));
      const log = await openDiskStore(folder).open(id, never);
      const before = log.damage();
      expect(await log.acquire(never)).toBe(true);
      log.add({ type: 'title', text: 'written on' });
      expect(await log.flush()).toBe(true);
      log.dispose();
      const again = await openDiskStore(folder).open(id, never);
      expect(again.conversation().title).toBe('written on');
      expect(branchOf(again.conversation())).toEqual(branchOf(log.conversation()));
      expect(again.damage()).toMatchObject({ damagedLines: before.damagedLines, tornBytes: 0 });
    },
  );
});
