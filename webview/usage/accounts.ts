import * as l10n from '@vscode/l10n';
import type { AccountAction } from '../../src/shared/protocol/account.ts';
import type { UsageAccount, UsageAccounts, UsageWindow } from '../../src/shared/protocol/usage.ts';
import { actionText, roleText } from '../../src/shared/accountText.ts';
import { freshId, h, s, setAttribute, setChildren, setText } from '../base/dom.ts';
import { icon, type IconName } from '../base/icons.ts';
import { stepClass } from '../composer/meters.ts';
import { glyph } from '../base/glyphs.ts';
import { redraw } from '../base/redraw.ts';
import type { UsageContext } from './usageContext.ts';
import { createPopup } from '../base/popup.ts';
import { pageAge, sourceWords, wholePercent } from './usageWords.ts';
import { formatPercent, formatTimeWithDistance, plural } from '../../src/shared/format.ts';

export interface AccountSections {
  readonly element: HTMLElement;
  readonly update: (accounts: UsageAccounts) => void;
}

type Deps = Pick<UsageContext, 'send' | 'now' | 'button'>;

/** The accounts, each with its bars. A row keeps its nodes, so that an open menu stays open. */
export function createAccountSections(deps: Deps): AccountSections {
  const element = h('div', { class: 'accts' });
  const rows = new Map<string, ReturnType<typeof createRow>>();
  return {
    element,
    update({ list }) {
      const toldAge = pageAge(list, deps.now());
      const known = new Set(list.map(({ id }) => id));
      for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
      for (const account of list) {
        const row = rows.get(account.id) ?? createRow(account.id, deps);
        rows.set(account.id, row);
        row.update(account, toldAge);
      }
      setChildren(
        element,
        list.flatMap(({ id }) => rows.get(id)?.element ?? []),
      );
    },
  };
}

function createRow(accountId: string, { send, now, button }: Deps) {
  const nameId = freshId('usage-account');
  const name = h('h3', { class: 'acct-name clip', id: nameId });
  const plan = h('span', { class: 'tag' });
  const state = h('span', { class: 'acct-state' });
  const picture = h('span', { class: 'acct-icon' });
  const more = h('button', { class: 'tool', type: 'button' }, glyph('more'));
  const menu = createPopup(more, l10n.t('Actions'));
  const body = h('div', { class: 'acct-body' });
  const element = h(
    'section',
    { class: 'acct', 'aria-labelledby': nameId },
    h(
      'div',
      { class: 'acct-top' },
      h('div', { class: 'acct-who' }, picture, name, plan),
      state,
      menu.element,
    ),
    body,
  );
  const act = (action: AccountAction) => send({ type: 'usage/act', accountId, action });
  return {
    element,
    update(account: UsageAccount, toldAge: string) {
      const { label, role, actions } = account;
      setText(name, label);
      setAttribute(name, 'title', label);
      setText(plan, account.plan ?? '');
      plan.hidden = (account.plan ?? '') === '';
      setText(state, roleText(role, now()));
      state.classList.toggle('is-in-use', role.kind === 'inUse');
      picture.replaceChildren(icon(...pictureOf(account)));
      setAttribute(more, 'aria-label', l10n.t('Actions for {0}', label));
      menu.element.hidden = actions.length === 0;
      menu.update(actions.map((action) => ({ name: actionText(action), act: () => act(action) })));
      const isDead = role.kind === 'signedOut';
      redraw(body, [
        ...bars(account, now()),
        factList(facts(account, now(), toldAge, act)),
        isDead && actions.includes('signIn')
          ? keyed(
              button(actionText('signIn'), 'primary', () => act('signIn')),
              'signIn',
            )
          : undefined,
        isDead && actions.includes('remove')
          ? keyed(
              button(l10n.t('Remove {0}', label), 'secondary', () => act('remove')),
              'remove',
            )
          : undefined,
      ]);
    },
  };
}

/** Beside the words at the right end: what keeps an account from being used has its own icon. */
function pictureOf({ role }: UsageAccount): [IconName, string] {
  switch (role.kind) {
    case 'inUse':
    case 'next':
    case 'ready':
      return ['account', ''];
    case 'coolingDown':
    case 'ceiling':
      return ['clock', 'tone-warn'];
    case 'signedOut':
      return ['warning', 'tone-warn'];
    case 'off':
      return ['slash', ''];
  }
}

function bars(account: UsageAccount, nowMs: number): HTMLElement[] {
  const bar = (window: UsageWindow) => windowRow(window, account, nowMs);
  const families = account.families.filter(({ windows }) => windows.length > 0);
  return [
    ...account.windows.map(bar),
    ...families.flatMap(({ name, windows }) => [
      h('p', { class: 'family' }, name),
      // The ceiling that the user has set is about the main limits alone.
      ...windows.map((window) => windowRow(window, { stale: account.stale }, nowMs)),
    ]),
  ];
}

