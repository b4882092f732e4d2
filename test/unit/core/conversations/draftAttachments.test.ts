import { describe, expect, test } from 'vitest';
import { createMemoryBlobs } from '../../../../src/core/conversations/attachments/blobs.ts';
import { createDraftAttachments } from '../../../../src/core/conversations/attachments/draft.ts';
import { mostAttachments } from '../../../../src/shared/attachmentLimits.ts';
import { recordingLog } from '../../../support/credentials.ts';

const file = { kind: 'file', name: 'a.ts', path: 'src/a.ts', language: 'ts' } as const;
const bytes = (text: string) => new TextEncoder().encode(text);

function world(blobs = createMemoryBlobs()) {
  let ids = 0;
  const newId = () => `made-${++ids}`;
  return { blobs, draft: createDraftAttachments({ blobs, newId, log: recordingLog() }) };
}

describe('the attachments of a draft', () => {
  test('are taken in the order that is asked for, short texts in place and long ones by name', async () => {
    const { draft } = world();
    const long = 'x'.repeat(40_000);
    await draft.add('one', file, bytes('short'));
    // Taken while it is being stored.
    void draft.add('two', file, bytes(long));
    const taken = await draft.take(['two', 'one']);
    expect(taken).toMatchObject([{ bytes: 40_000 }, { text: 'short' }]);
    expect(draft.list()).toEqual([]);
  });

  test('stay as they are when one that is asked for is missing', async () => {
    const { draft } = world();
    await draft.add('one', file, bytes('short'));
    expect(await draft.take(['one', 'two'])).toBeUndefined();
    expect(draft.list().map(({ id }) => id)).toEqual(['one']);
  });

  test('that were removed while they were stored do not come back', async () => {
    const { draft } = world();
    const adding = draft.add('one', file, bytes('short'));
    draft.remove('one');
    await adding;
    expect(draft.list()).toEqual([]);
  });

  test('are bounded in number and size, in words', async () => {
    const { draft } = world();
    for (let at = 0; at < mostAttachments; at++) await draft.add(`${at}`, file, bytes('a'));
    expect(await draft.add('more', file, bytes('a'))).toContain('20 attachments');
    expect(draft.list()).toHaveLength(mostAttachments);
    const { draft: other } = world();
    await other.add('one', file, new Uint8Array(20_000_000));
    expect(await other.add('two', file, new Uint8Array(5_000_000))).toContain('24 MB');
  });

  test('come back after a reload by their references, but for those that are gone', async () => {
    const { draft, blobs } = world();
    await draft.add('one', file, bytes('short'));
    const references = draft.list().map(draft.reference);
    const { draft: after } = world(blobs);
    expect(await after.restore([...references, '{}', 'no JSON'])).toBe(2);
    expect(after.list().map(({ attachment }) => attachment)).toMatchObject([file]);
    const { draft: elsewhere } = world();
    expect(await elsewhere.restore(references)).toBe(1);
  });

  test('that were not sent can be given back', async () => {
    const { draft } = world();
    await draft.add('one', file, bytes('short'));
    const taken = (await draft.take(['one'])) ?? [];
    const back = new Promise<void>((resolve) => void draft.onDidChange(resolve));
    draft.giveBack(taken);
    await back;
    const [entry] = draft.list();
    expect(await draft.take([entry?.id ?? ''])).toEqual(taken);
  });
});
