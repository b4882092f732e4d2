import { h } from '../base/dom.ts';

/** The button at the end of a text that is shown in part. */
export interface ShowAll {
  /** Puts it there, or says anew how much is hidden: line ends and UTF-16 units. */
  show(hiddenLines: number, hiddenUnits: number): void;
}

/** `onPress` comes once; the focus goes to what the text stands in, since the button is gone then. */
export function createShowAll(text: HTMLElement, onPress: () => void): ShowAll {
  const press = () => {
    const place = text.closest<HTMLElement>('[tabindex]');
    button.remove();
    place?.focus({ preventScroll: true });
    onPress();
  };
  const button = h('button', { class: 'linkish show-all', type: 'button', onclick: press });
  return {
    show(hiddenLines, hiddenUnits) {
      const [count, noun] = hiddenLines > 1 ? [hiddenLines, 'lines'] : [hiddenUnits, 'characters'];
      button.textContent = `Show all (${count.toLocaleString()} more ${noun})`;
      if (button.parentNode !== text) text.append(button);
    },
  };
}
