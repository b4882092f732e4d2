import type { Page } from 'playwright-core';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import type { TurnPart } from '../../src/shared/protocol/turn.ts';
import type { PanelPage } from './panelPage.ts';
import { withThreadTime, type Span } from './threadTime.ts';
import { running, snapshot, turn } from './panelScenes.ts';

/** Milliseconds of the page's main thread, from the message until nothing is left to draw. */
export interface DrawnAnswer {
  readonly longestTaskMs: number;
  /** Of the task that was longest on a processor, where the system tells it; else `longestTaskMs`. */
  readonly longestCpuMs: number;
  readonly tookMs: number;
  readonly elements: number;
  /** Text of the buttons that show more. */
  readonly more: readonly string[];
}

/** How an answer comes: as it is stored, at once while it is written, or in ten pieces. */
export type Delivery = 'stored' | 'whole' | 'pieces';

/** Sends an answer to an open panel, and watches its tasks until the drawing ends. */
export async function watchAnswer(
  panel: PanelPage,
  text: string,
  delivery: Delivery,
): Promise<DrawnAnswer> {
  await panel.tell(snapshot());
  const messages = messagesOf(text, delivery);
  await panel.page.evaluate(`globalThis.due = ${JSON.stringify(messages)}`);
  return watch(panel, 'hostSays(due)');
}

/**
 * Milliseconds of a task that makes and lays out 1,000 items, the longest of five: what the machine
 * needs at this moment for about ten times of what a frame may draw.
 */
export function calibrate({ page }: PanelPage): Promise<number> {
  return page.evaluate(`(async () => {
    const place = document.querySelector('.scroller');
    let longest = 0;
    for (let i = 0; i < 5; i++) {
      await new Promise((done) => requestAnimationFrame(done));
      const start = performance.now();
      const list = document.createElement('ul');
      for (let k = 0; k < 1000; k++) {
        const item = document.createElement('li');
        item.append('item ' + k);
        list.append(item);
      }
      place.append(list);
      list.getBoundingClientRect();
      longest = Math.max(longest, performance.now() - start);
      list.remove();
    }
    return longest;
  })()`);
}

function messagesOf(text: string, delivery: Delivery): readonly ToWebview[] {
  const part = (shown: string): TurnPart => ({ kind: 'text', id: 'text-1', text: shown });
  if (delivery === 'stored')
    return [{ ...snapshot({ turns: [turn({ parts: [part(text)] })] }), seq: 2 }];
  const begun = running([part('')]);
  const length = delivery === 'whole' ? text.length : Math.ceil(text.length / 10);
  const pieces = Math.ceil(text.length / length);
  return [
    { type: 'turn/add', turn: begun, seq: 2 },
    ...Array.from({ length: pieces }, (_, at): ToWebview => ({
      type: 'turn/changes',
      seq: 3 + at,
      turnId: begun.id,
      attempt: begun.attempt,
      changes: [{ type: 'append', id: 'text-1', text: text.slice(at * length, (at + 1) * length) }],
    })),
  ];
}

/** The page has not changed for this long: it has drawn all. */
const quietMs = 700;

interface Watched extends Omit<DrawnAnswer, 'longestCpuMs'> {
  readonly longTasks: readonly Span[];
}

async function watch({ page }: PanelPage, act: string): Promise<DrawnAnswer> {
  const { result, time } = await withThreadTime(page, () => watchTasks(page, act));
  const { longTasks, ...drawn } = result;
  const longestCpuMs = time
    ? Math.max(0, ...longTasks.map((task) => time.within(task)))
    : drawn.longestTaskMs;
  return { ...drawn, longestCpuMs };
}

/** Shorter tasks are not listed. */
const longMs = 12;

function watchTasks(page: Page, act: string): Promise<Watched> {
  return page.evaluate<Watched>(`new Promise((done) => {
    let longestTaskMs = 0;
    const longTasks = [];
    const start = performance.now();
    let changed = start;
    // Messages to itself: whatever task runs between two of them makes the second late.
    const { port1, port2 } = new MessageChannel();
    let lastMs;
    port1.onmessage = () => {
      const nowMs = performance.now();
      const tookMs = nowMs - (lastMs ?? nowMs);
      longestTaskMs = Math.max(longestTaskMs, tookMs);
      if (tookMs > ${longMs}) longTasks.push({ startMs: lastMs, endMs: nowMs });
      lastMs = nowMs;
      port2.postMessage(0);
    };
    const changes = new MutationObserver(() => { changed = performance.now(); });
    changes.observe(document.querySelector('.scroller'), { subtree: true, childList: true, characterData: true });
    const look = () => {
      if (performance.now() - changed < ${quietMs}) return setTimeout(look, 100);
      port1.close();
      changes.disconnect();
      const more = [...document.querySelectorAll('.md .linkish')].map((each) => each.textContent);
      const elements = document.querySelectorAll('.md *').length;
      done({ longestTaskMs, longTasks, tookMs: changed - start, elements, more });
    };
    setTimeout(() => {
      port2.postMessage(0);
      ${act};
      setTimeout(look, 100);
    });
  })`);
}
