import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { appendAll, h, setAttribute } from './dom.ts';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing());

export type ButtonLook = 'primary' | 'secondary' | 'icon';

/**
 * A button of the toolkit, for the chrome around the answers. The label is set in words and as the
 * accessible name: without the second, an icon-like button is announced as "Icon Button".
 */
export function toolkitButton(label: string, look: ButtonLook, press: () => void): HTMLElement {
  const button = document.createElement('vscode-button');
  button.setAttribute('appearance', look);
  setAttribute(button, 'aria-label', label);
  button.className = `kit kit-${look}`;
  appendAll(button, [label]);
  button.addEventListener('click', press);
  return button;
}

/** A ring that turns while something is awaited; the words beside it say what. */
export function progressRing(): HTMLElement {
  const ring = document.createElement('vscode-progress-ring');
  ring.className = 'kit-ring';
  return h('span', { class: 'ring-box', 'aria-hidden': 'true' }, ring);
}
