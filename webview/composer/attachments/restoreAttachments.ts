import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';

export interface AttachmentMemory {
  /** References to what was attached before the page was loaded. */
  readonly saved: () => readonly string[];
  readonly save: (references: readonly string[]) => void;
  /** Asks the host for these again; it answers with the list. */
  readonly restore: (references: string[]) => void;
}

/**
 * Remembers what is attached, and asks for it again when a reload of the window has made the host
 * forget it. A host that still knows it, because only the page was hidden, is believed.
 */
export function rememberAttachments({
  saved,
  save,
  restore,
}: AttachmentMemory): (list: readonly DraftAttachmentView[] | undefined) => void {
  let known: readonly DraftAttachmentView[] | undefined;
  return (list) => {
    if (list === undefined || list === known) return;
    const isFirst = known === undefined;
    known = list;
    const before = saved();
    if (isFirst && list.length === 0 && before.length > 0) restore([...before]);
    else if (list.length > 0 || before.length > 0) save(list.map(({ reference }) => reference));
  };
}
