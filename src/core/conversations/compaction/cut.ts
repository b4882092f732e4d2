import { itemTokens } from '../context/itemTokens.ts';
import { isOutput, outputsOfCalls, type HistoryEntry } from '../context/historyEntry.ts';

/** What stays word for word behind the cut: at least so many tokens or so many steps. */
export const tailTokens = 16_000;
export const tailSteps = 8;
/** A short history keeps no more than this share of it, so that a compaction has a gain. */
const greatestTailShare = 0.25;

/**
 * The indexes at which the history may be cut in two, 0 and its length included: between complete
 * steps, so that calls stay with their outputs and thoughts with what follows from them.
 */
export function cutPlaces(entries: readonly HistoryEntry[]): number[] {
  const outputs = outputsOfCalls(entries);
  const places = [0];
  let closedAt = 0;
  for (let at = 1; at < entries.length; at++) {
    closedAt = Math.max(closedAt, outputs.get(at - 1) ?? 0);
    if (at > closedAt && isBoundary(entries[at - 1], entries[at])) places.push(at);
  }
  return entries.length === 0 ? places : [...places, entries.length];
}

function isBoundary(before: HistoryEntry | undefined, after: HistoryEntry | undefined): boolean {
  if (!before || !after || before.item.type === 'reasoning') return false;
  // A note about an answer that broke off belongs to that answer.
  if (after.item['role'] === 'developer') return false;
  if (after.kind !== 'answer' || before.kind !== 'answer') return true;
  return isOutput(before.item) && !isOutput(after.item);
}

/**
 * Where to cut: before it is summarized, from there on it stays. The tail is as short as it may be,
 * unless its first step alone makes it larger than it should be: then that step goes, too.
 */
export function chooseCut(entries: readonly HistoryEntry[]): number {
  const tokens = tokensFromEach(entries);
  const share = (tokens[0] ?? 0) * greatestTailShare;
  const goal = Math.min(tailTokens, share);
  let cut = entries.length;
  let steps = 0;
  for (const place of cutPlaces(entries).toReversed()) {
    const tail = tokens[place] ?? 0;
    if (tail > share) break;
    if (entries.slice(place, cut).some(({ kind }) => kind === 'answer')) steps++;
    cut = place;
    if (tail >= goal || steps >= tailSteps) break;
  }
  return cut;
}

/** A cut behind this one that leaves at most half of its tail; the end when there is none. */
export function laterCut(entries: readonly HistoryEntry[], cut: number): number {
  const tokens = tokensFromEach(entries);
  const most = (tokens[cut] ?? 0) / 2;
  const fits = (place: number) => place > cut && (tokens[place] ?? 0) <= most;
  return cutPlaces(entries).find(fits) ?? entries.length;
}

/** Estimated tokens from each index to the end. */
export function tokensFromEach(entries: readonly HistoryEntry[]): readonly number[] {
  const tokens = Array.from<number>({ length: entries.length + 1 }).fill(0);
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    tokens[at] = (tokens[at + 1] ?? 0) + (entry ? itemTokens(entry.item) : 0);
  }
  return tokens;
}
