import type { Tokens } from 'marked';
import { h } from '../h.ts';
import { drawInline } from './inline.ts';
import type { Pen } from './pen.ts';

const maxColumns = 50;
const maxRows = 500;
const expanders = new WeakMap<Node, () => void>();
const expanded = new WeakSet<Node>();

/** A table in a box that scrolls by itself. A big one is cut, with a button for the rest. */
export function drawTable(token: Tokens.Table, pen: Pen): HTMLElement {
  const columns = token.header.length;
  const rows = token.rows.length;
  const size = `${columns} ${columns === 1 ? 'column' : 'columns'}, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const name = `Table ${++pen.tables}, ${size}`;
  const box = h('div', { class: 'wide', role: 'group', tabindex: 0, 'aria-label': name });
  if (columns <= maxColumns && rows <= maxRows) {
    box.append(grid(token, pen, columns, rows));
    return box;
  }
  const expand = () => {
    expanded.add(box);
    expanders.delete(box);
    box.replaceChildren(grid(token, pen, columns, rows));
  };
  const label = `Show all ${columns.toLocaleString()} columns, ${rows.toLocaleString()} rows`;
  const more = h('button', { class: 'linkish', type: 'button' }, label);
  more.addEventListener('click', () => {
    expand();
    box.focus();
  });
  box.append(grid(token, pen, maxColumns, maxRows), more);
  expanders.set(box, expand);
  return box;
}

/** A table that somebody has asked to see whole stays whole when it is drawn anew. */
export function matchExpansion(old: Node, fresh: Node): void {
  if (!expanded.has(old)) return;
  expanders.get(fresh)?.();
}

function grid(token: Tokens.Table, pen: Pen, columns: number, rows: number): HTMLElement {
  const line = (tag: 'th' | 'td', cells: readonly Tokens.TableCell[]) =>
    h(
      'tr',
      {},
      cells.slice(0, columns).map((cell) => drawCell(tag, cell, pen)),
    );
  return h(
    'table',
    {},
    h('thead', {}, line('th', token.header)),
    h(
      'tbody',
      {},
      token.rows.slice(0, rows).map((row) => line('td', row)),
    ),
  );
}

function drawCell(tag: 'th' | 'td', cell: Tokens.TableCell, pen: Pen): HTMLElement {
  const align = { left: undefined, center: 'centre', right: 'end', none: undefined };
  const props = { dir: 'auto', class: align[cell.align ?? 'none'] };
  return h(tag, props, drawInline(cell.tokens, pen.actions));
}
