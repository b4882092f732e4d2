import * as l10n from '@vscode/l10n';
import { h, setChildren } from '../../base/dom.ts';
import { icon } from '../../base/icons.ts';
import { chipContent, chipName, type ChipView } from './chip.ts';

/** A chip: one that the host has, or one that is still being read or on its way to the host. */
export interface Chip extends ChipView {
  readonly id: string;
  readonly isReading: boolean;
}

export interface ChipActions {
  readonly open: (id: string) => void;
  readonly remove: (id: string) => void;
}

export interface ChipList {
  readonly element: HTMLElement;
  readonly draw: (chips: readonly Chip[]) => void;
  /** Focuses a chip, the last one without an id. False when there is none. */
  readonly focus: (id?: string) => boolean;
}

export function createChipList(actions: ChipActions): ChipList {
  const element = h('ul', { class: 'chips', 'aria-label': l10n.t('Attachments'), hidden: true });
  const items = new Map<string, { readonly item: HTMLElement; readonly shown: string }>();

  /** Made again only when it shows something else, so that the focus stays on it. */
  const itemOf = (chip: Chip): HTMLElement => {
    const { id, kind, name, detail, isCut, thumbnail, isReading } = chip;
    const shown = JSON.stringify([kind, name, detail, isCut, thumbnail, isReading]);
    const before = items.get(id);
    if (before?.shown === shown) return before.item;
    const item = createChip(chip, actions);
    items.set(id, { item, shown });
    return item;
  };
  return {
    element,
    draw(chips) {
      const focused = [...items].find(([, { item }]) => item.contains(document.activeElement))?.[0];
      setChildren(element, chips.map(itemOf));
      for (const id of items.keys()) if (!chips.some((chip) => chip.id === id)) items.delete(id);
      element.hidden = chips.length === 0;
      const item = focused === undefined ? undefined : items.get(focused)?.item;
      if (item?.contains(document.activeElement) === false) focusIn(item);
    },
    focus(id) {
      const item = id === undefined ? element.lastElementChild : items.get(id)?.item;
      return focusIn(item);
    },
  };
}

/** Two buttons beside each other: the chip opens what is attached, the cross removes it. */
function createChip(chip: Chip, { open, remove }: ChipActions): HTMLElement {
  const content = chip.isReading
    ? [icon('spin', 'spin'), h('span', { class: 'clip', dir: 'auto' }, chip.name)]
    : chipContent(chip);
  const main = h(
    'button',
    {
      class: 'chip-main',
      type: 'button',
      title: chip.detail,
      'aria-label': chipName(chip),
      'aria-busy': chip.isReading ? 'true' : undefined,
      onclick: () => chip.isReading || open(chip.id),
    },
    ...content,
  );
  const name = l10n.t('Remove {0}', chip.name);
  const cross = h(
    'button',
    {
      class: 'chip-remove',
      type: 'button',
      'aria-label': name,
      title: name,
      onclick: () => remove(chip.id),
    },
    icon('close'),
  );
  const item = h('li', { class: 'chip' }, main, cross);
  item.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Delete' || event.key === 'Backspace') remove(chip.id);
    else if (event.key === 'ArrowLeft') focusIn(item.previousElementSibling);
    else if (event.key === 'ArrowRight') focusIn(item.nextElementSibling);
    else return;
    event.preventDefault();
  });
  return item;
}

function focusIn(item: Element | null | undefined): boolean {
  const button = item?.querySelector('button');
  button?.focus();
  return button !== null && button !== undefined;
}
