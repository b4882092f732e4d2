import type { FromWebview, ToWebview } from '../../../src/shared/protocol/messages.ts';

type Known = Extract<ToWebview, { type: 'files/known' }>['files'];

/** What the page knows of the files that answers name. */
export interface FileLinks {
  /** Whether it can be opened; undefined until the host has said so. */
  readonly canOpen: (reference: string) => boolean | undefined;
  /** Asks the host, and calls `act` once if it can be opened and `element` still stands. */
  readonly ask: (reference: string, element: Element, act: () => void) => void;
  readonly open: (reference: string) => void;
  /** What the host has answered. */
  readonly learn: (files: Known) => void;
}

/** Names that come within this are asked for together. */
const gatherMs = 60;
/** As many as one message may hold. */
const mostAtOnce = 50;
/** References of one page that are still unanswered; more are plain until some are. */
const mostAsked = 500;
const mostKnown = 2_000;
/** A file that is not there may come to be: it is asked for again when it is named again. */
const staleMs = 10_000;

export function createFileLinks(
  send: (message: FromWebview) => void,
  now: () => number = () => performance.now(),
): FileLinks {
  const known = new Map<string, { readonly exists: boolean; readonly atMs: number }>();
  const waiting = new Map<string, Map<Element, () => void>>();
  const asked = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** A growing answer draws the same words over and over: most of those are gone by now. */
  function forgetGone(): void {
    for (const [reference, elements] of waiting) {
      for (const element of elements.keys()) if (!element.isConnected) elements.delete(element);
      if (elements.size === 0) waiting.delete(reference);
    }
  }

  function askAll(): void {
    timer = undefined;
    forgetGone();
    const room = mostAsked - asked.size;
    const references = [...waiting.keys()].filter((each) => !asked.has(each)).slice(0, room);
    for (let at = 0; at < references.length; at += mostAtOnce) {
      const some = references.slice(at, at + mostAtOnce);
      for (const reference of some) asked.add(reference);
      send({ type: 'files/ask', references: some });
    }
  }

  function learnOne({ reference, exists }: Known[number]): void {
    known.delete(reference);
    known.set(reference, { exists, atMs: now() });
    asked.delete(reference);
    const elements = waiting.get(reference);
    waiting.delete(reference);
    if (!exists) return;
    for (const [element, act] of elements ?? []) if (element.isConnected) act();
  }

  return {
    canOpen(reference) {
      const found = known.get(reference);
      if (found === undefined) return undefined;
      return found.exists || now() - found.atMs < staleMs ? found.exists : undefined;
    },
    ask(reference, element, act) {
      const elements = waiting.get(reference) ?? new Map<Element, () => void>();
      waiting.set(reference, elements.set(element, act));
      timer ??= setTimeout(askAll, gatherMs);
    },
    open: (reference) => send({ type: 'file/open', reference }),
    learn(files) {
      for (const file of files) learnOne(file);
      for (const oldest of known.keys()) {
        if (known.size <= mostKnown) break;
        known.delete(oldest);
      }
      if (waiting.size > 0) timer ??= setTimeout(askAll, gatherMs);
    },
  };
}
