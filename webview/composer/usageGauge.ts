import * as l10n from '@vscode/l10n';
import type { QuotaView } from '../../src/shared/protocol/chat.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { lane, stepClass } from './meters.ts';
import { wholePercent } from '../usage/usageWords.ts';
import { formatPercent, formatTimePhrase, formatTimeSince } from '../../src/shared/format.ts';

type QuotaWindow = QuotaView['windows'][number];

export interface UsageGauge {
  readonly element: HTMLElement;
  readonly update: (quota: QuotaView) => void;
}

/** The gauge and the very text of the status bar; a click shows the details. */
export function createUsageGauge(showQuota: () => void, now: () => number): UsageGauge {
  const lanes = h('span', { class: 'lanes', 'aria-hidden': 'true' });
  const text = h('span', {});
  const button = h(
    'button',
    { class: 'ghost', type: 'button', onclick: showQuota },
    lanes,
    h('span', { class: 'sr' }, l10n.t('Usage:'), ' '),
    text,
  );
  const element = h('div', { class: 'foot' }, button);
  let shown: QuotaView | undefined;
  return {
    element,
    update(quota) {
      if (quota === shown) return;
      shown = quota;
      lanes.replaceChildren(...shownWindows(quota).map((window) => laneOf(window, quota.stale)));
      lanes.hidden = quota.windows.length === 0;
      // The status bar's own icons are named in the text; the panel draws its gauge instead.
      setText(text, quota.text.replaceAll(/\$\([^)]*\)/g, '').trim() || l10n.t('Usage'));
      setAttribute(button, 'title', describe(quota, now()));
    },
  };
}

/** Two lanes at most: the short window above, the long one below. */
function shownWindows({ windows }: QuotaView): QuotaWindow[] {
  const rank = { fiveHour: 0, weekly: 1, other: 2 } as const;
  return windows.toSorted((a, b) => rank[a.kind] - rank[b.kind]).slice(0, 2);
}

function laneOf({ usedPercent, kind }: QuotaWindow, stale: boolean): SVGSVGElement {
  const own = { fiveHour: 'fill-five', weekly: 'fill-week', other: 'fill-third' }[kind];
  const alarm = { '': own, 'at-75': 'fill-warn', 'at-90': 'fill-bad' }[stepClass(usedPercent)];
  return lane(usedPercent, stale ? 'fill-rest' : alarm);
}

function describe(quota: QuotaView, nowMs: number): string {
  if (quota.windows.length === 0) return l10n.t('Usage appears after the first response');
  const sentences = quota.windows.map(({ name, usedPercent, resetsAtMs }) => {
    const percent = formatPercent(wholePercent(usedPercent));
    return resetsAtMs === undefined
      ? l10n.t('{0} {1} used.', name, percent)
      : l10n.t('{0} {1} used, resets {2}.', name, percent, formatTimePhrase(resetsAtMs, nowMs));
  });
  const age =
    quota.stale && quota.observedAtMs !== undefined
      ? [l10n.t('Updated {0}.', formatTimeSince(quota.observedAtMs, nowMs))]
      : [];
  return [...sentences, ...age].join(' ');
}
