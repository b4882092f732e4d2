import * as l10n from '@vscode/l10n';
import { fromBase64 } from '../../../src/base/base64.ts';
import type { AttachmentKind, AttachmentView } from '../../../src/shared/protocol/attachments.ts';
import { h } from '../../base/dom.ts';
import { icon, type IconName } from '../../base/icons.ts';

const icons: Record<AttachmentKind, IconName> = {
  file: 'file',
  selection: 'selection',
  folder: 'folder',
  problems: 'warning',
  terminal: 'terminal',
  paste: 'paste',
  image: 'image',
};

export type ChipView = Pick<AttachmentView, 'kind' | 'name' | 'detail' | 'isCut' | 'thumbnail'>;

/** The picture or icon, the name, and whether something was left out. */
export function chipContent({ kind, name, isCut, thumbnail }: ChipView): (HTMLElement | string)[] {
  const address = thumbnail === undefined ? undefined : addressOf(thumbnail);
  return [
    h(
      'span',
      { class: 'chip-icon', 'aria-hidden': 'true' },
      address === undefined
        ? icon(icons[kind])
        : h('img', { class: 'chip-image', src: address, alt: '' }),
    ),
    h('span', { class: 'clip', dir: 'auto' }, name),
    ...(isCut === true ? [' ', h('span', { class: 'chip-cut' }, l10n.t('cut'))] : []),
  ];
}

/** Name for screen readers: what it is, what is shown of it, and the rest in words. */
export function chipName({ kind, name, detail, isCut }: ChipView): string {
  const shown = isCut === true ? `${name} ${l10n.t('cut')}` : name;
  return [`${kindName(kind)} ${shown}`, detail].filter((part) => part !== '').join(', ');
}

function kindName(kind: AttachmentKind): string {
  switch (kind) {
    case 'file':
      return l10n.t('File');
    case 'selection':
      return l10n.t('Selection');
    case 'folder':
      return l10n.t('Folder');
    case 'problems':
      return l10n.t('Problems');
    case 'terminal':
      return l10n.t('Terminal');
    case 'paste':
      return l10n.t('Paste');
    case 'image':
      return l10n.t('Image');
  }
}

/** Addresses of thumbnails by their content: the same image is shown many times. */
const addresses = new Map<string, string>();
const mostAddresses = 500;

/** The policy of the page lets images come from `blob:` alone. */
function addressOf(thumbnail: string): string | undefined {
  const known = addresses.get(thumbnail);
  if (known !== undefined) return known;
  const bytes = fromBase64(thumbnail);
  if (bytes === undefined || addresses.size >= mostAddresses) return undefined;
  const address = URL.createObjectURL(new Blob([bytes]));
  addresses.set(thumbnail, address);
  return address;
}
