import type { HistoryHit } from '../../src/shared/protocol/history.ts';
import type { HistoryContext, HistoryMessage } from './historyContext.ts';

/** What a search has found so far. The hits of the one before stay until the first new ones come. */
export interface SearchState {
  readonly hits: readonly HistoryHit[];
  readonly done: boolean;
  readonly problem: string | undefined;
}

export interface Search {
  /** Undefined while nothing is searched for. */
  readonly state: () => SearchState | undefined;
  /** Searches for other words; empty ones end the search. */
  readonly begin: (query: string) => void;
  readonly take: (message: Extract<HistoryMessage, { type: 'history/hits' }>) => boolean;
  readonly cancel: () => void;
}

/** Asks the host and puts its answers together. Answers to an earlier search are passed over. */
export function createSearch({ send }: Pick<HistoryContext, 'send'>): Search {
  let number = 0;
  let state: SearchState | undefined;
  let isFresh = false;
  const cancel = () => {
    if (state !== undefined && !state.done) send({ type: 'history/cancelSearch' });
    state = undefined;
  };
  return {
    state: () => state,
    cancel,
    begin(query) {
      if (query === '') return cancel();
      number += 1;
      isFresh = true;
      state = { hits: state?.hits ?? [], done: false, problem: undefined };
      send({ type: 'history/search', search: number, query });
    },
    take({ search, hits, done, problem }) {
      if (search !== number || state === undefined) return false;
      const before = isFresh ? [] : state.hits;
      isFresh = false;
      state = { hits: [...before, ...hits], done, problem };
      return true;
    },
  };
}
