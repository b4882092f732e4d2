import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';
import type { Chip } from './chipList.ts';

/** What is shown: what the host has, and behind it what is on its way there. */
export function createShownChips() {
  let known: readonly DraftAttachmentView[] = [];
  let pending: readonly Chip[] = [];
  /** Removed or sent, while the host has them still. */
  let hidden: ReadonlySet<string> = new Set();
  const isPending = (id: string) => pending.some((chip) => chip.id === id);
  const drop = (id: string) => {
    pending = pending.filter((chip) => chip.id !== id);
  };
  return {
    isPending,
    drop,
    list(): Chip[] {
      const shown = known.filter(({ id }) => !hidden.has(id));
      return [...shown.map((each) => ({ ...each, isReading: false })), ...pending];
    },
    begin(chip: Omit<Chip, 'isReading'>) {
      pending = [...pending, { ...chip, isReading: true }];
    },
    hide(ids: readonly string[]) {
      hidden = new Set([...hidden, ...ids]);
      for (const id of ids) drop(id);
    },
    isNews: (list: readonly DraftAttachmentView[]) => list !== known,
    /** Gives the names of those that have arrived. */
    know(list: readonly DraftAttachmentView[]): string[] {
      const before = new Set(known.map(({ id }) => id));
      const arrived = list.filter(({ id }) => !before.has(id) && !hidden.has(id));
      known = list;
      for (const { id } of list) drop(id);
      hidden = new Set([...hidden].filter((id) => list.some((each) => each.id === id)));
      return arrived.map(({ name }) => name);
    },
  };
}
