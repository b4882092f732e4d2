import { expect, test } from 'vitest';
import { mergeHistories, noHistory, withReading } from '../../../../src/core/ledger/history.ts';
import { historyOfRecord } from '../../../../src/core/ledger/history.ts';
import {
  windowNames,
  type QuotaSnapshot,
} from '../../../../src/core/quota/decode/quotaSnapshot.ts';
import { mergeRecords, toRecord } from '../../../../src/core/quota/store/record.ts';

const atMs = Date.UTC(2026, 2, 4, 11, 55);
const window = (minutes: number, usedPercent: number) => ({
  ...windowNames(minutes),
  minutes,
  usedPercent,
  resetsAtMs: atMs + 3_600_000,
});
const reading = (change: Partial<QuotaSnapshot>): QuotaSnapshot => ({
  credentialId: 'home',
  observedAtMs: atMs,
  source: 'usage',
  windows: [window(300, 42), window(10_080, 18)],
  ...change,
});

test('each remembered figure counts as told when it was told', () => {
  const later = reading({
    observedAtMs: atMs + 60_000,
    source: 'headers',
    windows: [window(300, 44.5)],
  });
  const record = mergeRecords(toRecord(reading({})), toRecord(later));
  const points = historyOfRecord(record).series.map(({ label, points: all }) => [
    label,
    all.map((point) => [point.atMs - atMs, point.usedPercent]),
  ]);
  expect(points).toEqual([
    ['5h', [[60_000, 44.5]]],
    ['wk', [[0, 18]]],
  ]);
});

test('what the history knows already is not added again', () => {
  const history = withReading(noHistory, reading({}));
  const known = historyOfRecord(toRecord(reading({})));
  expect(mergeHistories(history, known)).toBe(history);
});
