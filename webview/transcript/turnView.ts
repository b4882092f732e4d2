import * as l10n from '@vscode/l10n';
import type { TurnPart, TurnView } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { freshId, h, setAttribute, setChildren, setText } from '../base/dom.ts';
import { createRetryRow, endRow, failureNote, remark, restRow } from './notes.ts';
import type { PartView } from './partView.ts';
import { promptRow } from './promptRow.ts';
import { createReasoningPart } from './reasoningPart.ts';
import { createReceipt } from './receipt.ts';
import { formatDuration, formatNumber } from '../../src/shared/format.ts';
import { createCallPart, createRefusalPart, createTextPart, refusalLabel } from './textPart.ts';

export interface TurnPlace {
  /** From 1. */
  readonly number: number;
  readonly isLast: boolean;
}

/** One prompt and its answer on the page. */
export interface TurnRow {
  readonly element: HTMLElement;
  /** The rows that the arrow keys go through. */
  readonly articles: readonly HTMLElement[];
  readonly update: (turn: TurnView, place: TurnPlace) => void;
  readonly frame: (nowMs: number) => boolean;
  /** Moves the seconds. */
  readonly tick: () => void;
  readonly isTicking: () => boolean;
  readonly dispose: () => void;
}

export function createTurnRow(turn: TurnView, context: RowContext): TurnRow {
  const headingId = freshId('answer');
  const heading = h('h2', { class: 'sr', id: headingId });
  const answer = h(
    'article',
    { class: 'answer', tabindex: -1, 'aria-labelledby': headingId },
    heading,
  );
  const prompt = createPrompt(turn, context);
  const element = h('div', { class: 'turn' }, prompt.element(), answer);
  const parts = createParts(context);
  const tail = createTail(turn.id, context);
  const waiting = h('p', { class: 'waiting live' });
  let shown: TurnView | undefined;
  let shownPlace: TurnPlace | undefined;

  /** True when there is something to wait for. Not a live region: the seconds are for the eyes. */
  function sayWait(): boolean {
    const words = shown && waitingFor(shown, context.now());
    if (words !== undefined) setText(waiting, words);
    return words !== undefined;
  }

  return {
    element,
    get articles() {
      return [prompt.element(), answer];
    },
    update(next, place) {
      prompt.update(next);
      if (next === shown && samePlace(place, shownPlace)) return;
      shown = next;
      shownPlace = place;
      const running = next.status === 'running';
      setText(
        heading,
        place.number === 1
          ? l10n.t('Codex')
          : l10n.t('Codex, answer {0}', formatNumber(place.number)),
      );
      answer.setAttribute('aria-busy', String(running));
      const slots = parts.update(next);
      const isWaiting = running && next.retry === undefined && sayWait();
      setChildren(answer, [
        heading,
        ...slots,
        ...(isWaiting ? [waiting] : []),
        ...tail.update(next, place.isLast),
      ]);
    },
    frame: parts.frame,
    tick() {
      if (shown === undefined || !this.isTicking()) return;
      parts.update(shown);
      tail.tick();
      sayWait();
    },
    isTicking: () =>
      shown?.retry !== undefined || shown?.silentSinceMs !== undefined || parts.isTicking(),
    dispose: () => parts.dispose(),
  };
}

/** What stands where the next word will come, while nothing there says that it is under way. */
function waitingFor({ parts, silentSinceMs }: TurnView, nowMs: number): string | undefined {
  if (silentSinceMs !== undefined)
    return l10n.t('No response for {0}', formatDuration(nowMs - silentSinceMs));
  if (parts.length === 0) return l10n.t('Working');
  return parts.some(({ stale }) => stale === true) ? l10n.t('Writing this again') : undefined;
}

function samePlace(place: TurnPlace, other: TurnPlace | undefined): boolean {
  return place.number === other?.number && place.isLast === other.isLast;
}

function hasOtherPrompt(next: TurnView, shown: TurnView): boolean {
  const isSame = next.prompt === shown.prompt && next.branch === shown.branch;
  return !isSame || next.attachments.length !== shown.attachments.length;
}

/** The prompt, or the field in which it is edited. */
function createPrompt(turn: TurnView, context: RowContext) {
  let shown = turn;
  let mayBranch = context.mayBranch;
  let isEditing = false;
  let element = promptRow(turn, context, edit);

  const replace = (next: HTMLElement) => {
    element.replaceWith(next);
    element = next;
  };
  const showText = () => {
    isEditing = false;
    replace(promptRow(shown, context, edit));
  };
  function edit(): void {
    const text = context.edits.draft(shown.id) ?? shown.prompt;
    const close = () => {
      showText();
      element.focus();
    };
    context.edits.open(shown, text, close, (editor) => {
      isEditing = true;
      replace(editor.element);
      editor.focus();
    });
  }
  return {
    element: () => element,
    update(next: TurnView) {
      const isSame = !hasOtherPrompt(next, shown) && mayBranch === context.mayBranch;
      shown = next;
      mayBranch = context.mayBranch;
      if (!isSame && !isEditing) showText();
    },
  };
}

