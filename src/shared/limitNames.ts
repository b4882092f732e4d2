import * as l10n from '@vscode/l10n';

/*
 * How a usage limit is called. Limits are stored and told apart by a label: `5h`, `24h`, `wk`, `mo`,
 * `yr`, `90m`, `6d`, or `usage` when the length is unknown; the id of a family of limits and a blank
 * may stand before it (`codex_mini 5h`).
 */

/** What a name has a form for; `other` lengths are counted in a unit. */
type Length =
  | { readonly kind: 'fiveHour' | 'day' | 'week' | 'month' | 'year' | 'unknown' }
  | { readonly kind: 'minutes' | 'hours' | 'days'; readonly count: number };

const lengths: ReadonlyMap<string, Length> = new Map([
  ['5h', { kind: 'fiveHour' }],
  ['24h', { kind: 'day' }],
  ['wk', { kind: 'week' }],
  ['mo', { kind: 'month' }],
  ['yr', { kind: 'year' }],
]);

const units = { m: 'minutes', h: 'hours', d: 'days' } as const;

function lengthOf(label: string): Length {
  const known = lengths.get(label);
  if (known) return known;
  const [, count, unit] = /^(\d{1,7})([mhd])$/.exec(label) ?? [];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd') return { kind: 'unknown' };
  return { kind: units[unit], count: Number(count) };
}

/** Applies the name of the length, with the family before it. */
function withFamily(label: string, nameOf: (length: Length, label: string) => string): string {
  const at = label.lastIndexOf(' ') + 1;
  const name = nameOf(lengthOf(label.slice(at)), label.slice(at));
  return at === 0 ? name : l10n.t('{0}: {1}', label.slice(0, at - 1), name);
}

/** As narrow as the status bar needs it: `5h`, `wk`. */
export function limitLabel(label: string): string {
  return withFamily(label, (length, own) => {
    switch (length.kind) {
      case 'fiveHour':
        return l10n.t('5h');
      case 'day':
        return l10n.t('24h');
      case 'week':
        return l10n.t({ message: 'wk', comment: ['Weekly limit, in the status bar'] });
      case 'month':
        return l10n.t({ message: 'mo', comment: ['Monthly limit, in the status bar'] });
      case 'year':
        return l10n.t({ message: 'yr', comment: ['Annual limit, in the status bar'] });
      case 'unknown':
        return own === 'usage' ? l10n.t('usage') : own;
      case 'minutes':
        return l10n.t('{0}m', length.count);
      case 'hours':
        return l10n.t('{0}h', length.count);
      case 'days':
        return l10n.t('{0}d', length.count);
    }
  });
}

/** After a percentage, `0.4% of week`: as `limitLabel`, with the week as a word. */
export function limitShortName(label: string): string {
  return label.endsWith('wk')
    ? withFamily(label, () => l10n.t({ message: 'week', comment: ['Weekly limit: 0.4% of week'] }))
    : limitLabel(label);
}

/** `5-hour limit`, `Weekly limit`. */
export function limitName(label: string): string {
  return withFamily(label, (length) => {
    switch (length.kind) {
      case 'fiveHour':
        return l10n.t('5-hour limit');
      case 'day':
        return l10n.t('Daily limit');
      case 'week':
        return l10n.t('Weekly limit');
      case 'month':
        return l10n.t('Monthly limit');
      case 'year':
        return l10n.t('Annual limit');
      case 'unknown':
        return l10n.t('Usage limit');
      case 'minutes':
        return l10n.t('{0}-minute limit', length.count);
      case 'hours':
        return l10n.t('{0}-hour limit', length.count);
      case 'days':
        return l10n.t('{0}-day limit', length.count);
    }
  });
}

/** Where it is plain that limits are meant: `5-hour`, `Weekly`. */
export function limitTitle(label: string): string {
  return withFamily(label, (length) => {
    switch (length.kind) {
      case 'fiveHour':
        return l10n.t('5-hour');
      case 'day':
        return l10n.t('Daily');
      case 'week':
        return l10n.t('Weekly');
      case 'month':
        return l10n.t('Monthly');
      case 'year':
        return l10n.t('Annual');
      case 'unknown':
        return l10n.t('Usage');
      case 'minutes':
        return l10n.t('{0}-minute', length.count);
      case 'hours':
        return l10n.t('{0}-hour', length.count);
      case 'days':
        return l10n.t('{0}-day', length.count);
    }
  });
}

/** At the beginning of a sentence, with the verb after it: `The weekly limit`. */
export function limitSubject(label: string): string {
  switch (lengthOf(label).kind) {
    case 'fiveHour':
      return l10n.t('The 5-hour limit');
    case 'week':
      return l10n.t('The weekly limit');
    default:
      return l10n.t('The {0} limit', limitLabel(label));
  }
}

/** The same within a sentence: `the weekly limit`. */
export function limitPhrase(label: string): string {
  switch (lengthOf(label).kind) {
    case 'fiveHour':
      return l10n.t('the 5-hour limit');
    case 'week':
      return l10n.t('the weekly limit');
    default:
      return l10n.t('the {0} limit', limitLabel(label));
  }
}

/** Name of limits beside the main ones. The backend names all but those of its code reviews. */
export function familyName({ id, name }: { readonly id: string; readonly name: string }): string {
  return id === 'code_review' ? l10n.t('Code review') : name;
}
