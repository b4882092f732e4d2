import * as l10n from '@vscode/l10n';
import { formatNumber } from '../../src/shared/format.ts';
import type { QueuedPrompt } from '../../src/shared/protocol/history.ts';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { h, setChildren } from '../base/dom.ts';
import { glyph } from '../base/glyphs.ts';
import { icon } from '../base/icons.ts';
import type { Announcement } from '../panel/announcer.ts';

export interface QueueStripDeps {
  readonly send: (message: FromWebview) => void;
  readonly say: (announcement: Announcement) => void;
  /** Where the focus goes when the last message is gone. */
  readonly leave: () => void;
}

export interface QueueStrip {
  readonly element: HTMLElement;
  readonly update: (prompts: readonly QueuedPrompt[]) => void;
}

const states: Record<QueuedPrompt['waitsFor'], () => string> = {
  step: () => l10n.t('Next step'),
  turn: () => l10n.t('Queued'),
  user: () => l10n.t('Not sent'),
};

/**
 * The messages that wait, in the order in which they will be sent. Alt with an arrow key or dragging
 * moves one, Enter or F2 edits it in place, Delete removes it.
 */
export function createQueueStrip(deps: QueueStripDeps): QueueStrip {
  const list = h('ul', { class: 'queue', 'aria-label': l10n.t('Waiting messages') });
  const element = h('div', { class: 'shelf is-queue', hidden: true }, list);
  const rows = new Map<string, { readonly for: QueuedPrompt; readonly element: HTMLElement }>();
  let prompts: readonly QueuedPrompt[] = [];
  let editing: string | undefined;

  const draw = () => {
    const focused = document.activeElement;
    const hadFocus = focused instanceof HTMLElement && list.contains(focused);
    const kept = new Map(rows);
    rows.clear();
    for (const prompt of prompts) {
      const old = kept.get(prompt.id);
      const isSame = old?.for === prompt && prompt.id !== editing;
      rows.set(prompt.id, isSame ? old : { for: prompt, element: rowOf(prompt) });
    }
    setChildren(
      list,
      [...rows.values()].map((row) => row.element),
    );
    element.hidden = prompts.length === 0;
    if (hadFocus) focusAgain(focused);
  };
  /** A row that moves loses the focus, and one that goes gives it to the next. */
  const focusAgain = (before: HTMLElement) => {
    if (list.contains(document.activeElement)) return;
    const next = list.contains(before) ? before : list.querySelector<HTMLElement>('.queue-text');
    if (next === null) deps.leave();
    else next.focus();
  };
  const edit = (id: string | undefined) => {
    if (editing !== undefined) rows.delete(editing);
    editing = id;
    draw();
    list.querySelector<HTMLElement>('textarea')?.focus();
  };
  const moveTo = (id: string, before: string | undefined) => {
    if (id === before) return;
    deps.send({ type: 'queue/move', id, ...(before !== undefined && { before }) });
  };
  const dragging = createDragging((id, over) => {
    const isDown = indexOf(prompts, id) < indexOf(prompts, over);
    moveTo(id, isDown ? prompts[indexOf(prompts, over) + 1]?.id : over);
  });
  const move = ({ id }: QueuedPrompt, by: -1 | 1) => {
    const at = prompts.findIndex((one) => one.id === id);
    const target = at + by;
    if (target < 0 || target >= prompts.length) return;
    moveTo(id, prompts[by < 0 ? target : target + 1]?.id);
    deps.say({
      text: l10n.t('Moved to {0} of {1}', formatNumber(target + 1), formatNumber(prompts.length)),
      topic: 'queue',
    });
  };
  const rowOf = (prompt: QueuedPrompt): HTMLElement => {
    if (prompt.id === editing) return editRow(prompt, deps.send, () => edit(undefined));
    const row = queueRow(prompt, {
      edit: () => edit(prompt.id),
      remove: () => deps.send({ type: 'queue/remove', id: prompt.id }),
      sendNow: () => deps.send({ type: 'queue/send', id: prompt.id }),
      move: (by) => move(prompt, by),
    });
    dragging.watch(row, prompt.id);
    return row;
  };
  return {
    element,
    update(next) {
      prompts = next.map((prompt) => sameAs(prompts, prompt));
      const isEditing = next.some(({ id }) => id === editing);
      // What is being typed stays; the rows follow when it is done.
      if (isEditing && list.querySelector('textarea') !== null) return;
      editing = undefined;
      draw();
    },
  };
}

