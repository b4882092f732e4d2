/** Where files come from besides the `+` menu. */
export interface DropPasteActions {
  readonly files: (files: readonly File[]) => void;
}

/** Takes files from what is pasted into the field. Text is left to the field. */
export function listenForPaste(field: HTMLElement, { files }: DropPasteActions): void {
  field.addEventListener('paste', (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    // A copy from a spreadsheet or a text editor brings a picture of the text along.
    const hasText = (event.clipboardData?.getData('text/plain') ?? '') !== '';
    if (pasted.length === 0 || hasText) return;
    event.preventDefault();
    files(pasted);
  });
}

/** Takes files that are dropped on the element, which shows meanwhile that it does. */
export function listenForDrop(element: HTMLElement, { files }: DropPasteActions): void {
  const isOverIt = (isOver: boolean) => element.classList.toggle('is-drop', isOver);
  element.addEventListener('dragover', (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    isOverIt(true);
  });
  element.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !element.contains(relatedTarget)) isOverIt(false);
  });
  element.addEventListener('drop', (event) => {
    isOverIt(false);
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    files([...(event.dataTransfer?.files ?? [])]);
  });
}

function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}
