import * as l10n from '@vscode/l10n';
import { headerBytes, readImageHeader } from '../../../src/shared/images.ts';
import { mostFileBytes } from '../../../src/shared/attachmentLimits.ts';
import { omitUndefined } from '../../../src/base/omitUndefined.ts';
import { readImage, type ImageReaderDeps } from '../../images/imageReader.ts';
import type { HostContext } from '../../base/hostContext.ts';
import type { ChipView } from './chip.ts';
import { faultWords } from './faultWords.ts';

export interface FileIntakeDeps {
  readonly send: HostContext['send'];
  readonly images: ImageReaderDeps;
  readonly blindModel: () => string | undefined;
  readonly begin: (chip: ChipView & { readonly id: string }) => void;
  /** The file is not attached, for this reason. */
  readonly fail: (id: string, reason: string) => void;
  /** False when it was removed in the meantime. */
  readonly isWanted: (id: string) => boolean;
}

/** `crypto.randomUUID` is not there on every page of a panel: a remote workbench may be served over http. */
export function newAttachmentId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Takes files that were pasted, dropped or picked: images are read here, all others by the host. */
export function createFileIntake(deps: FileIntakeDeps): {
  add(files: readonly File[], path?: string): void;
} {
  async function addImage(id: string, file: File, path: string | undefined): Promise<void> {
    const name = nameOf(file);
    const answer = await readImage(file, deps.images);
    if (!deps.isWanted(id)) return;
    if ('fault' in answer) return deps.fail(id, faultWords(name, answer.fault));
    deps.send({ type: 'attachment/image', id, name, ...omitUndefined({ path }), ...answer.image });
  }

  async function addFile(id: string, file: File): Promise<void> {
    const data = new Uint8Array(await file.arrayBuffer());
    if (!deps.isWanted(id)) return;
    deps.send({ type: 'attachment/file', id, name: nameOf(file), data });
  }

  async function add(file: File, path: string | undefined): Promise<void> {
    const id = newAttachmentId();
    const name = nameOf(file);
    const isImage = await looksLikeImage(file);
    const model = deps.blindModel();
    deps.begin({ id, kind: isImage ? 'image' : 'file', name, detail: path ?? name });
    if (isImage && model !== undefined) {
      return deps.fail(id, blindWords(name, model));
    }
    try {
      if (file.size > mostFileBytes) deps.fail(id, faultWords(name, { kind: 'tooLarge' }));
      else await (isImage ? addImage(id, file, path) : addFile(id, file));
    } catch {
      deps.fail(id, l10n.t('{0} was not attached: the file could not be read.', name));
    }
  }

  return {
    add(files, path) {
      for (const file of files) void add(file, path);
    },
  };
}

/** What the file says it is, or what its first bytes say; the reader decides. */
async function looksLikeImage(file: File): Promise<boolean> {
  if (/^image\/(?!svg)/.test(file.type)) return true;
  const head = await file
    .slice(0, headerBytes)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0));
  return readImageHeader(new Uint8Array(head)) !== undefined;
}

const blindWords = (name: string, model: string) =>
  l10n.t('{0} was not attached: {1} can’t see images. Choose another model first.', name, model);

const longestName = 200;

/** A pasted image has no name of its own but the one that the browser gives to all. */
function nameOf({ name, type }: File): string {
  if (name !== '' && name !== 'image.png') return name.slice(0, longestName);
  return type.startsWith('image/') ? l10n.t('Pasted image') : l10n.t('Pasted file');
}