const fillOf = { fiveHour: 'fill-five', weekly: 'fill-week', other: 'fill-third' } as const;

function windowRow(
  { kind, name, usedPercent, resetsAtMs }: UsageWindow,
  { stale, ceilingPercent }: Pick<UsageAccount, 'stale' | 'ceilingPercent'>,
  nowMs: number,
): HTMLElement {
  const percent = wholePercent(usedPercent);
  const alarm = { '': fillOf[kind], 'at-75': 'fill-warn', 'at-90': 'fill-bad' }[
    stepClass(usedPercent)
  ];
  const resets =
    resetsAtMs === undefined ? '' : l10n.t('Resets {0}', formatTimeWithDistance(resetsAtMs, nowMs));
  const when = [usedPercent >= 100 ? l10n.t('Spent.') : '', resets].join(' ').trim();
  return h(
    'div',
    {
      class: 'win',
      role: 'meter',
      'aria-label': name,
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': percent,
      'aria-valuetext': [
        l10n.t('{0} used', formatPercent(percent)),
        when,
        stale ? l10n.t('old value') : '',
      ]
        .filter((part) => part !== '')
        .join(', '),
    },
    h('span', { class: 'win-name' }, name),
    drawnBar(usedPercent, stale ? 'fill-rest' : alarm, ceilingPercent),
    h('span', { class: 'win-percent' }, formatPercent(percent)),
    when === '' ? undefined : h('span', { class: 'win-when' }, when),
  );
}

function drawnBar(percent: number, fill: string, ceiling: number | undefined): SVGSVGElement {
  const mark =
    ceiling === undefined
      ? []
      : [s('line', { class: 'bar-mark', x1: ceiling, x2: ceiling, y1: 0, y2: 6 })];
  return s(
    'svg',
    { class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { class: fill, width: Math.min(100, Math.max(0, percent)), height: 6 }),
    ...mark,
  );
}

const factList = (list: readonly HTMLElement[]) =>
  list.length === 0 ? undefined : h('div', { class: 'facts' }, ...list);

/** All that is not a bar, a line each. */
function facts(
  account: UsageAccount,
  nowMs: number,
  toldAge: string,
  act: (action: AccountAction) => void,
): HTMLElement[] {
  const { credits, spend, bankedResets = 0, remarks, ceilingPercent, role, actions } = account;
  const redeem = h(
    'button',
    { class: 'linkish small', type: 'button', 'data-key': 'redeem', onclick: () => act('redeem') },
    l10n.t('Redeem…'),
  );
  const resets = plural(
    l10n.t('{0, plural, one {# usage reset} other {# usage resets}}'),
    bankedResets,
  );
  const ceiling =
    ceilingPercent === undefined || role.kind === 'ceiling'
      ? undefined
      : l10n.t('Cap of {0}', formatPercent(ceilingPercent));
  return [
    ...(credits === undefined ? [] : [fact(creditWords(credits))]),
    ...(spend === undefined ? [] : [fact(spendWords(spend), spend.reached)]),
    ...(bankedResets > 0
      ? [fact(resets, false, actions.includes('redeem') ? redeem : undefined)]
      : []),
    ...(ceiling === undefined ? [] : [fact(ceiling)]),
    ...(account.isForWorkspace ? [fact(l10n.t('Used in this workspace'))] : []),
    ...remarks.map((remark) => fact(remark)),
    ...sourceLine(account, nowMs, toldAge),
  ];
}

function sourceLine(account: UsageAccount, nowMs: number, toldAge: string): HTMLElement[] {
  const words = sourceWords(account, nowMs, toldAge);
  return words === '' ? [] : [fact(words, account.stale)];
}

function fact(text: string, warns = false, end?: HTMLElement): HTMLElement {
  return h(
    'p',
    { class: 'fact' },
    warns ? icon('warning', 'tone-warn') : undefined,
    h('span', {}, text),
    end,
  );
}

function creditWords(credits: NonNullable<UsageAccount['credits']>): string {
  if (credits.unlimited) return l10n.t('Credits: unlimited');
  return credits.balance === undefined
    ? l10n.t('Credits are available')
    : l10n.t('Credits: {0}', credits.balance);
}

function spendWords({ reached, usedPercent, detail }: NonNullable<UsageAccount['spend']>): string {
  const used =
    usedPercent === undefined ? [] : [l10n.t('{0} used', formatPercent(wholePercent(usedPercent)))];
  const parts = [
    ...(reached ? [l10n.t('reached')] : []),
    ...used,
    ...(detail === undefined ? [] : [detail]),
  ];
  const state = parts.length > 0 ? parts.join(', ') : l10n.t('set');
  return l10n.t('Spending limit: {0}', state);
}

function keyed(element: HTMLElement, key: string): HTMLElement {
  element.setAttribute('data-key', key);
  return h('div', { class: 'acct-main' }, element);
}