/** The parts of one answer, each kept by its id as long as it is there. */
function createParts(context: RowContext) {
  const views = new Map<string, PartView & { readonly begunAtMs: number }>();
  const rails = new Map<string, HTMLElement>();

  const make = (part: TurnPart, turn: TurnView) => {
    const begunAtMs = views.size === 0 ? turn.startedAtMs : context.now();
    return { ...createPart(part, turn.id, context), begunAtMs };
  };
  const drop = (id: string) => {
    views.get(id)?.dispose();
    views.delete(id);
  };
  return {
    /** Brings the parts up to date and gives what is to stand in the answer, in order. */
    update(turn: TurnView): HTMLElement[] {
      const ids = new Set(turn.parts.map(({ id }) => id));
      for (const id of views.keys()) if (!ids.has(id)) drop(id);
      const running = turn.status === 'running';
      const lastAt = turn.parts.findLastIndex(({ stale }) => stale !== true);
      const drawn = turn.parts.map((part, at) => {
        if (views.get(part.id)?.kind !== part.kind) drop(part.id);
        const view = views.get(part.id) ?? make(part, turn);
        views.set(part.id, view);
        const last = at === lastAt;
        view.update(part, { turnId: turn.id, running, last, begunAtMs: view.begunAtMs });
        markStale(view.element, part);
        return { id: part.id, view };
      });
      return slotsOf(drawn, rails);
    },
    frame: (nowMs: number) =>
      [...views.values()].map((view) => view.frame(nowMs)).some((more) => more),
    isTicking: () => [...views.values()].some((view) => view.isTicking()),
    dispose() {
      for (const id of views.keys()) drop(id);
    },
  };
}

/** Text of a broken attempt is no part of the answer: it is grey, and neither read out nor copied. */
function markStale(element: HTMLElement, { stale = false, kind }: TurnPart): void {
  element.classList.toggle('is-stale', stale);
  setAttribute(element, 'aria-busy', stale ? 'true' : undefined);
  if (kind !== 'text' && kind !== 'refusal') return;
  setAttribute(element, 'role', stale || kind === 'refusal' ? 'group' : undefined);
  setAttribute(element, 'aria-label', stale ? staleLabel() : kind === 'refusal' && refusalLabel());
}

const staleLabel = () => l10n.t('Interrupted. Writing this again');

function createPart(part: TurnPart, turnId: string, context: RowContext): PartView {
  switch (part.kind) {
    case 'text':
      return createTextPart(turnId, context);
    case 'reasoning':
      return createReasoningPart(turnId, part.id, context);
    case 'refusal':
      return createRefusalPart();
    case 'call':
      return createCallPart();
  }
}

/** Neighbours on the rail share one list; everything else stands by itself. */
function slotsOf(
  drawn: readonly { readonly id: string; readonly view: PartView }[],
  rails: Map<string, HTMLElement>,
): HTMLElement[] {
  const slots: { readonly element: HTMLElement; readonly rows?: HTMLElement[] }[] = [];
  for (const { id, view } of drawn) {
    const rows = slots.at(-1)?.rows;
    if (!view.onRail) slots.push({ element: view.element });
    else if (rows !== undefined) rows.push(view.element);
    else slots.push({ element: railOf(id, rails), rows: [view.element] });
  }
  for (const { element, rows } of slots) {
    if (rows === undefined) continue;
    setChildren(element, rows);
    element.hidden = rows.every((row) => row.hidden);
  }
  return slots.map(({ element }) => element);
}

function railOf(firstId: string, rails: Map<string, HTMLElement>): HTMLElement {
  const rail =
    rails.get(firstId) ??
    h('ol', { class: 'steps', 'aria-label': l10n.t('Activity'), role: 'list' });
  rails.set(firstId, rail);
  return rail;
}

/**
 * What stands below the parts: reconnecting, remarks, the end, the receipt. Each is made anew only
 * when it changes itself, so that late figures leave the buttons above them alone.
 */
function createTail(turnId: string, context: RowContext) {
  const retryRow = createRetryRow(turnId, context);
  const receipt = createReceipt(turnId, context);
  let made: { readonly for: TurnView; readonly isLast: boolean; readonly rows: HTMLElement[] };
  return {
    update(turn: TurnView, isLast: boolean): HTMLElement[] {
      const same = made !== undefined && made.isLast === isLast && sameTail(made.for, turn);
      if (!same) made = { for: turn, isLast, rows: tailRows(turn, isLast, context) };
      if (turn.status !== 'running') {
        const offersRetry = turn.failure?.actions.includes('retry') === true;
        const slip = receipt.update(turn, isLast && !offersRetry);
        return slip === undefined ? made.rows : [...made.rows, slip];
      }
      if (turn.retry === undefined) return made.rows;
      retryRow.update(turn.retry);
      return [...made.rows, retryRow.element];
    },
    tick: () => retryRow.tick(),
  };
}

function sameTail(a: TurnView, b: TurnView): boolean {
  const isSame = a.status === b.status && a.failure === b.failure && a.notes === b.notes;
  return isSame && a.mayContinue === b.mayContinue;
}

function tailRows(turn: TurnView, isLast: boolean, context: RowContext): HTMLElement[] {
  const end = endRow(turn);
  return [
    ...turn.notes.map(remark),
    ...(end === undefined ? [] : [end]),
    ...(turn.mayContinue === true && isLast ? [restRow(turn.id, context)] : []),
    ...(turn.failure === undefined ? [] : [failureNote(turn, turn.failure, context)]),
  ];
}
