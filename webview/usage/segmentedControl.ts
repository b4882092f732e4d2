import { ownValue } from '../../src/base/lookup.ts';
import { h } from '../base/dom.ts';

export interface Choices<T extends string> {
  readonly label: string;
  readonly options: readonly (readonly [value: T, name: string])[];
  readonly take: (value: T) => void;
}

export interface SegmentedControl<T extends string> {
  readonly element: HTMLElement;
  readonly update: (current: T) => void;
}

/** A row of radio buttons; the arrow keys choose at once, as radio buttons do. */
export function createSegmentedControl<T extends string>({
  label,
  options,
  take,
}: Choices<T>): SegmentedControl<T> {
  const choose = (at: number) => {
    const option = options[(at + options.length) % options.length];
    if (option === undefined) return;
    take(option[0]);
    buttons[(at + options.length) % options.length]?.focus();
  };
  const buttons = options.map(([value, name], at) =>
    h(
      'button',
      {
        type: 'button',
        role: 'radio',
        onclick: () => take(value),
        onkeydown(event) {
          const by =
            event instanceof KeyboardEvent &&
            ownValue({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }, event.key);
          if (typeof by !== 'number') return;
          event.preventDefault();
          choose(at + by);
        },
      },
      name,
    ),
  );
  return {
    element: h('div', { class: 'seg', role: 'radiogroup', 'aria-label': label }, ...buttons),
    update(current) {
      for (const [at, button] of buttons.entries()) {
        const isCurrent = options[at]?.[0] === current;
        button.setAttribute('aria-checked', String(isCurrent));
        button.tabIndex = isCurrent ? 0 : -1;
      }
    },
  };
}
