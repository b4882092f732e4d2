import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import type { DraftAttachmentView } from '../../src/shared/protocol/attachments.ts';
import type { PanelPage, Unnumbered } from './panelPage.ts';

export interface TestFile {
  readonly name: string;
  readonly type?: string;
  readonly data: Buffer;
}

const filesOf = (files: readonly TestFile[]) => `
  const transfer = new DataTransfer();
  for (const { name, type, data } of ${JSON.stringify(
    files.map(({ name, type = 'image/png', data }) => ({
      name,
      type,
      data: data.toString('base64'),
    })),
  )}) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }`;

/** Pastes into the message field, as the clipboard gives it. */
export async function paste(panel: PanelPage, ...files: readonly TestFile[]): Promise<void> {
  await panel.page.evaluate(`{
    ${filesOf(files)}
    document.querySelector('.composer textarea').dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  }`);
}

export async function pasteText(panel: PanelPage, text: string): Promise<void> {
  await panel.page.evaluate(`{
    const transfer = new DataTransfer();
    transfer.setData('text/plain', ${JSON.stringify(text)});
    document.querySelector('.composer textarea').dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  }`);
}

/** Drags over the composer and drops there; `types` are further kinds of data with their text. */
export async function drop(
  panel: PanelPage,
  files: readonly TestFile[],
  types: Readonly<Record<string, string>> = {},
): Promise<void> {
  await panel.page.evaluate(`{
    ${filesOf(files)}
    for (const [type, text] of Object.entries(${JSON.stringify(types)})) transfer.setData(type, text);
    const target = document.querySelector('.composer textarea');
    for (const type of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(
      new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }`);
}

type Of<Type extends FromWebview['type']> = Extract<FromWebview, { type: Type }>;

/** The messages of a type that the view has sent. */
export async function sentOf<Type extends FromWebview['type']>(
  panel: PanelPage,
  type: Type,
): Promise<Of<Type>[]> {
  const isOfType = (message: FromWebview): message is Of<Type> => message.type === type;
  return (await panel.heard()).filter(isOfType);
}

/** What the host says when it has these. */
export function attached(
  ...list: readonly (Partial<DraftAttachmentView> & { id: string })[]
): Unnumbered {
  return {
    type: 'attachments',
    list: list.map((one) => ({
      kind: 'image',
      name: 'cart.png',
      detail: 'cart.png, 640 × 480 pixels, 12 kB',
      reference: `reference of ${one.id}`,
      ...one,
    })),
  };
}
