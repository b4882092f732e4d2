import { abortable } from '../../../base/async/abort.ts';
import { toBase64 } from '../../../base/base64.ts';
import type { ResponsesClient } from '../../responses/client.ts';
import type { InputItem } from '../../responses/request/input.ts';
import {
  storedPart,
  type Attachment,
  type ImageAttachment,
  type StoredPart,
} from './attachment.ts';
import { attachmentText, oneLine } from './attachmentText.ts';
import type { Blobs } from './blobs.ts';

/** The client with the bodies of attachments put into each request, which names them only. */
export function withAttachmentBodies(
  client: ResponsesClient,
  blobs: Pick<Blobs, 'get'>,
): ResponsesClient {
  return {
    async stream(request, emit, signal) {
      const maySee = request.model.seesImages !== false;
      const input = await abortable(fillItems(request.input, blobs, maySee), signal);
      return client.stream({ ...request, input }, emit, signal);
    },
  };
}

/** Items as they are sent. What is not stored any more is named to the model as missing. */
export async function fillItems(
  items: readonly InputItem[],
  blobs: Pick<Blobs, 'get'>,
  maySee: boolean,
): Promise<InputItem[]> {
  const filled: InputItem[] = [];
  for (const item of items) filled.push(await fillItem(item, blobs, maySee));
  return filled;
}

async function fillItem(
  item: InputItem,
  blobs: Pick<Blobs, 'get'>,
  maySee: boolean,
): Promise<InputItem> {
  const { content } = item;
  if (!Array.isArray(content) || !content.some((each) => storedPart.safeParse(each).success))
    return item;
  const parts: unknown[] = [];
  for (const each of content) {
    const stored = storedPart.safeParse(each);
    if (stored.success) parts.push(...(await fillPart(stored.data, blobs, maySee)));
    else parts.push(each);
  }
  return { ...item, content: parts };
}

async function fillPart(
  { attachment, number = 1 }: StoredPart,
  blobs: Pick<Blobs, 'get'>,
  maySee: boolean,
): Promise<object[]> {
  if (attachment.kind === 'image' && !maySee) {
    return [text(`[The user attached ${nameOf(attachment)}, which this model cannot see.]`)];
  }
  const body = 'blob' in attachment ? await blobs.get(attachment.blob) : undefined;
  if (!body) return [text(`[The user attached ${nameOf(attachment)}, which is no longer stored.]`)];
  if (attachment.kind === 'image') return imageParts(attachment, number, body);
  return [text(attachmentText(attachment, new TextDecoder().decode(body)))];
}

/** An image between two texts that name it, as the Codex CLI sends it (WIRE.md b). */
function imageParts(image: ImageAttachment, number: number, body: Uint8Array): object[] {
  return [
    text(`<image name=[Image #${number}] path="${oneLine(image.path)}">`),
    { type: 'input_image', image_url: `data:${image.type};base64,${toBase64(body)}` },
    text('</image>'),
  ];
}

const text = (words: string) => ({ type: 'input_text', text: words });

const nameOf = ({ kind, name }: Attachment) =>
  `the ${kind === 'image' ? 'image' : 'text'} "${oneLine(name)}"`;
