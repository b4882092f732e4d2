import { appendAll, h } from '../base/dom.ts';

export interface Announcement {
  readonly text: string;
  /** Errors and what needs the user interrupt; all else waits its turn. */
  readonly urgent?: boolean;
  /** A newer announcement of the same topic makes a waiting older one wrong, so it is dropped. */
  readonly topic?: string;
}

export interface Announcer {
  /** Exactly two live regions, empty at load; nothing else on the page may be one. */
  readonly elements: readonly [polite: HTMLElement, urgent: HTMLElement];
  readonly say: (announcement: Announcement) => void;
  /** Empties both regions and forgets what waits but for the quota: it is no longer true. */
  readonly clear: () => void;
}

const gapMs = 1_000;

/** The one writer of the live regions. At most one sentence a second; no timer while it is quiet. */
export function createAnnouncer(now: () => number): Announcer {
  const polite = h('div', { class: 'sr', role: 'status' });
  const urgent = h('div', { class: 'sr', role: 'alert' });
  let waiting: readonly Announcement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let saidAtMs = -gapMs;

  const sayNext = () => {
    timer = undefined;
    const [next, ...rest] = waiting;
    if (next === undefined) return;
    waiting = rest;
    saidAtMs = now();
    write(next.urgent === true ? urgent : polite, next.text);
    arrange();
  };
  const arrange = () => {
    if (timer !== undefined || waiting.length === 0) return;
    timer = setTimeout(sayNext, Math.max(0, saidAtMs + gapMs - now()));
  };
  return {
    elements: [polite, urgent],
    say(announcement) {
      waiting = queued(waiting, announcement);
      arrange();
    },
    clear() {
      waiting = waiting.filter(({ topic }) => topic?.startsWith('quota') === true);
      polite.replaceChildren();
      urgent.replaceChildren();
    },
  };
}

/** The queue with one more in it: urgent ones first, older ones of its topic gone. */
export function queued(
  waiting: readonly Announcement[],
  next: Announcement,
): readonly Announcement[] {
  const kept = waiting.filter(({ topic }) => topic === undefined || topic !== next.topic);
  if (next.urgent !== true) return [...kept, next];
  const firstPolite = kept.findIndex(({ urgent }) => urgent !== true);
  return firstPolite < 0 ? [...kept, next] : kept.toSpliced(firstPolite, 0, next);
}

/** A fresh text node each time: the same sentence twice is heard twice. */
function write(region: HTMLElement, text: string): void {
  region.replaceChildren();
  appendAll(region, [text]);
}
