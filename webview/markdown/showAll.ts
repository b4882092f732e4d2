import * as l10n from '@vscode/l10n';
import { plural } from '../../src/shared/format.ts';
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
      button.textContent =
        hiddenLines > 1
          ? plural(
              l10n.t('{0, plural, one {Show all (# more line)} other {Show all (# more lines)}}'),
              hiddenLines,
            )
          : plural(
              l10n.t(
                '{0, plural, one {Show all (# more character)} other {Show all (# more characters)}}',
              ),
              hiddenUnits,
            );
      if (button.parentNode !== text) text.append(button);
    },
  };
}
