import * as l10n from '@vscode/l10n';
import { formatPercent, formatTime } from '../../src/shared/format.ts';
import type { UsagePlot } from '../../src/shared/protocol/usage.ts';
import { course, valueAt } from './plotShape.ts';
import { wholePercent } from './usageWords.ts';

/** "11:30 · 5-hour 38% · Weekly 17%". */
export function reading(plot: UsagePlot, atMs: number, nowMs: number): string {
  const values = plot.series.map((series) => {
    const value = valueAt(series, plot, atMs);
    return value === undefined
      ? `${series.name} –`
      : `${series.name} ${formatPercent(wholePercent(value))}`;
  });
  const guessed = atMs > plot.nowMs ? [l10n.t('guess')] : [];
  return [formatTime(atMs, nowMs), ...values, ...guessed].join(' · ');
}

/** What the plot shows, in words, for those who do not see it. */
export function summary(plot: UsagePlot): string {
  const sentences = plot.series.map((series) => {
    const seen = course(series, plot).map(({ percent }) => percent);
    const guess = Math.max(...series.guess.map(({ percent }) => percent));
    const present = formatPercent(wholePercent(seen.at(-1) ?? 0));
    const most = formatPercent(wholePercent(Math.max(0, ...seen)));
    return series.guess.length === 0
      ? l10n.t('{0}: {1} now, {2} at most.', series.name, present, most)
      : l10n.t(
          '{0}: {1} now, {2} at most, {3} at this pace.',
          series.name,
          present,
          most,
          formatPercent(wholePercent(guess)),
        );
  });
  const all = sentences.join(' ');
  return plot.span === 'day'
    ? l10n.t('Usage over the last 24 hours. {0}', all)
    : l10n.t('Usage over the last week. {0}', all);
}
