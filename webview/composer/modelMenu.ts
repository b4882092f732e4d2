import * as l10n from '@vscode/l10n';
import { ownValue } from '../../src/base/lookup.ts';
import type { ModelView, ModelsView } from '../../src/shared/protocol/chat.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { effortName } from '../base/words.ts';

export interface ModelMenu {
  /** Stands in the bar of the composer. */
  readonly button: HTMLElement;
  /** Stands above the composer. */
  readonly menu: HTMLElement;
  readonly update: (models: ModelsView) => void;
  readonly open: () => void;
  readonly close: () => void;
  readonly isOpen: boolean;
}

type Pick = (slug: string, effort: string | undefined) => void;

/** The choice of model and effort. A listbox of its own, since the toolkit's is clipped and cannot
 * leave the field. */
export function createModelMenu(pick: Pick, onClose: () => void): ModelMenu {
  const label = h('span', { class: 'clip' });
  const button = h(
    'button',
    {
      class: 'ghost model',
      type: 'button',
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      onclick: () => (isOpen() ? close(true) : open()),
    },
    h('span', { class: 'sr' }, l10n.t('Model and effort:'), ' '),
    label,
    icon('down', 'chevron'),
  );
  const list = createModelList((slug) => {
    choose(slug);
    close(true);
  });
  const efforts = h('div', { class: 'seg', role: 'radiogroup', 'aria-label': l10n.t('Effort') });
  const foot = h('div', { class: 'menu-foot' }, efforts);
  const menu = h(
    'div',
    { class: 'menu', role: 'dialog', 'aria-label': l10n.t('Model and effort'), hidden: true },
    list.element,
    foot,
  );
  let models: ModelsView | undefined;

  const isOpen = () => !menu.hidden;
  const choose = (slug: string) => {
    const model = models?.list.find((other) => other.slug === slug);
    if (model !== undefined) pick(slug, effortFor(model, models?.selected.effort));
  };
  const open = () => {
    if (models === undefined || models.list.length === 0) return;
    menu.hidden = false;
    setAttribute(button, 'aria-expanded', 'true');
    list.focus(models.selected.slug);
  };
  const close = (focusBack: boolean) => {
    if (!isOpen()) return;
    menu.hidden = true;
    setAttribute(button, 'aria-expanded', 'false');
    if (focusBack) onClose();
  };
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close(true);
  });
  const isOutside = (target: EventTarget | null) =>
    !(target instanceof Node) || (!menu.contains(target) && !button.contains(target));
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null && isOutside(relatedTarget)) close(false);
  });
  document.addEventListener('pointerdown', ({ target }) => isOutside(target) && close(false));

  return {
    button,
    menu,
    get isOpen() {
      return isOpen();
    },
    open,
    close: () => close(false),
    update(next) {
      if (next === models) return;
      models = next;
      const selected = next.list.find(({ slug }) => slug === next.selected.slug);
      setText(label, labelOf(next, selected));
      button.disabled = next.list.length === 0;
      list.update(next);
      drawEfforts(efforts, selected, next.selected.effort, (effort) =>
        pick(next.selected.slug, effort),
      );
      foot.hidden = (selected?.efforts.length ?? 0) < 2;
    },
  };
}

function labelOf({ selected }: ModelsView, model: ModelView | undefined): string {
  const name = model?.name ?? selected.slug;
  const effort = selected.effort ?? model?.defaultEffort;
  return effort === undefined ? name : `${name} · ${effortName(effort)}`;
}

/** The effort in use if the model has it, else the model's own default. */
function effortFor(model: ModelView, effort: string | undefined): string | undefined {
  if (effort !== undefined && model.efforts.includes(effort)) return effort;
  return model.defaultEffort ?? model.efforts[0];
}

/** The models as a listbox: one Tab stop, the arrows move the choice, Enter takes it. */
function createModelList(take: (slug: string) => void) {
  const element = h('ul', {
    class: 'menu-list',
    role: 'listbox',
    tabindex: 0,
    'aria-label': l10n.t('Model'),
  });
  let models: readonly ModelView[] = [];
  let selected = '';
  let active = 0;
  const draw = () => {
    element.replaceChildren(
      ...models.map((model, at) => option(model, at, selected, active, () => take(model.slug))),
    );
    setAttribute(
      element,
      'aria-activedescendant',
      models.length > 0 ? `model-${active}` : undefined,
    );
  };
  const moveTo = (at: number) => {
    active = Math.min(models.length - 1, Math.max(0, at));
    draw();
    element.children[active]?.scrollIntoView({ block: 'nearest' });
  };
  element.addEventListener('keydown', (event) => {
    const targets = { ArrowUp: active - 1, ArrowDown: active + 1, Home: 0, End: models.length };
    const target = ownValue(targets, event.key);
    const model = models[active];
    if (target !== undefined) moveTo(target);
    else if ((event.key === 'Enter' || event.key === ' ') && model !== undefined) take(model.slug);
    else return;
    event.preventDefault();
  });
  return {
    element,
    update(next: ModelsView) {
      models = next.list;
      selected = next.selected.slug;
      active = Math.min(active, Math.max(0, models.length - 1));
      draw();
    },
    focus(slug: string) {
      moveTo(
        Math.max(
          0,
          models.findIndex((model) => model.slug === slug),
        ),
      );
      element.focus();
    },
  };
}

function option(
  model: ModelView,
  at: number,
  selected: string,
  active: number,
  take: () => void,
): HTMLElement {
  const isSelected = model.slug === selected;
  return h(
    'li',
    {
      class: `opt two${at === active ? ' is-on' : ''}`,
      id: `model-${at}`,
      role: 'option',
      'aria-selected': String(isSelected),
      onclick: take,
    },
    isSelected ? icon('check') : h('span', { class: 'i' }),
    h(
      'span',
      { class: 'opt-main' },
      model.name,
      model.description === '' ? undefined : h('small', { class: 'dim' }, model.description),
    ),
  );
}

/** The efforts as radio buttons: the arrows choose at once, as radio buttons do. */
function drawEfforts(
  group: HTMLElement,
  model: ModelView | undefined,
  effort: string | undefined,
  take: (effort: string) => void,
): void {
  const list = model?.efforts ?? [];
  const current = model && effortFor(model, effort);
  const hadFocus = group.contains(document.activeElement);
  const buttons = list.map((name, at) => {
    const isCurrent = name === current;
    const button = h(
      'button',
      {
        type: 'button',
        role: 'radio',
        'aria-checked': String(isCurrent),
        tabindex: isCurrent ? 0 : -1,
        onclick: () => take(name),
      },
      effortName(name),
    );
    button.addEventListener('keydown', (event) => {
      const by = ownValue({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }, event.key);
      const next = by === undefined ? undefined : list[(at + by + list.length) % list.length];
      if (next === undefined) return;
      event.preventDefault();
      take(next);
    });
    return button;
  });
  group.replaceChildren(...buttons);
  if (hadFocus) buttons.find((button) => button.tabIndex === 0)?.focus();
}
