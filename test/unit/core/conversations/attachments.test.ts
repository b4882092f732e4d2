import { assert, constantFrom, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  attachmentTokens,
  storedAttachment,
  type Attachment,
  type ImageAttachment,
} from '../../../../src/core/conversations/attachments/attachment.ts';
import { fillItems } from '../../../../src/core/conversations/attachments/attachmentBodies.ts';
import { createMemoryBlobs } from '../../../../src/core/conversations/attachments/blobs.ts';
import { promptItem } from '../../../../src/core/conversations/history.ts';
import { itemTokens } from '../../../../src/core/conversations/context/itemTokens.ts';
import { buildRequest } from '../../../../src/core/responses/request/request.ts';
import { createAccounts, practiceAccounts } from '../../../backend/accounts.ts';
import { createCatalogue } from '../../../backend/models.ts';
import { refusalOf } from '../../../backend/refuse.ts';
import { png } from '../../../support/images.ts';

const gone = 'f'.repeat(64);

async function world() {
  const blobs = createMemoryBlobs();
  const image = async (name = 'cart.png', width = 8): Promise<ImageAttachment> => {
    const body = png(width, 8);
    const blob = await blobs.put(body);
    const size = { width, height: 8, bytes: body.length };
    return { kind: 'image', name, path: name, type: 'image/png', ...size, blob };
  };
  const longText = async (text: string): Promise<Attachment> => {
    const body = new TextEncoder().encode(text);
    const described = { kind: 'file', name: 'a.ts', path: 'src/a.ts', language: 'ts' } as const;
    return { ...described, blob: await blobs.put(body), bytes: body.length };
  };
  return { blobs, image, longText };
}

const partsOf = (item: { readonly [field: string]: unknown } | undefined) => item?.['content'];

describe('a prompt with attachments', () => {
  test('goes out with its images before the text and its files behind it', async () => {
    const { blobs, image, longText } = await world();
    const short: Attachment = {
      kind: 'selection',
      name: 'b.ts:3–4',
      path: 'src/b.ts:3-4',
      language: 'ts',
      text: 'b',
    };
    const attachments = [
      short,
      await image('one.png'),
      await longText('a'),
      await image('two.png'),
    ];
    const [item] = await fillItems([promptItem({ text: 'Why?', attachments })], blobs, true);
    const url = `data:image/png;base64,${png(8, 8).toString('base64')}`;
    expect(partsOf(item)).toEqual([
      { type: 'input_text', text: '<image name=[Image #1] path="one.png">' },
      { type: 'input_image', image_url: url },
      { type: 'input_text', text: '</image>' },
      { type: 'input_text', text: '<image name=[Image #2] path="two.png">' },
      { type: 'input_image', image_url: url },
      { type: 'input_text', text: '</image>' },
      { type: 'input_text', text: 'Why?' },
      {
        type: 'input_text',
        text: 'The lines selected in the editor, src/b.ts:3-4:\n```ts\nb\n```',
      },
      { type: 'input_text', text: 'The file src/a.ts:\n```ts\na\n```' },
    ]);
  });

  test('without a text has no empty part, and one without anything has', async () => {
    const { image } = await world();
    const parts = partsOf(promptItem({ text: '', attachments: [await image()] }));
    expect(parts).toMatchObject([{ type: 'stored_attachment' }]);
    const empty = partsOf(promptItem({ text: '', attachments: [] }));
    expect(empty).toEqual([{ type: 'input_text', text: '' }]);
  });

  test('names to the model what it cannot see and what is gone', async () => {
    const { blobs, image, longText } = await world();
    const seen = await image('cart.png');
    const item = promptItem({ text: 'Why?', attachments: [seen] });
    const [blind] = await fillItems([item], blobs, false);
    expect(JSON.stringify(blind)).toContain(
      'the image \\"cart.png\\", which this model cannot see',
    );
    const lost = [seen, await longText('a')].map((each) => ({ ...each, blob: gone }));
    const [missing] = await fillItems([promptItem({ text: '', attachments: lost })], blobs, true);
    expect(partsOf(missing)).toEqual([
      {
        type: 'input_text',
        text: '[The user attached the image "cart.png", which is no longer stored.]',
      },
      {
        type: 'input_text',
        text: '[The user attached the text "a.ts", which is no longer stored.]',
      },
    ]);
  });

  test('counts images as such, whatever their thumbnail and name', async () => {
    const { image } = await world();
    const shown = { ...(await image()), thumbnail: 'A'.repeat(8_000) };
    expect(attachmentTokens(shown)).toBe(1_500);
    expect(itemTokens(promptItem({ text: '', attachments: [shown] }))).toBeLessThan(1_600);
  });
});

describe('a request with images', () => {
  const bearer = {
    accessToken: 'token',
    accountId: 'account',
    credentialId: 'credential',
  };

  test.each([
    ['gpt-5.5', false, 'original'],
    ['gpt-6-sol', true, undefined],
  ])('is one that the backend takes: %s', async (slug, lite, detail) => {
    const { blobs, image } = await world();
    const items = [promptItem({ text: 'What is it?', attachments: [await image()] })];
    const { headers, body } = buildRequest(
      {
        model: { slug, lite, supportsVerbosity: true },
        instructions: 'Help.',
        input: await fillItems(items, blobs, true),
        tools: [],
        sessionId: 'chat',
      },
      {
        baseUrl: 'https://backend.test',
        bearer,
        identity: { originator: 'codex_chat', userAgent: 'codex_chat/1' },
        headersTimeoutMs: 1,
        idleTimeoutMs: 1,
      },
    );
    const sent: unknown = JSON.parse(body ?? '');
    const part = /"type":"input_image"[^}]*/.exec(body ?? '')?.[0] ?? '';
    expect(/"detail":"(\w+)"/.exec(part)?.[1]).toBe(detail);
    const [account] = createAccounts(practiceAccounts);
    if (!account) throw new Error('no account');
    expect(refusalOf({ headers, body: sent }, createCatalogue(), account)).toBeUndefined();
  });
});

const names = string({ unit: 'binary', maxLength: 60 });
const texts = record({
  kind: constantFrom(
    ...(['file', 'selection', 'folder', 'problems', 'terminal', 'paste'] as const),
  ),
  name: names,
  path: names,
  language: names,
  text: string({ unit: constantFrom('`', '~', 'a', '\n', '\u2028', '語'), maxLength: 80 }),
});

test('a text attachment, whatever its name and text, is one heading and one closed fence', () => {
  assert(
    property(texts, (attachment) => {
      const [part] = [partsOf(promptItem({ text: 'Q', attachments: [attachment] }))]
        .flat()
        .slice(1);
      const { text } = z.object({ text: z.string() }).parse(part);
      const [heading = '', ...lines] = text.split('\n');
      expect(heading).toMatch(/:$/);
      const fence = /^`{3,}/.exec(lines[0] ?? '')?.[0] ?? '';
      expect(fence).not.toBe('');
      // Only the last line closes it, and what is between is the text itself.
      expect(lines.at(-1)).toBe(fence);
      expect(lines.slice(1, -1).join('\n')).toBe(attachment.text);
      expect(lines.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
    }),
  );
});

test('an attachment comes back from its record as it was', () => {
  assert(
    property(texts, (attachment) => {
      expect(storedAttachment.parse(JSON.parse(JSON.stringify(attachment)))).toEqual(attachment);
    }),
  );
});

test('a record from before there were kinds is read as a file', () => {
  const old = { name: 'a.ts', path: 'src/a.ts', language: 'ts', text: 'a' };
  expect(storedAttachment.parse(old)).toEqual({ kind: 'file', ...old });
});
