import * as l10n from '@vscode/l10n';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { formatNumber } from '../../../shared/format.ts';
import type { AttachmentView } from '../../../shared/protocol/attachments.ts';
import { utf8Length, type Attachment } from './attachment.ts';

/** The attachment as the panel shows it. */
export function toAttachmentView(attachment: Attachment): AttachmentView {
  const { kind, name } = attachment;
  if (kind === 'image') {
    const { thumbnail, path } = attachment;
    return {
      kind,
      name,
      detail: joined([path, imageDetail(attachment)]),
      ...omitUndefined({ thumbnail }),
    };
  }
  const bytes = 'text' in attachment ? utf8Length(attachment.text) : attachment.bytes;
  const { cutFrom, path } = attachment;
  const cut = cutFrom === undefined ? undefined : cutDetail(cutFrom);
  return {
    kind,
    name,
    detail: joined([path, formatBytes(bytes), cut]),
    ...(cutFrom === undefined ? {} : { isCut: true }),
  };
}

function imageDetail({ width, height, bytes }: Extract<Attachment, { kind: 'image' }>): string {
  const size = l10n.t('{0} × {1} pixels', formatNumber(width), formatNumber(height));
  return joined([size, formatBytes(bytes)]);
}

const cutDetail = (characters: number) =>
  l10n.t('only a part of {0} characters', formatNumber(characters));

const joined = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(', ');

/** In the unit that keeps the number short, such as "340 kB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return l10n.t('{0} bytes', formatNumber(bytes));
  if (bytes < 1_000_000) return l10n.t('{0} kB', formatNumber(Math.round(bytes / 1_000)));
  return l10n.t('{0} MB', formatNumber(Math.round(bytes / 100_000) / 10));
}
