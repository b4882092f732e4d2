import { mostPasteChars } from '../../../src/shared/attachmentLimits.ts';

/** Beyond these, a pasted text would hide what is typed around it. */
const mostFieldChars = 4_000;
const mostFieldLines = 60;

/** Where files and texts come from besides the `+` menu. */
export interface DropPasteActions {
  readonly files: (files: readonly File[]) => void;
  /** Addresses of files that are dragged from within the window. */
  readonly uris: (uris: readonly string[]) => void;
}

/** Takes files from what is pasted into the field; short text is left to the field. */
export function listenForPaste(
  field: HTMLElement,
  {
    files,
    longText,
  }: Pick<DropPasteActions, 'files'> & { readonly longText: (text: string) => void },
): void {
  field.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const pasted = [...(event.clipboardData?.files ?? [])];
    // A copy from a spreadsheet or a text editor brings a picture of the text along.
    const isTaken = text === '' ? pasted.length > 0 : isLongPaste(text);
    if (!isTaken) return;
    event.preventDefault();
    if (text === '') files(pasted);
    else longText(text);
  });
}

function isLongPaste(text: string): boolean {
  const lines = text.split('\n', mostFieldLines + 1).length;
  const isLong = text.length > mostFieldChars || lines > mostFieldLines;
  return isLong && text.length <= mostPasteChars;
}

/** Takes what is dropped on the element, which shows meanwhile that it does. */
export function listenForDrop(element: HTMLElement, { files, uris }: DropPasteActions): void {
  const isOverIt = (isOver: boolean) => element.classList.toggle('is-drop', isOver);
  element.addEventListener('dragover', (event) => {
    if (!isTakable(event.dataTransfer)) return;
    event.preventDefault();
    isOverIt(true);
  });
  element.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !element.contains(relatedTarget)) isOverIt(false);
  });
  element.addEventListener('drop', (event) => {
    isOverIt(false);
    const { dataTransfer } = event;
    if (dataTransfer === null || !isTakable(dataTransfer)) return;
    event.preventDefault();
    const addresses = addressesIn(dataTransfer);
    if (addresses.length > 0) uris(addresses);
    else files([...dataTransfer.files]);
  });
}

/** What the explorer and the tabs of VS Code put on a drag, the second for other programs. */
const addressTypes = ['application/vnd.code.uri-list', 'text/uri-list'];
const mostAddresses = 100;
const longestAddress = 8_000;

function isTakable(transfer: DataTransfer | null): boolean {
  const types = transfer?.types ?? [];
  return types.includes('Files') || types.includes('application/vnd.code.uri-list');
}

/** Lines of a list of addresses (RFC 2483): those that begin with `#` are comments. */
function addressesIn(transfer: DataTransfer): string[] {
  for (const type of addressTypes) {
    const lines = transfer.getData(type).split(/\r?\n/);
    const addresses = lines.filter(
      (line) => line !== '' && !line.startsWith('#') && line.length < longestAddress,
    );
    const isOfWindow = addresses.every((address) => !/^https?:/i.test(address));
    if (addresses.length > 0 && isOfWindow) return addresses.slice(0, mostAddresses);
  }
  return [];
}
