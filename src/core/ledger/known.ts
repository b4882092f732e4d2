import type { QuotaRecord } from '../quota/store/record.ts';
import { mergeHistories, noHistory, withReading, type WindowHistory } from './history.ts';

/**
 * The figures that the quota remembers, as a history to be merged: a window of the editor may end
 * before it has written the course of what it was told last.
 */
export function historyOfRecord({ credentialId, windows }: QuotaRecord): WindowHistory {
  return windows
    .map(({ value, atMs, source }) =>
      withReading(noHistory, { credentialId, observedAtMs: atMs, source, windows: [value] }),
    )
    .reduce(mergeHistories, noHistory);
}
