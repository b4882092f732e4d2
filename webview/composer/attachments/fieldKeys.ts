export interface FieldKeys {
  /** False when there is nothing to undo. */
  readonly undo: () => boolean;
  /** False when there are no chips. */
  readonly toChips: () => boolean;
}

/** Before the field's own keys: undo takes a long paste back, Backspace at the start goes to the chips. */
export function listenForKeys(field: HTMLTextAreaElement, { undo, toChips }: FieldKeys): void {
  field.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey } = event;
    if (event.isComposing || event.altKey || event.shiftKey) return;
    const isAtStart = field.selectionStart === 0 && field.selectionEnd === 0;
    const isTaken =
      ctrlKey || metaKey ? key === 'z' && undo() : isBackspace(key, isAtStart) && toChips();
    if (!isTaken) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}

const isBackspace = (key: string, isAtStart: boolean) => key === 'Backspace' && isAtStart;
