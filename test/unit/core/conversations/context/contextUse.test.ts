import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextUse } from '../../../../../src/core/conversations/context/contextUse.ts';
import { itemsTokens } from '../../../../../src/core/conversations/context/itemTokens.ts';
import { answer, call, histories, output, reasoning, user } from '../compaction/histories.ts';

const around = { instructions: 'Be brief.', tools: [], windowTokens: 258_400 };
const entries = [user('one'), reasoning(), call('1'), output('1'), answer('two')];

test('before the first answer the context is an estimate of all that is sent', () => {
  const use = contextUse({ ...around, entries }, undefined);
  expect(use).toMatchObject({ isEstimate: true, windowTokens: 258_400 });
  expect(use.usedTokens).toBeGreaterThan(itemsTokens(entries.map(({ item }) => item)));
  expect(use.parts.map(({ kind }) => kind)).toEqual([
    'instructions',
    'messages',
    'reasoning',
    'calls',
    'answers',
  ]);
});

test('after an answer the context is what was counted and an estimate of what came since', () => {
  const counted = { total: 5_000, count: entries.length };
  const more = [user('a new question')];
  expect(contextUse({ ...around, entries }, counted)).toMatchObject({ usedTokens: 5_000 });
  const use = contextUse({ ...around, entries: [...entries, ...more] }, counted);
  expect(use).not.toHaveProperty('isEstimate');
  expect(use.usedTokens).toBe(5_000 + itemsTokens(more.map(({ item }) => item)));
});

test('each attachment is named, and the smaller ones of many are taken together', () => {
  const attachments = Array.from({ length: 30 }, (_, at) => ({
    name: `file ${at}`,
    tokens: 100 + at,
  }));
  const { parts } = contextUse(
    { ...around, entries: [{ ...user('word '.repeat(10_000)), attachments }] },
    undefined,
  );
  const attached = parts.filter(({ kind }) => kind === 'attachment');
  expect(attached).toHaveLength(13);
  expect(attached[0]).toMatchObject({ name: 'file 29', tokens: 129 });
  expect(attached.at(-1)).not.toHaveProperty('name');
  expect(attached.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(
    attachments.reduce((sum, { tokens }) => sum + tokens, 0),
  );
});

test('the parts add up to what is used, whatever was counted', () => {
  fc.assert(
    fc.property(histories, fc.option(fc.nat({ max: 1_000_000 })), (history, total) => {
      const counted = total === null ? undefined : { total, count: history.length };
      const use = contextUse({ ...around, entries: history }, counted);
      expect(use.parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(use.usedTokens);
      expect(use.parts.every(({ tokens }) => tokens >= 0)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
