import * as l10n from '@vscode/l10n';
import { formatNumber, plural } from '../../src/shared/format.ts';
import type { Tokens } from 'marked';
import { h, setAttribute } from '../base/dom.ts';
import { drawInline } from './inline.ts';
import type { RenderContext, Steps } from './renderContext.ts';
import { rowWeight, weightOf } from './parse/weight.ts';

/** A table on the page. It grows by rows; a big one is cut, with a button for the rest. */
export interface TableBlock {
  /** A box that scrolls by itself. */
  readonly element: HTMLElement;
  addRows(rows: readonly (readonly Tokens.TableCell[])[]): Steps;
  /** Shows all columns and rows at once, and those that are still to come. */
  expand(): void;
  readonly isExpanded: boolean;
  /** Whether something of it is not shown. */
  readonly isCut: boolean;
}

const maxColumns = 50;
const maxRows = 500;
/** Cells of one `table`: each new row has all of its cells laid out again. */
const maxCells = 3_000;
const tables = new WeakMap<Node, TableBlock>();

export function tableOf(node: Node | null): TableBlock | undefined {
  return node ? tables.get(node) : undefined;
}

/** The whole table, as far as it is shown at first. */
export function drawTable(token: Tokens.Table, pen: RenderContext): HTMLElement {
  const table = createTable(token, pen);
  drain(table.addRows(token.rows));
  return table.element;
}

/** A table that somebody has asked to see whole stays whole when it is drawn anew. */
export function matchExpansion(old: Node, fresh: Node): void {
  if (tableOf(old)?.isExpanded === true) tableOf(fresh)?.expand();
}

/** Whether the node is a table with a button, which acts on that very table. */
export function isCutTable(node: Node): boolean {
  return tableOf(node)?.isCut === true;
}

type Row = readonly Tokens.TableCell[];

/** The head of the table, without its rows. */
export function createTable({ header }: Tokens.Table, pen: RenderContext): TableBlock {
  const number = ++pen.tables;
  const columns = header.length;
  const shownColumns = Math.min(columns, maxColumns);
  const rowLimit = Math.min(maxRows, Math.max(20, Math.floor(maxCells / shownColumns)));
  const element = h('div', { class: 'wide', role: 'group', tabindex: 0 });
  const more = h('button', { class: 'linkish', type: 'button', onclick: showAll });
  const rows: Row[] = [];
  let [isExpanded, drawn] = [false, 0];
  let body: HTMLElement | undefined;

  function* startGrid(): Steps {
    const head = h('tr');
    body = h('tbody');
    const grid = h('table', {}, h('thead', {}, head), body);
    if (more.parentNode === element) more.before(grid);
    else element.append(grid);
    yield* fillRow(head, 'th', header.slice(0, isExpanded ? columns : shownColumns), pen);
  }

  function* drawDue(): Steps {
    while (drawn < (isExpanded ? rows.length : Math.min(rows.length, rowLimit))) {
      const width = isExpanded ? columns : shownColumns;
      const row = rows[drawn++];
      if (!body || body.childElementCount >= Math.max(1, maxCells / width)) yield* startGrid();
      const line = h('tr');
      body?.append(line);
      if (row) yield* fillRow(line, 'td', row.slice(0, width), pen);
    }
  }

  const isCut = () => !isExpanded && (columns > maxColumns || rows.length > rowLimit);

  function name(): void {
    const size = sizeText(columns, rows.length);
    setAttribute(element, 'aria-label', l10n.t('Table {0}, {1}', formatNumber(number), size));
    more.textContent = l10n.t('Show all {0}', size);
    if (isCut()) element.append(more);
    else more.remove();
  }

  function expand(): void {
    isExpanded = true;
    more.remove();
    if (columns <= maxColumns) return;
    element.replaceChildren();
    drawn = 0;
    body = undefined;
  }

  function showAll(): void {
    expand();
    element.focus();
    pen.later(drawDue());
  }

  const table: TableBlock = {
    element,
    *addRows(added) {
      rows.push(...added);
      name();
      yield* drawDue();
    },
    expand() {
      expand();
      drain(drawDue());
    },
    get isExpanded() {
      return isExpanded;
    },
    get isCut() {
      return isCut();
    },
  };
  drain(startGrid());
  name();
  tables.set(element, table);
  return table;
}

/** `3 columns, 12 rows`. */
function sizeText(columns: number, rows: number): string {
  return l10n.t(
    '{0}, {1}',
    plural(l10n.t('{0, plural, one {# column} other {# columns}}'), columns),
    plural(l10n.t('{0, plural, one {# row} other {# rows}}'), rows),
  );
}

function drain(steps: Steps): void {
  while (steps.next().done !== true);
}

/** Cells that are drawn in one step. */
const stepCells = 100;

function* fillRow(element: Element, tag: 'th' | 'td', cells: Row, pen: RenderContext): Steps {
  for (let at = 0; at < cells.length; at += stepCells) {
    const some = cells.slice(at, at + stepCells);
    element.append(...some.map((cell) => drawCell(tag, cell, pen)));
    const words = some.flatMap(({ tokens }) => tokens);
    yield rowWeight + some.length + weightOf(words, Infinity);
  }
}

function drawCell(tag: 'th' | 'td', cell: Tokens.TableCell, pen: RenderContext): HTMLElement {
  const align = { left: undefined, center: 'centre', right: 'end', none: undefined };
  const props = { dir: 'auto', class: align[cell.align ?? 'none'] };
  return h(tag, props, drawInline(cell.tokens, pen.actions));
}
