import * as l10n from '@vscode/l10n';
import { h } from '../base/dom.ts';
import { createBlockStream } from './parse/blockStream.ts';
import { createBudget, frameBudget, type Budget } from './budget.ts';
import { queueHighlight } from './highlight/highlightQueue.ts';
import { createIncoming } from './parse/incoming.ts';
import type { MarkdownActions } from './markdownActions.ts';
import type { Steps } from './renderContext.ts';
import { createShowAll } from './showAll.ts';

export interface MarkdownView {
  readonly element: HTMLElement;
  /** Adds source text; nothing is drawn before `frame`. */
  append(text: string): void;
  /**
   * Draws what it can within the budget of a frame, which all views share; called once per animation
   * frame by the owner, with the time that the frame's callback was given. True while more is to
   * draw later.
   */
  frame(nowMs: number): boolean;
  /**
   * The text is whole: the next frames close open blocks, resolve late link references and highlight.
   */
  end(): void;
  dispose(): void;
}

const slowDrawMs = 6;
/** What is shown before somebody asks for all: every element makes the panel slower to lay out. */
const mostShown = 10_000;
/** Cleaned units that wait to be drawn. */
const mostWaiting = 40_000;
/** What cleaning a piece of text takes, in elements. */
const cleanedWeight = 20;

/** An empty view that grows with `append`. */
export function createMarkdownView(actions: MarkdownActions): MarkdownView {
  const element = h('div', { class: 'md' });
  const lifetime = new AbortController();
  const asked: Steps[] = [];
  const { signal } = lifetime;
  const pen = { actions, signal, later, headings: [], codeBlocks: 0, tables: 0, made: [] };
  const stream = createBlockStream(element, pen, (block) => queueHighlight(block, signal));
  const incoming = createIncoming();
  const notice = h('p', { class: 'cut' }, cutNotice());
  const showAll = createShowAll(element, () => {
    notice.remove();
    most = Infinity;
    stir();
  });
  let [most, nextDrawMs] = [mostShown, 0];
  let dirty = false;
  let isDone = false;

  function stir(): void {
    dirty = true;
    actions.redraw();
  }

  function later(steps: Steps): void {
    asked.push(steps);
    if (drawAsked(createBudget())) stir();
  }

  /** True when there is more. */
  function drawAsked(budget: Budget): boolean {
    for (let first = asked[0]; first && !budget.isSpent(); first = asked[0]) {
      const step = first.next();
      if (step.done === true) asked.shift();
      else budget.spend(step.value);
    }
    return asked.length > 0;
  }

  function settle(budget: Budget): boolean {
    for (;;) {
      // Of what is cleaned, nothing may be left to draw, but it takes its time.
      while (incoming.length > 0 && stream.waiting < mostWaiting) {
        if (budget.isSpent()) return true;
        stream.push(incoming.take());
        budget.spend(cleanedWeight);
      }
      if (stream.settle(budget, incoming.isWhole, most)) return true;
      if (incoming.length === 0 || stream.weight >= most) return false;
    }
  }

  function drawOpen(nowMs: number): void {
    const start = performance.now();
    stream.drawOpen();
    const costMs = performance.now() - start;
    nextDrawMs = costMs > slowDrawMs ? nowMs + 3 * costMs : 0;
  }

  /** What comes when all is settled that may be. True when there is more. */
  function drawRest(budget: Budget, nowMs: number): boolean {
    if (stream.weight >= most && stream.waiting + incoming.length > 0) hide();
    else if (!incoming.isWhole) drawOpen(nowMs);
    else if (stream.redraw(budget)) return true;
    else isDone = true;
    if (isDone && incoming.isCut) element.append(notice);
    return false;
  }

  function hide(): void {
    stream.removeOpen();
    const lines = incoming.lines - stream.settledLines;
    showAll.show(lines, incoming.length + stream.waiting);
    if (incoming.isCut) element.append(notice);
  }

  return {
    element,
    append(text) {
      if (text === '') return;
      incoming.add(text);
      dirty ||= !isDone;
    },
    frame(nowMs) {
      if (!dirty) return false;
      const budget = frameBudget(nowMs);
      if (nowMs < nextDrawMs || budget.isSpent() || drawAsked(budget)) return true;
      if (isDone) return (dirty = false);
      dirty = settle(budget) || drawRest(budget, nowMs);
      return dirty;
    },
    end() {
      incoming.end();
      dirty ||= !isDone;
    },
    dispose() {
      lifetime.abort();
      isDone = true;
      dirty = false;
      asked.length = 0;
    },
  };
}

const cutNotice = () => l10n.t('This response is longer than 2 MB. The rest isn’t shown.');