/** What was there before when it says the same: a message that was parsed is new all through. */
function sameAs(before: readonly QueuedPrompt[], prompt: QueuedPrompt): QueuedPrompt {
  const old = before.find(({ id }) => id === prompt.id);
  const isSame = old?.text === prompt.text && old.waitsFor === prompt.waitsFor;
  return isSame ? old : prompt;
}

/** Dragging one row onto another. */
function createDragging(drop: (id: string, over: string) => void) {
  let dragged: string | undefined;
  return {
    watch(row: HTMLElement, id: string) {
      row.addEventListener('dragstart', () => {
        dragged = id;
      });
      row.addEventListener('dragover', (event) => dragged !== undefined && event.preventDefault());
      row.addEventListener('drop', (event) => {
        event.preventDefault();
        if (dragged !== undefined) drop(dragged, id);
        dragged = undefined;
      });
    },
  };
}

const indexOf = (prompts: readonly QueuedPrompt[], id: string) =>
  prompts.findIndex((prompt) => prompt.id === id);

interface RowActs {
  readonly edit: () => void;
  readonly remove: () => void;
  readonly sendNow: () => void;
  readonly move: (by: -1 | 1) => void;
}

function queueRow(prompt: QueuedPrompt, acts: RowActs): HTMLElement {
  const { text, waitsFor } = prompt;
  const line = text.trim().split('\n', 1)[0] ?? '';
  const words = h(
    'button',
    {
      class: 'queue-text',
      type: 'button',
      title: l10n.t('Edit (F2). Move with Alt and the arrow keys, or drag.'),
      'aria-keyshortcuts': 'F2 Delete Alt+ArrowUp Alt+ArrowDown',
      onclick: acts.edit,
    },
    h('span', { class: 'clip', dir: 'auto' }, line.slice(0, 300)),
    h('small', { class: 'dim' }, states[waitsFor]()),
  );
  words.addEventListener('keydown', (event) => {
    if (event.altKey && event.key === 'ArrowUp') acts.move(-1);
    else if (event.altKey && event.key === 'ArrowDown') acts.move(1);
    else if (event.key === 'F2') acts.edit();
    else if (event.key === 'Delete') acts.remove();
    else return;
    event.preventDefault();
  });
  const tool = (picture: SVGSVGElement, label: string, press: () => void) =>
    h(
      'button',
      { class: 'tool', type: 'button', 'aria-label': label, title: label, onclick: press },
      picture,
    );
  return h(
    'li',
    { draggable: 'true' },
    words,
    tool(icon('send'), l10n.t('Send now'), acts.sendNow),
    tool(icon('edit'), l10n.t('Edit'), acts.edit),
    tool(glyph('close'), l10n.t('Remove'), acts.remove),
  );
}

/** A field in the place of the row. Enter keeps the new text, Escape the old one. */
function editRow(
  { id, text }: QueuedPrompt,
  send: QueueStripDeps['send'],
  done: () => void,
): HTMLElement {
  const field = h('textarea', {
    class: 'field',
    rows: 2,
    dir: 'auto',
    'aria-label': l10n.t('Edit the waiting message'),
    maxlength: 2_000_000,
    spellcheck: 'false',
  });
  field.value = text;
  const finish = (keeps: boolean) => {
    const next = field.value;
    if (keeps && next.trim() !== '' && next !== text) send({ type: 'queue/edit', id, text: next });
    done();
  };
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== 'Escape' && (event.key !== 'Enter' || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    finish(event.key === 'Enter');
  });
  const save = h(
    'button',
    { class: 'btn btn-bare', type: 'button', onclick: () => finish(true) },
    l10n.t('Save'),
  );
  return h('li', { class: 'is-editing' }, field, save);
}
