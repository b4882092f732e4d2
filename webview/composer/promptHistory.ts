export interface PromptHistory {
  /** The prompt before the one shown, `undefined` at the oldest. `draft` is what is in the field. */
  readonly older: (draft: string) => string | undefined;
  /** The prompt after the one shown, at last the draft itself; `undefined` when not walking. */
  readonly newer: (draft: string) => string | undefined;
  /** Whether a prompt of before is in the field, as it was. */
  readonly isWalking: (draft: string) => boolean;
}

/** Walks through the user's own prompts, as a shell does; the unsent draft waits at the end. */
export function createPromptHistory(prompts: () => readonly string[]): PromptHistory {
  let shown: string | undefined;
  let index = -1;
  let draftKept = '';

  const isWalking = (draft: string) => shown !== undefined && shown === draft;
  const show = (list: readonly string[], at: number) => {
    index = at;
    shown = list[at];
    return shown;
  };
  return {
    isWalking,
    older(draft) {
      const list = distinct(prompts());
      if (isWalking(draft)) return index > 0 ? show(list, index - 1) : undefined;
      draftKept = draft;
      return list.length > 0 ? show(list, list.length - 1) : undefined;
    },
    newer(draft) {
      if (!isWalking(draft)) return undefined;
      const list = distinct(prompts());
      if (index < list.length - 1) return show(list, index + 1);
      shown = undefined;
      return draftKept;
    },
  };
}

/** The same prompt twice in a row is one stop. */
function distinct(prompts: readonly string[]): string[] {
  return prompts.filter((prompt, at) => prompt !== prompts[at - 1]);
}
