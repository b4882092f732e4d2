import * as l10n from '@vscode/l10n';
import type { HistoryRow } from '../../src/shared/protocol/history.ts';

/** Rows under a heading. */
export interface RowGroup {
  /** Tells groups apart, also those of the same name in two sections. */
  readonly key: string;
  readonly name: string;
  /** The heading above the group, where this is the first group of a section. */
  readonly section: string | undefined;
  readonly rows: readonly HistoryRow[];
}

type Age = 'waiting' | 'pinned' | 'today' | 'yesterday' | 'week' | 'older';
const ages: readonly Age[] = ['waiting', 'pinned', 'today', 'yesterday', 'week', 'older'];

const ageNames: Record<Age, () => string> = {
  waiting: () => l10n.t('Waiting for you'),
  pinned: () => l10n.t('Pinned'),
  today: () => l10n.t('Today'),
  yesterday: () => l10n.t('Yesterday'),
  week: () => l10n.t('Last 7 days'),
  older: () => l10n.t('Older'),
};

/**
 * The chats of this workspace before all others, each part by age, the newest first. The names of
 * the two parts are left out where one of them is empty. Days begin at midnight of the machine.
 */
export function groupRows(rows: readonly HistoryRow[], nowMs: number): RowGroup[] {
  const sorted = rows.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  const startOfDay = (daysAgo: number) => {
    const day = new Date(nowMs);
    day.setHours(0, 0, 0, 0);
    day.setDate(day.getDate() - daysAgo);
    return day.getTime();
  };
  const starts = { today: startOfDay(0), yesterday: startOfDay(1), week: startOfDay(6) };
  const ageOf = ({ mark, pinned, updatedAtMs }: HistoryRow): Age => {
    if (mark === 'waiting') return 'waiting';
    if (pinned === true) return 'pinned';
    if (updatedAtMs >= starts.today) return 'today';
    if (updatedAtMs >= starts.yesterday) return 'yesterday';
    return updatedAtMs >= starts.week ? 'week' : 'older';
  };
  const parts = [
    { part: 'here', name: l10n.t('This workspace'), rows: sorted.filter(({ here }) => here) },
    { part: 'elsewhere', name: l10n.t('Elsewhere'), rows: sorted.filter(({ here }) => !here) },
  ];
  const isDivided = parts.every((part) => part.rows.length > 0);
  return parts.flatMap((part) => {
    const byAge = new Map<Age, HistoryRow[]>(ages.map((age) => [age, []]));
    for (const row of part.rows) byAge.get(ageOf(row))?.push(row);
    const filled = [...byAge].filter(([, list]) => list.length > 0);
    return filled.map(([age, list], at) => ({
      key: `${part.part} ${age}`,
      name: ageNames[age](),
      section: at === 0 && isDivided ? part.name : undefined,
      rows: list,
    }));
  });
}
