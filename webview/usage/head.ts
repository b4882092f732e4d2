import * as l10n from '@vscode/l10n';
import type { UsageAccounts } from '../../src/shared/protocol/usage.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { glyph } from '../base/glyphs.ts';
import type { UsageContext } from './usageContext.ts';
import { createPopup } from '../base/popup.ts';
import { pageAge } from './usageWords.ts';

/** The way back, what the page is, how old it is, and what can be done with all of it. */
export function createHead({ send, close }: UsageContext) {
  const title = h('h2', { class: 'page-title', tabindex: -1 }, l10n.t('Usage'));
  const age = h('small', { class: 'num' });
  const refresh = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': l10n.t('Refresh'),
      title: l10n.t('Refresh'),
      onclick() {
        if (refresh.getAttribute('aria-disabled') !== 'true') send({ type: 'usage/refresh' });
      },
    },
    icon('retry'),
  );
  const more = h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': l10n.t('More'), title: l10n.t('More') },
    glyph('more'),
  );
  const menu = createPopup(more, l10n.t('More'));
  menu.update([
    { name: l10n.t('Add an account'), act: () => send({ type: 'usage/addAccount' }) },
    { name: l10n.t('Export all as CSV'), act: () => send({ type: 'usage/export' }) },
    { name: l10n.t('Settings'), act: () => send({ type: 'usage/settings' }) },
  ]);
  const back = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': l10n.t('Back to the chat'),
      title: l10n.t('Back to the chat (Esc)'),
      onclick: close,
    },
    glyph('back'),
  );
  return {
    element: h(
      'header',
      { class: 'page-head' },
      back,
      title,
      age,
      h('span', { class: 'tools' }, refresh, menu.element),
    ),
    focus: () => title.focus(),
    update({ list, refreshing }: UsageAccounts, nowMs: number) {
      setText(age, refreshing ? l10n.t('Refreshing…') : pageAge(list, nowMs));
      // A disabled button would lose the focus of who has just pressed it.
      setAttribute(refresh, 'aria-disabled', refreshing ? 'true' : undefined);
      refresh.firstElementChild?.classList.toggle('spin', refreshing);
    },
  };
}
